/* The console's files. Every path without a dot is a page of the same program. */
#include "appliance/webd/files.h"

#include "appliance/webd/api.h"

#include <string.h>

static const struct file *file_find(const char *path)
{
	const char *wanted = strchr(path, '.') == NULL ? "/index.html" : path;

	for (size_t i = 0; i < files_count; i++)
		if (strcmp(files[i].path, wanted) == 0)
			return &files[i];
	return NULL;
}

/* Most of them are compressed, without a look at what is asked for: every browser wants that. */
enum app_outcome files_answer(struct exchange *exchange)
{
	const struct file *file = file_find(exchange->request->target);
	struct response *response = exchange->response;

	if (file == NULL)
		return api_problem(exchange, 404, "there is nothing here");
	response_header(response, "ETag: %s", file->etag);
	response_header(response, "Cache-Control: %s",
			file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (file->compressed)
		response_header(response, "Vary: Accept-Encoding");
	response->is_file = true;
	if (strcmp(exchange->request->if_none_match, file->etag) == 0) {
		response_status(response, 304);
		return APP_ANSWERED;
	}
	response_text(response, file->type, (const char *)file->bytes, file->count);
	if (file->compressed)
		response_header(response, "Content-Encoding: gzip");
	return APP_ANSWERED;
}
