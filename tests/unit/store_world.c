#include "tests/unit/store_world.h"

#include "services/runtime/crc32.h"
#include "services/runtime/ds.h"
#include "services/runtime/event.h"
#include "services/runtime/kernel.h"

#include <string.h>

#define TURNS_MAX 100000u
#define TURN_US   100u

struct store_world world;
struct store store;
static struct message answer;

/* --- The runtime ------------------------------------------------------------------- */

void *region(const char *alias, size_t size_bytes)
{
	(void)size_bytes;
	if (strcmp(alias, "req") == 0)
		return &world.request;
	if (strcmp(alias, "done") == 0)
		return &world.done;
	assert_string_equal(alias, "disks");
	return &world.disks;
}

uint32_t service_slot(const char *name)
{
	if (strcmp(name, "install") == 0)
		return SLOT_INSTALL;
	assert_string_equal(name, "disk");
	return SLOT_DISK;
}

const char *service_name(uint32_t slot)
{
	return slot == SLOT_ONE ? "one" : "two";
}

void service_notify(uint32_t slot)
{
	world.notified[slot]++;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	world.errors_logged += level == LOG_ERROR;
}

bool service_reply(endpoint_t to, const struct message *reply)
{
	(void)to;
	answer = *reply;
	return true;
}

enum status copy_from(uint32_t granter, uint32_t grant, size_t offset, void *to, size_t bytes)
{
	(void)granter;
	(void)grant;
	if (world.lent == NULL)
		return E_GRANT;
	memcpy(to, world.lent + offset, bytes);
	return OK;
}

enum status copy_to(uint32_t granter, uint32_t grant, size_t offset, const void *from, size_t bytes)
{
	(void)granter;
	(void)grant;
	memcpy(world.lent_back + offset, from, bytes);
	return OK;
}

enum status ds_publish(const char *name, const void *value, size_t bytes)
{
	assert_string_equal(name, "disk.status");
	assert_true(bytes < sizeof(world.status));
	memcpy(world.status, value, bytes);
	world.status[bytes] = 0;
	return OK;
}

enum status ds_retrieve(const char *name, struct ds_entry *entry)
{
	assert_string_equal(name, "disk.status");
	if (world.status[0] == 0)
		return E_ABSENT;
	entry->length_bytes = (uint32_t)strlen(world.status);
	memcpy(entry->value, world.status, entry->length_bytes);
	return OK;
}

void event_publish(enum event_kind kind, enum event_severity severity, const char *format, ...)
{
	(void)severity;
	assert_true(strcmp(format, "%s") != 0 || strlen(world.status) <= EVENT_TEXT_BYTES);
	world.events[kind]++;
}

bool event_work(void)
{
	return true;
}

/* --- The driver --------------------------------------------------------------------- */

/* What a disk answers comes from its cache first. */
static void sector_read(uint32_t sector, uint8_t *bytes)
{
	memcpy(bytes, world.disk.sectors[sector], SECTOR_BYTES);
	for (uint32_t i = 0; i < world.disk.pending_count; i++)
		if (world.disk.pending[i].sector == sector)
			memcpy(bytes, world.disk.pending[i].bytes, SECTOR_BYTES);
}

static enum status request_do(void)
{
	const struct block_request *request = &world.request;
	struct vault_step step = { .sector = (uint32_t)request->sector,
				   .sectors = request->count,
				   .bytes = request->data };

	if (request->volume != world.volume)
		return E_STALE;
	if (world.disk_failed)
		return E_DEVICE;
	if (request->op == BLOCK_READ ? world.refuses_reads : world.refuses_writes)
		return E_DEVICE;
	if (request->op == BLOCK_READ) {
		for (uint32_t i = 0; i < request->count; i++)
			sector_read((uint32_t)request->sector + i,
				    world.done.data + (size_t)i * SECTOR_BYTES);
		return OK;
	}
	if (world.fail_times != 0) {
		world.fail_times--;
		return E_DEVICE;
	}
	step.action = request->op == BLOCK_FLUSH ? VAULT_FLUSH : VAULT_WRITE;
	disk_step(&world.disk, &step);
	return OK;
}

static bool driver_turn(void)
{
	if (world.driver_dead || world.request.sequence == world.done.sequence)
		return false;
	world.done.status = (int32_t)request_do();
	world.done.sequence = world.request.sequence;
	world.answered++;
	return true;
}

static void disk_table_fill(void)
{
	world.disks.ready = 1;
	if (!world.has_disk)
		return;
	enum disk_state state = world.disk_failed ? DISK_FAILED : DISK_READY;

	world.disks.sequence += state != world.disks.disks[0].state ? 2 : 0;
	world.disks.disks[0].state = state;
	world.disks.store = (struct disk_store){
		.volume = world.volume,
		.count = world.volume == 0 ? 0 : DISK_SECTORS,
	};
}

/* --- Lives ---------------------------------------------------------------------------- */

static void store_begin(void)
{
	memset(&store, 0, sizeof(store));
	store.region = &world.region;
	store.table = &world.table;
	volume_open(&store.volume);
	if (life_load(&store.life, store.region))
		store.volume.id = store.life.volume;
	else
		life_begin(&store.life);
	store_save(&store);
	if (store.life.mode == STORE_OPENING)
		opening_begin(&store.opening, world.now_us);
}

void world_store_dies(void)
{
	store_begin();
}

void world_reboot(void)
{
	struct store_disk disk = world.disk;
	bool has_disk = world.has_disk;

	memset(&world, 0, sizeof(world));
	world.disk = disk;
	world.has_disk = has_disk;
	world.volume = VOLUME;
	world.now_us = 1000;
	disk_table_fill();
	store_begin();
}

void world_boot(bool has_disk)
{
	memset(&world.disk, 0, sizeof(world.disk));
	world.has_disk = has_disk;
	world_reboot();
}

bool world_turn(void)
{
	uint64_t before = store.life.number;
	uint32_t asked = world.request.sequence;
	uint64_t next_us;

	world.now_us += TURN_US;
	disk_table_fill();
	next_us = carry_on(&store, world.now_us);
	(void)show_disks(&store, world.now_us);
	return driver_turn() || next_us <= world.now_us || store.life.number != before ||
	       world.request.sequence != asked;
}

void world_run(void)
{
	for (unsigned turns = 0; world_turn(); turns++)
		assert_true(turns < TURNS_MAX);
}

/* --- Callers --------------------------------------------------------------------------- */

enum status world_ask(uint32_t slot, uint32_t op, const struct store_request *request,
		      struct store_reply *reply)
{
	struct message message = { .op = op, .from = { .slot = slot } };

	memcpy(message.payload.bytes, request, sizeof(*request));
	serve(&store, &message);
	if (reply != NULL)
		memcpy(reply, answer.payload.bytes, sizeof(*reply));
	return (enum status)answer.status;
}

static struct store_request request_of(const char *name)
{
	struct store_request request = { 0 };

	strncpy(request.name, name, sizeof(request.name) - 1);
	return request;
}

enum status world_put(uint32_t slot, const char *name, const void *value, uint32_t bytes)
{
	struct store_request request = request_of(name);

	request.length_bytes = bytes;
	request.crc32 = crc32_of(value, bytes);
	world.lent = value;
	return world_ask(slot, STORE_PUT, &request, NULL);
}

enum status world_delete(uint32_t slot, const char *name)
{
	struct store_request request = request_of(name);

	return world_ask(slot, STORE_DELETE, &request, NULL);
}

enum status world_result(uint32_t slot)
{
	const struct store_request request = { 0 };

	return world_ask(slot, STORE_RESULT, &request, NULL);
}

uint8_t world_version(uint32_t slot, const char *name)
{
	static uint8_t value[STORE_VALUE_BYTES];
	struct store_request request = request_of(name);
	struct store_reply reply;
	enum status status;

	request.length_bytes = sizeof(value);
	world.lent_back = value;
	status = world_ask(slot, STORE_GET, &request, &reply);
	if (status == E_ABSENT)
		return 0;
	assert_int_equal(status, OK);
	for (uint32_t i = 0; i < reply.length_bytes; i++)
		assert_int_equal(value[i], value[0]);
	return value[0];
}

const void *world_value(uint8_t version)
{
	static uint8_t bytes[STORE_VALUE_BYTES];

	memset(bytes, version, sizeof(bytes));
	return bytes;
}

void world_put_done(uint32_t slot, const char *name, uint8_t version)
{
	assert_int_equal(world_put(slot, name, world_value(version), WORLD_VALUE_BYTES), OK);
	world_run();
	assert_int_equal(world_result(slot), OK);
}

int world_with_disk(void **state)
{
	(void)state;
	world_boot(true);
	world_run();
	assert_int_equal(store.life.mode, STORE_DISK);
	return 0;
}

int world_without_disk(void **state)
{
	(void)state;
	world_boot(false);
	world_run();
	assert_int_equal(store.life.mode, STORE_MEMORY);
	return 0;
}
