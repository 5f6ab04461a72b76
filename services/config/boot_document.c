/*
 * See engine.h: the document that came with the boot, as a file on a stick or from a
 * network. It is taken when it is first seen, and becomes the newest of the history; the
 * ledger remembers which file that was. From then on it is one document among others:
 * what is committed later counts, until the file is changed. Where nothing is remembered,
 * as without a disk, every boot sees it for the first time.
 */
#include "services/config/document.h"
#include "services/config/engine.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"

static struct {
	const char *text;
	struct ledger_mark mark; /* bytes 0: none came, or it is no good */
} boot_document;

static void refused_tell(const struct refusal *refusal)
{
	const char *colon = refusal->path[0] == 0 ? "" : ": ";

	apply_status("refused: %s%s%s", refusal->path, colon, refusal->reason);
	log_error("configuration refused: %s%s%s; the previous one or the factory default is in "
		  "force",
		  refusal->path, colon, refusal->reason);
}

void boot_document_check(uint32_t bytes)
{
	const struct service_names services = { service_info()->names, SERVICE_MAX };
	const struct start_map *map = region_find("boot.config");
	struct refusal refusal = { 0 };

	if (bytes == 0)
		return;
	if (map == NULL || bytes > map->size_bytes)
		refuse(&refusal, "", "the document is longer than there is room for");
	else if (document_compile((const char *)map->address, bytes, &services, &engine.compiled,
				  &refusal)) {
		boot_document.text = (const char *)map->address;
		boot_document.mark =
			(struct ledger_mark){ crc32_of(boot_document.text, bytes), bytes };
		return;
	}
	refused_tell(&refusal);
}

bool boot_document_is_good(void)
{
	return boot_document.mark.bytes != 0;
}

bool boot_document_is_new(void)
{
	return boot_document_is_good() &&
	       !ledger_boot_is_known(&engine.state->ledger, &boot_document.mark);
}

static bool is_running(const char *text, size_t length)
{
	const struct ledger_head *head = ledger_head(&engine.state->ledger);
	const struct ledger_entry *entry =
		head == NULL ? NULL : ledger_find(&engine.state->ledger, head->running);

	return entry != NULL && entry->length_bytes == length &&
	       entry->crc32 == crc32_of(text, length);
}

/* On top of the history, unless it runs already. */
void boot_document_commit(void)
{
	size_t length = engine_document_shorten(boot_document.text, boot_document.mark.bytes);
	struct ledger_note note;

	engine_note(&note, "boot", "the document that came with the boot");
	note.boot = boot_document.mark;
	if (is_running(engine_text, length)) {
		ledger_boot_know(&engine.state->ledger, &boot_document.mark);
		apply_compiled();
	} else if (request_commit(engine_text, length, &engine.compiled, &note, 0) != OK) {
		log_error("the document that came with the boot is in force, but there is no room "
			  "for it in the history: the next boot tries again");
		apply_compiled();
		engine.state->stands = 1;
	}
	apply_status("the document that came with the boot");
	log_notice("configuration: %s", engine.status);
}
