/* See ata_world.h. */
#include "tests/unit/ata_world.h"

#include "drivers/block/ata/registers.h"
#include "services/runtime/crc32.h"
#include "services/runtime/kernel.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

int ata_main(void);
#define main ata_main
#include "drivers/block/ata/ata.c"
#undef main

#define TURNS_MAX 2000000u

struct block_request requests[CLIENTS];
struct block_completion completions[CLIENTS];
struct disk_table disk_table;
struct block_end ends[CLIENTS] = { { &requests[0], &completions[0] },
				   { &requests[1], &completions[1] } };
const struct service *driver;
unsigned notified[SERVICE_MAX], errors_logged, states_seen;
uint64_t longest_turn_us;

/* --- The runtime ---------------------------------------------------------------- */

const struct start_map *region_find(const char *alias)
{
	static struct start_map map;

	return strstr(alias, ".req") != NULL || strstr(alias, ".done") != NULL ? &map : NULL;
}

void *region(const char *alias, size_t size_bytes)
{
	(void)size_bytes;
	if (strcmp(alias, "table") == 0)
		return &disk_table;
	unsigned who = strncmp(alias, "store", 5) == 0 ? CLIENT_STORE : CLIENT_INSTALL;

	return strstr(alias, ".req") != NULL ? (void *)&requests[who] : (void *)&completions[who];
}

uint32_t service_slot(const char *name)
{
	return strcmp(name, "store") == 0 ? SLOT_STORE : SLOT_INSTALL;
}

void service_notify(uint32_t slot)
{
	notified[slot]++;
}

uint64_t time_us(void)
{
	return fake_now_us;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	errors_logged += level == LOG_ERROR;
}

int service_run(const struct service *service)
{
	driver = service;
	return 0;
}

/* --- The world -------------------------------------------------------------------- */

void world_sector_put(struct fake_disk *disk, uint64_t sector, const void *bytes)
{
	memcpy(disk->data[sector % FAKE_SECTORS], bytes, BLOCK_SECTOR_BYTES);
}

static void put32(uint8_t *bytes, uint32_t value)
{
	memcpy(bytes, &value, 4);
}

static void put64(uint8_t *bytes, uint64_t value)
{
	memcpy(bytes, &value, 8);
}

void world_table_write(struct fake_disk *disk, uint8_t guid)
{
	static const uint8_t type[BLOCK_GUID_BYTES] = BLOCK_STORE_TYPE_GUID;
	static uint8_t entries[GPT_ENTRIES_BYTES];
	uint8_t header[BLOCK_SECTOR_BYTES] = "EFI PART";

	memset(entries, 0, sizeof(entries));
	memcpy(entries, type, sizeof(type));
	memset(entries + 16, guid, BLOCK_GUID_BYTES);
	put64(entries + 32, STORE_FIRST);
	put64(entries + 40, STORE_FIRST + STORE_SECTORS - 1);
	put32(header + 8, 0x10000);
	put32(header + 12, 92);
	put64(header + 24, 1);
	put64(header + 32, DISK_SECTORS - 1);
	put64(header + 40, 34);
	put64(header + 48, DISK_SECTORS - 34);
	put64(header + 72, 2);
	put32(header + 80, 128);
	put32(header + 84, 128);
	put32(header + 88, crc32_of(entries, sizeof(entries)));
	put32(header + 16, crc32_of(header, 92));
	world_sector_put(disk, 1, header);
	for (unsigned i = 0; i < GPT_ENTRIES_SECTORS; i++)
		world_sector_put(disk, 2 + i, entries + (size_t)i * BLOCK_SECTOR_BYTES);
}

/* But for a disk that failed, which it looks for again some time later. */
static bool driver_is_idle(void)
{
	return !transfer.active && !scanning && serving == NULL;
}

void world_run(void)
{
	for (unsigned turns = 0; turns < TURNS_MAX; turns++) {
		uint64_t before_us = fake_now_us;
		uint64_t next_us = driver->work(before_us);

		if (fake_now_us - before_us > longest_turn_us)
			longest_turn_us = fake_now_us - before_us;
		states_seen |= 1u << disk_table.disks[0].state;
		if (next_us == SERVICE_NO_DEADLINE || (driver_is_idle() && next_us > fake_now_us))
			return;
		if (next_us > fake_now_us)
			fake_now_us = next_us;
	}
	fail_msg("the driver is never done");
}

void world_pass_s(unsigned seconds)
{
	uint64_t end_us = fake_now_us + seconds * 1000000ull;

	while (fake_now_us < end_us) {
		fake_now_us += 1000000;
		world_run();
	}
}

void world_driver_begin(void)
{
	scanning = false;
	serving = NULL;
	transfer = (struct transfer){ 0 };
	turn = 0;
	memset(looks, 0, sizeof(looks));
	assert_int_equal(ata_main(), 0);
	assert_int_equal(driver->start(), OK);
}

struct fake_disk *world_disk_with_store(unsigned number)
{
	struct fake_disk *disk = fake_disk_add(number, DISK_SECTORS);

	world_table_write(disk, (uint8_t)(10 + number));
	return disk;
}

int world_setup(void **state)
{
	(void)state;
	fake_init();
	memset(requests, 0, sizeof(requests));
	memset(completions, 0, sizeof(completions));
	memset(&disk_table, 0, sizeof(disk_table));
	memset(notified, 0, sizeof(notified));
	errors_logged = states_seen = 0;
	memset(failures_in_row, 0, sizeof(failures_in_row));
	longest_turn_us = 0;
	return 0;
}

enum status world_ask(enum client client, enum block_op op, uint32_t disk, uint64_t sector,
		      uint32_t count)
{
	uint32_t volume = client == CLIENT_STORE ? disk_table.store.volume : 0;

	assert_false(block_is_busy(&ends[client]));
	block_submit(&ends[client], op, disk, volume, sector, count);
	world_run();
	assert_false(block_is_busy(&ends[client]));
	return (enum status)completions[client].status;
}
