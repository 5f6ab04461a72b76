#include "services/install/archive.h"

#include "services/runtime/crc32.h"

#include <string.h>

struct reader {
	struct fat_piece bundle;
	struct archive_end end;
	uint64_t directory; /* offset in the bundle */
};

static const uint8_t *bytes_at(const struct reader *reader, uint64_t offset)
{
	return (const uint8_t *)reader->bundle.bytes + offset;
}

static bool reader_open(struct reader *reader, struct fat_piece bundle)
{
	reader->bundle = bundle;
	if (bundle.count < sizeof(reader->end))
		return false;
	memcpy(&reader->end, bytes_at(reader, bundle.count - sizeof(reader->end)),
	       sizeof(reader->end));
	uint64_t tail =
		sizeof(reader->end) + reader->end.count * (uint64_t)sizeof(struct archive_file);

	if (reader->end.magic != ARCHIVE_MAGIC || tail > bundle.count)
		return false;
	reader->directory = bundle.count - tail;
	return reader->end.start <= reader->directory &&
	       crc32_of(bytes_at(reader, reader->end.start),
			bundle.count - sizeof(reader->end) - reader->end.start) ==
		       reader->end.crc32;
}

static bool file_find(const struct reader *reader, const char *name, struct fat_piece *piece)
{
	struct archive_file file;

	for (uint32_t i = 0; i < reader->end.count; i++) {
		memcpy(&file, bytes_at(reader, reader->directory + i * sizeof(file)), sizeof(file));
		if (strncmp(file.name, name, sizeof(file.name)) != 0)
			continue;
		if (file.offset > reader->directory || file.bytes > reader->directory - file.offset)
			return false;
		*piece = (struct fat_piece){ bytes_at(reader, file.offset), file.bytes };
		return true;
	}
	return false;
}

enum status archive_open(struct fat_piece bundle, struct plan_parts *parts)
{
	struct reader reader;

	*parts = (struct plan_parts){ .bundle = bundle };
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
