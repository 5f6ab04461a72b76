#include "services/config/desk.h"

#include "services/config/document.h"
#include "services/config/schema.h"
#include "services/config/tree.h"
#include "services/runtime/crc32.h"

#include <cJSON.h>
#include <string.h>

static uint32_t crc_of(const struct candidate *candidate)
{
	const uint32_t head[] = { candidate->owner, candidate->base, candidate->length_bytes };

	return crc32_more(crc32_of(head, sizeof(head)), candidate->text, candidate->length_bytes);
}

void desk_drop(struct candidate *candidate)
{
	candidate->owner = 0;
	candidate->length_bytes = 0;
	candidate->upload_total = 0;
	candidate->uploaded_bytes = 0;
	memset(candidate->secrets, 0, sizeof(candidate->secrets));
}

void desk_secrets_keep(struct candidate *candidate)
{
	struct refusal refusal = { 0 };
	cJSON *tree = document_parse(candidate->text, candidate->length_bytes, &refusal);
	size_t length = 0;

	if (tree != NULL && tree_secrets_keep(tree, schema_configuration))
		length = tree_print(tree, candidate->secrets, sizeof(candidate->secrets) - 1);
	candidate->secrets[length] = '\0';
	cJSON_Delete(tree);
}

void desk_open(struct desk *desk)
{
	for (unsigned i = 0; i < CONFIG_CANDIDATES_MAX; i++) {
		struct candidate *candidate = &desk->candidates[i];

		if (candidate->owner == 0 || candidate->length_bytes == 0 ||
		    candidate->length_bytes > CONFIG_DOCUMENT_BYTES ||
		    candidate->crc32 != crc_of(candidate))
			desk_drop(candidate);
	}
}

struct candidate *desk_find(struct desk *desk, uint32_t slot)
{
	for (unsigned i = 0; i < CONFIG_CANDIDATES_MAX; i++)
		if (desk->candidates[i].owner == slot + 1 && desk->candidates[i].length_bytes != 0)
			return &desk->candidates[i];
	return NULL;
}

struct candidate *desk_room(struct desk *desk, uint32_t slot)
{
	struct candidate *room = NULL;

	for (unsigned i = 0; i < CONFIG_CANDIDATES_MAX; i++) {
		if (desk->candidates[i].owner == slot + 1)
			return &desk->candidates[i];
		if (desk->candidates[i].owner == 0)
			room = &desk->candidates[i];
	}
	return room;
}

enum status desk_upload_begin(struct desk *desk, uint32_t slot,
			      const struct config_request *request, char **place)
{
	struct candidate *candidate = desk_room(desk, slot);

	if (candidate == NULL)
		return E_FULL;
	if (request->total_bytes > CONFIG_DOCUMENT_BYTES)
		return E_TOO_LARGE;
	if (request->length_bytes == 0 || request->offset_bytes > request->total_bytes ||
	    request->length_bytes > request->total_bytes - request->offset_bytes)
		return E_ARGUMENT;
	if (request->offset_bytes == 0) {
		if (candidate->length_bytes != 0)
			desk_secrets_keep(candidate);
		candidate->length_bytes = 0;
		candidate->uploaded_bytes = 0;
		candidate->owner = slot + 1;
		candidate->upload_total = request->total_bytes;
	}
	/* a chunk may be repeated, but none may be left out */
	if (request->offset_bytes > candidate->uploaded_bytes ||
	    request->total_bytes != candidate->upload_total)
		return E_STATE;
	*place = candidate->text + request->offset_bytes;
	return OK;
}

enum status desk_upload_end(struct desk *desk, uint32_t slot, const struct config_request *request,
			    struct candidate **whole)
{
	struct candidate *candidate = desk_room(desk, slot);

	if (candidate == NULL)
		return E_STATE;
	candidate->uploaded_bytes = request->offset_bytes + request->length_bytes;
	*whole = candidate;
	return candidate->uploaded_bytes == candidate->upload_total ? OK : E_AGAIN;
}

enum status desk_put(struct candidate *candidate, uint32_t slot, uint32_t base,
		     const struct cJSON *tree)
{
	size_t length;

	desk_drop(candidate);
	length = tree_print(tree, candidate->text, sizeof(candidate->text));
	if (length == 0)
		return E_TOO_LARGE;
	candidate->owner = slot + 1;
	candidate->base = base;
	candidate->length_bytes = (uint32_t)length;
	candidate->crc32 = crc_of(candidate);
	return OK;
}
