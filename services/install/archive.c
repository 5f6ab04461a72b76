#include "services/install/archive.h"

#include <string.h>

struct reader {
	const struct fat_piece *bundle;
	struct archive_end end;
	uint64_t directory; /* offset in the second piece */
};

static bool reader_open(struct reader *reader, const struct fat_piece *bundle)
{
	const struct fat_piece *rest = &bundle[1];

	reader->bundle = bundle;
	if (rest->count < sizeof(reader->end))
		return false;
	memcpy(&reader->end, (const uint8_t *)rest->bytes + rest->count - sizeof(reader->end),
	       sizeof(reader->end));
	uint64_t tail =
		sizeof(reader->end) + reader->end.count * (uint64_t)sizeof(struct archive_file);

	if (reader->end.magic != ARCHIVE_MAGIC || tail > rest->count)
		return false;
	reader->directory = rest->count - tail;
	return true;
}

static bool file_find(const struct reader *reader, const char *name, struct fat_piece *piece)
{
	const uint8_t *rest = reader->bundle[1].bytes;
	uint32_t head = reader->bundle[0].count;
	struct archive_file file;

	for (uint32_t i = 0; i < reader->end.count; i++) {
		memcpy(&file, rest + reader->directory + i * sizeof(file), sizeof(file));
		if (strncmp(file.name, name, sizeof(file.name)) != 0)
			continue;
		if (file.offset < head || file.offset - head > reader->directory ||
		    file.bytes > reader->directory - (file.offset - head))
			return false;
		*piece = (struct fat_piece){ rest + (file.offset - head), file.bytes };
		return true;
	}
	return false;
}

enum status archive_open(const struct fat_piece bundle[FAT_PIECES_MAX], struct plan_parts *parts)
{
	struct reader reader;

	memset(parts, 0, sizeof(*parts));
	memcpy(parts->bundle, bundle, sizeof(parts->bundle));
	if (!reader_open(&reader, bundle))
		return E_DAMAGED;
	bool all = file_find(&reader, "boot.img", &parts->boot) &&
		   file_find(&reader, "core.img", &parts->core) &&
		   file_find(&reader, "bootx64.efi", &parts->efi) &&
		   file_find(&reader, "modules.tar", &parts->modules) &&
		   file_find(&reader, "grub.cfg", &parts->grub_cfg) &&
		   file_find(&reader, "kernel.elf", &parts->kernel);

	return all ? OK : E_DAMAGED;
}
