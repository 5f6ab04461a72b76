#include "tests/unit/net_world.h"

#include "services/runtime/kernel.h"

#include <stdio.h>
#include <string.h>

#define TURNS_MAX 10000u

struct net_world world;

/* --- The kernel ------------------------------------------------------------------ */

static void kernel_call_made(void)
{
	world.calls++;
	world.now_us++;
	if (world.calls_left == UINT32_MAX)
		return;
	if (world.calls_left == 0)
		longjmp(world.death, 1);
	world.calls_left--;
}

static uint32_t ones(unsigned width)
{
	return width == 4 ? UINT32_MAX : (1u << 8 * width) - 1;
}

static void port_check(uint16_t port, unsigned width)
{
	assert_true(port >= WORLD_BASE && port + width <= WORLD_BASE + WORLD_PORTS);
	assert_true(width == 1 || width == 2 || width == 4);
}

static void access_do(struct port_access *access)
{
	unsigned offset = access->port - WORLD_BASE;

	port_check(access->port, access->width_bytes);
	if (access->write != 0) {
		if (!world.absent)
			world.device.write(offset, access->width_bytes, access->value);
	} else {
		access->value = world.absent ? ones(access->width_bytes)
					     : world.device.read(offset, access->width_bytes);
	}
}

enum status port_read(uint16_t port, unsigned width_bytes, uint32_t *value)
{
	struct port_access access = { .port = port, .width_bytes = (uint8_t)width_bytes };

	kernel_call_made();
	access_do(&access);
	*value = access.value;
	return OK;
}

enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	struct port_access access = {
		.port = port, .width_bytes = (uint8_t)width_bytes, .write = 1, .value = value
	};

	kernel_call_made();
	access_do(&access);
	return OK;
}

enum status port_vector(struct port_access *accesses, unsigned count)
{
	assert_true(count <= PORT_VECTOR_MAX);
	kernel_call_made();
	for (unsigned i = 0; i < count; i++)
		access_do(&accesses[i]);
	return OK;
}

enum status port_stream_in(uint16_t port, unsigned width_bytes, void *to, size_t count)
{
	kernel_call_made();
	for (size_t i = 0; i < count; i++) {
		struct port_access access = { .port = port, .width_bytes = (uint8_t)width_bytes };

		access_do(&access);
		memcpy((uint8_t *)to + i * width_bytes, &access.value, width_bytes);
	}
	return OK;
}

enum status port_stream_out(uint16_t port, unsigned width_bytes, const void *from, size_t count)
{
	kernel_call_made();
	for (size_t i = 0; i < count; i++) {
		struct port_access access = { .port = port,
					      .width_bytes = (uint8_t)width_bytes,
					      .write = 1 };

		memcpy(&access.value, (const uint8_t *)from + i * width_bytes, width_bytes);
		access_do(&access);
	}
	return OK;
}

enum status irq_enable(unsigned index)
{
	assert_int_equal(index, 0);
	world.irq_enabled = true;
	return OK;
}

enum status irq_ack(unsigned index)
{
	assert_int_equal(index, 0);
	kernel_call_made();
	world.irq_acks++;
	return OK;
}

void service_notify(uint32_t slot)
{
	assert_int_equal(slot, WORLD_FIREWALL);
	kernel_call_made();
	world.notified++;
}

void service_complain(uint32_t slot, enum complaint complaint)
{
	assert_int_equal(slot, WORLD_FIREWALL);
	world.complained++;
	world.complaint = complaint;
}

void service_breathe_if_long(void)
{
	world.breaths++;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	world.warnings += level <= LOG_WARNING;
}

uint64_t time_us(void)
{
	return world.now_us++;
}

const struct start_info *service_info(void)
{
	return &world.info;
}

uint32_t service_slot(const char *name)
{
	return strcmp(name, "firewall") == 0 ? WORLD_FIREWALL : SERVICE_MAX;
}

const struct start_map *region_find(const char *alias)
{
	for (unsigned i = 0; i < world.info.map_count; i++)
		if (strcmp(world.info.maps[i].alias, alias) == 0)
			return &world.info.maps[i];
	return NULL;
}

void *region(const char *alias, size_t size_bytes)
{
	const struct start_map *map = region_find(alias);

	assert_non_null(map);
	assert_true(map->size_bytes >= size_bytes);
	return (void *)(uintptr_t)map->address;
}

/* --- The driver's life -------------------------------------------------------------- */

static void map_add(const char *alias, void *memory, size_t bytes, uint64_t physical)
{
	struct start_map *map = &world.info.maps[world.info.map_count++];

	*map = (struct start_map){ .address = (uintptr_t)memory,
				   .size_bytes = bytes,
				   .physical = physical };
	strcpy(map->alias, alias);
}

void world_init(const struct nic_ops *ops, const struct world_device *device)
{
	memset(&world, 0, sizeof world);
	world.ops = ops;
	world.device = *device;
	world.calls_left = UINT32_MAX;
	world.now_us = 1000000;
	world.info.device = (struct device_info){ .bus = DEVICE_PCI,
						  .port_base = WORLD_BASE,
						  .port_count = WORLD_PORTS };
	map_add("drv", &world.driver, sizeof world.driver, 0);
	map_add("fw", &world.firewall, sizeof world.firewall, 0);
	map_add("rx", world.rx, sizeof world.rx, WORLD_RX_PHYSICAL);
	map_add("tx", world.tx, sizeof world.tx, WORLD_TX_PHYSICAL);
}

void world_start(bool restarted)
{
	world.info.restarted = restarted;
	nic_start(&world.nic, world.ops);
}

void world_work(bool irq)
{
	unsigned turns = 0;

	if (irq)
		nic_interrupt(&world.nic);
	do {
		world.next_us = nic_work(&world.nic, world.now_us);
		assert_true(turns++ < TURNS_MAX);
	} while (world.next_us <= world.now_us);
}

void world_pass(uint64_t us)
{
	uint64_t end_us = world.now_us + us;

	for (world_work(false); world.next_us <= end_us; world_work(false))
		world.now_us = world.next_us;
	world.now_us = end_us;
}

/* True if what follows is reached without a death. */
static bool survived(void (*action)(void), unsigned calls)
{
	volatile bool alive = false;

	world.calls_left = calls;
	if (setjmp(world.death) == 0) {
		action();
		alive = true;
	}
	world.calls_left = UINT32_MAX;
	return alive;
}

static void work_quietly(void)
{
	world_work(false);
}

static void work_interrupted(void)
{
	world_work(true);
}

static void start_first(void)
{
	world_start(false);
}

bool world_work_or_die(bool irq, unsigned calls)
{
	return survived(irq ? work_interrupted : work_quietly, calls);
}

bool world_start_or_die(unsigned calls)
{
	return survived(start_first, calls);
}

/* --- Frames, and the firewall --------------------------------------------------------- */

void world_frame_make(uint8_t *frame, unsigned length, uint32_t number)
{
	for (unsigned i = 0; i < length; i++)
		frame[i] = (uint8_t)(number * 31 + i * 7);
	frame[0] = 2; /* no multicast */
	memcpy(frame + 14, &number, sizeof number);
}

uint32_t world_frame_check(const uint8_t *frame, unsigned length)
{
	uint8_t expected[NETQ_FRAME_MAX];
	uint32_t number;

	assert_in_range(length, TX_FRAME_MIN, NETQ_FRAME_MAX);
	memcpy(&number, frame + 14, sizeof number);
	world_frame_make(expected, length, number);
	assert_memory_equal(frame, expected, length);
	return number;
}

/* In order; after a crash one may come a second time, but none may be missing. */
static void order_check(uint32_t number)
{
	if (number < world.rx_next) {
		world.rx_twice++;
		return;
	}
	assert_int_equal(number, world.rx_next);
	world.rx_next++;
}

unsigned world_consume(unsigned max)
{
	unsigned count = 0;

	for (; count < max && world.firewall.rx_consumed != world.driver.rx_produced; count++) {
		const struct netq_rx_desc *desc =
			&world.driver.rx[world.firewall.rx_consumed % NETQ_RX_SLOTS];

		assert_true(desc->offset + desc->length_bytes <= NETQ_RX_BYTES);
		order_check(world_frame_check(world.rx + desc->offset, desc->length_bytes));
		world.firewall.rx_consumed++;
		world.rx_taken++;
	}
	return count;
}

bool world_send(unsigned length, uint32_t number)
{
	uint32_t before = world.firewall.tx_produced, slot = before % NETQ_TX_SLOTS;

	assert_true(before - world.driver.tx_consumed < NETQ_TX_SLOTS);
	world_frame_make(world.tx + slot * NETQ_TX_SLOT_BYTES, length, number);
	world.firewall.tx[slot].length_bytes = (uint16_t)length;
	world.firewall.tx_produced++;
	return netq_wakes(before, world.firewall.tx_produced, world.driver.tx_wake);
}
