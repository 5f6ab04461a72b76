#include "tests/unit/rtl8139_device.h"

#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"

#include <string.h>

struct rtl8139_device device;

static const uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };

bool device_interrupts(void)
{
	return (device.isr & device.imr) != 0;
}

static bool running(uint8_t what)
{
	return (device.command & what) != 0;
}

/* --- Receiving ----------------------------------------------------------------- */

static uint32_t ring_room(void)
{
	uint32_t read = (device.capr + 16u) & (RING_BYTES - 1);
	uint32_t room = (read - device.cbr) & (RING_BYTES - 1);

	return room == 0 ? RING_BYTES : room;
}

bool device_receive_header(unsigned length, uint32_t number, uint32_t header)
{
	uint8_t *place = world.rx + device.cbr;
	uint32_t size = (4 + length + 4 + 3) & ~3u;

	if (!running(CR_RE)) {
		device.lost++;
		return false;
	}
	if (device.frozen_capr || size >= ring_room()) {
		device.isr |= INT_RXOVW;
		device.lost++;
		return false;
	}
	assert_int_equal(device.rbstart, WORLD_RX_PHYSICAL);
	assert_true(device.cbr + size <= NETQ_RX_BYTES);
	memcpy(place, &header, 4);
	world_frame_make(place + 4, length, number);
	memset(place + 4 + length, 0xcc, 4);
	device.cbr = (uint16_t)((device.cbr + size) & (RING_BYTES - 1));
	device.isr |= INT_ROK;
	return true;
}

bool device_receive(unsigned length, uint32_t number)
{
	return device_receive_header(length, number, (length + 4) << 16 | RX_STATUS_OK);
}

bool device_receive_next(unsigned length)
{
	bool fits = device_receive(length, device.next_received);

	device.next_received += fits;
	return fits;
}

/* --- Sending -------------------------------------------------------------------- */

bool device_send_one(void)
{
	unsigned descriptor = device.next_tx;
	uint32_t *status = &device.tsd[descriptor];

	if (!running(CR_TE) || (*status & TSD_OWN) != 0)
		return false;
	uint32_t offset = device.tsad[descriptor] - WORLD_TX_PHYSICAL;

	assert_true(offset <= NETQ_TX_BYTES - NETQ_TX_SLOT_BYTES);
	assert_true(device.sent_count < WIRE_FRAMES_MAX);
	device.sent[device.sent_count++] = world_frame_check(world.tx + offset, *status & 0x1fff);
	*status |= TSD_OWN | TSD_OK;
	device.isr |= INT_TOK;
	device.next_tx = (descriptor + 1) % 4;
	return true;
}

void device_abort_one(void)
{
	assert_int_equal(device.tsd[device.next_tx] & TSD_OWN, 0);
	device.tsd[device.next_tx] |= TSD_ABORTED;
	device.isr |= INT_TER;
}

void device_assert_sent(unsigned count)
{
	assert_int_equal(device.sent_count, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(device.sent[i], i);
}

static uint32_t summary(void)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 4; i++) {
		value |= (device.tsd[i] & TSD_OWN ? 1u : 0u) << i;
		value |= (device.tsd[i] & TSD_ABORTED ? 1u : 0u) << (4 + i);
		value |= (device.tsd[i] & TSD_UNDERRUN ? 1u : 0u) << (8 + i);
		value |= (device.tsd[i] & TSD_OK ? 1u : 0u) << (12 + i);
	}
	return value;
}

/* --- Registers --------------------------------------------------------------------- */

static void reset(void)
{
	device.command = device.stuck_reset ? CR_RST : 0;
	device.imr = device.isr = 0;
	device.capr = 0xfff0;
	device.cbr = 0;
	device.rcr = device.rbstart = 0;
	device.station_bits = 0; /* from its EEPROM again */
	device.next_tx = 0;
	device.resets++;
	for (unsigned i = 0; i < 4; i++)
		device.tsd[i] = TSD_OWN;
}

static uint32_t device_read(unsigned offset, unsigned width)
{
	uint32_t value = 0;

	if (offset >= RTL_TSAD0 && offset < RTL_TSAD0 + 16)
		return device.tsad[(offset - RTL_TSAD0) / 4];
	switch (offset) {
	case RTL_IDR0:
		assert_int_equal(width, 4);
		memcpy(&value, mac, 4);
		return value ^ device.station_bits;
	case RTL_IDR0 + 4: memcpy(&value, mac + 4, 2); return value;
	case RTL_RBSTART: return device.rbstart;
	case RTL_CR:
		return device.command | (device.cbr == ((device.capr + 16u) & (RING_BYTES - 1)));
	case RTL_CAPR: return device.capr;
	case RTL_CBR: return device.cbr;
	case RTL_ISR: return device.isr;
	case RTL_TCR: return TCR_8139CP | device.tcr;
	case RTL_RCR: return device.rcr ^ device.rcr_odd;
	case RTL_MSR: return device.media;
	case RTL_TSAD_ALL: assert_int_equal(width, 2); return summary();
	default: fail_msg("read of register %#x", offset);
	}
	return 0;
}

static void command_write(uint32_t value)
{
	if ((value & CR_RST) != 0)
		reset();
	else
		device.command = (uint8_t)value;
	/* A receiver that is switched on writes wherever RBSTART says. */
	if (running(CR_RE))
		assert_int_equal(device.rbstart, WORLD_RX_PHYSICAL);
}

static void status_write(unsigned descriptor, uint32_t value)
{
	assert_int_equal(value & 0x1800, 0);
	assert_true((device.tsd[descriptor] & TSD_OWN) != 0);
	device.tsd[descriptor] = value & 0x003f3fffu;
	while (!device.slow && device_send_one())
		;
}

/* As drivers/net/rtl8139/manifest.toml has it. */
static void address_check(uint32_t value, uint32_t length)
{
	bool in_rx =
		value >= WORLD_RX_PHYSICAL && value + length <= WORLD_RX_PHYSICAL + NETQ_RX_BYTES;
	bool in_tx =
		value >= WORLD_TX_PHYSICAL && value + length <= WORLD_TX_PHYSICAL + NETQ_TX_BYTES;

	assert_true(in_rx || (in_tx && length == NETQ_TX_SLOT_BYTES));
}

static void device_write(unsigned offset, unsigned width, uint32_t value)
{
	assert_true(offset < 0xe0);
	if (offset >= RTL_TSD0 && offset < RTL_TSD0 + 16) {
		assert_int_equal(width, 4);
		status_write((offset - RTL_TSD0) / 4, value);
		return;
	}
	if (offset >= RTL_TSAD0 && offset < RTL_TSAD0 + 16) {
		assert_int_equal(width, 4);
		address_check(value, NETQ_TX_SLOT_BYTES);
		device.tsad[(offset - RTL_TSAD0) / 4] = value;
		return;
	}
	switch (offset) {
	case RTL_MAR0:
	case RTL_MAR0 + 4: device.mar[(offset - RTL_MAR0) / 4] = value; break;
	case RTL_RBSTART:
		address_check(value, 66048);
		device.rbstart = value;
		break;
	case RTL_CR: command_write(value); break;
	case RTL_CAPR: device.capr = (uint16_t)value; break;
	case RTL_IMR: device.imr = (uint16_t)value; break;
	case RTL_ISR: device.isr &= (uint16_t)~value; break;
	case RTL_TCR:
		assert_true(running(CR_TE));
		device.tcr = value;
		break;
	case RTL_RCR: /* QEMU's starts the ring afresh */
		assert_int_equal(value & 0x1800, 0x1000);
		device.rcr = value;
		device.capr = 0xfff0;
		device.cbr = 0;
		break;
	case RTL_MPC:
	case RTL_MULINT: break;
	default: fail_msg("write of register %#x", offset);
	}
}

void rtl8139_device_init(void)
{
	static const struct world_device registers = { .read = device_read, .write = device_write };

	memset(&device, 0, sizeof device);
	memset(&rtl8139, 0, sizeof rtl8139);
	world_init(&rtl8139_ops, &registers);
}

int rtl8139_device_start(void **state)
{
	(void)state;
	rtl8139_device_init();
	world_start(false);
	world_work(false);
	return 0;
}
