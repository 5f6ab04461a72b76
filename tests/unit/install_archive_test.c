/* GRUB and the kernel at the end of the bundle: found whole, or damaged:
 * services/install/archive.h. */
#include "services/install/archive.h"
#include "services/runtime/crc32.h"
#include "tests/unit/unit.h"

#include <string.h>

#define PAGE 4096u

static void archive_entry(uint8_t *at, const char *name, uint32_t offset, uint32_t bytes)
{
	struct archive_file file = { .offset = offset, .bytes = bytes };

	strncpy(file.name, name, sizeof(file.name));
	memcpy(at, &file, sizeof(file));
}

/* As the last bytes of `whole`, whose archive starts with its second page. */
static void archive_seal(struct fat_piece whole, uint32_t count)
{
	uint8_t *bytes = (uint8_t *)whole.bytes;
	struct archive_end end = { PAGE, 0, ARCHIVE_MAGIC, count };

	end.crc32 = crc32_of(bytes + PAGE, whole.count - PAGE - sizeof(end));
	memcpy(bytes + whole.count - sizeof(end), &end, sizeof(end));
}

static void archive_is_checked(void **state)
{
	static const char *const names[] = { "boot.img",    "core.img", "bootx64.efi",
					     "modules.tar", "grub.cfg", "kernel.elf" };
	static uint8_t bytes[PAGE + 1000];
	const struct fat_piece whole = { bytes, sizeof(bytes) };
	uint8_t *directory = bytes + sizeof(bytes) - sizeof(struct archive_end) -
			     6 * sizeof(struct archive_file);
	struct plan_parts parts;

	(void)state;
	assert_int_equal(archive_open(whole, &parts), E_DAMAGED);
	for (uint32_t i = 0; i < 6; i++)
		archive_entry(directory + i * sizeof(struct archive_file), names[i], PAGE + 10 * i,
			      10);
	archive_seal(whole, 6);
	assert_int_equal(archive_open(whole, &parts), OK);
	assert_ptr_equal(parts.kernel.bytes, bytes + PAGE + 50);
	assert_ptr_equal(parts.bundle.bytes, bytes);
	assert_int_equal(parts.bundle.count, sizeof(bytes));
	bytes[PAGE + 17] ^= 0x20;
	assert_int_equal(archive_open(whole, &parts), E_DAMAGED);
	bytes[PAGE + 17] ^= 0x20;
	archive_entry(directory, "boot.img", (uint32_t)(directory - bytes) - 9, 10);
	archive_seal(whole, 6);
	assert_int_equal(archive_open(whole, &parts), E_DAMAGED);
	archive_entry(directory, "boot.img", PAGE, 4000000000u);
	archive_seal(whole, 6);
	assert_int_equal(archive_open(whole, &parts), E_DAMAGED);
	archive_seal(whole, 0x20000000);
	assert_int_equal(archive_open(whole, &parts), E_DAMAGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archive_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
