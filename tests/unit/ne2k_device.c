#include "tests/unit/ne2k_device.h"

#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"

#include <string.h>

struct ne2k_device device;

#define FRAME_PAGES 6u /* of the longest frame */

static const uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static uint16_t last_header;

bool device_interrupts(void)
{
	return (device.isr & device.imr & 0x7fu) != 0;
}

/* --- Memory --------------------------------------------------------------------- */

static uint8_t *card_byte(uint16_t address)
{
	static uint8_t nowhere;

	if (address < 32)
		return &device.memory[address];
	if (address < 0x4000 || address >= 0xc000)
		return &nowhere;
	return &device.memory[device.small ? (address & 0x3fff) | 0x4000 : address];
}

/* Behind the ring's end comes its start. */
static void remote_advance(unsigned bytes)
{
	device.rsar = (uint16_t)(device.rsar + bytes);
	if (device.rsar == device.pstop << 8)
		device.rsar = (uint16_t)(device.pstart << 8);
	device.rbcr = (uint16_t)(device.rbcr > bytes ? device.rbcr - bytes : 0);
	if (device.rbcr == 0 && !device.dma_hangs)
		device.isr |= ISR_RDC;
}

static uint32_t data_read(unsigned width)
{
	unsigned taken = device.words_only ? 2 : width;
	uint32_t value = 0;

	assert_true((device.command & (CR_READ | CR_STA)) == (CR_READ | CR_STA));
	assert_true(device.rbcr != 0 || device.words_only);
	for (unsigned i = 0; i < taken; i++)
		value |= (uint32_t)*card_byte((uint16_t)(device.rsar + i)) << 8 * i;
	remote_advance(taken);
	return value;
}

static void data_write(unsigned width, uint32_t value)
{
	unsigned taken = device.words_only ? 2 : width;

	assert_true((device.command & (CR_WRITE | CR_STA)) == (CR_WRITE | CR_STA));
	for (unsigned i = 0; i < taken; i++)
		*card_byte((uint16_t)(device.rsar + i)) = (uint8_t)(value >> 8 * i);
	remote_advance(taken);
}

/* --- Receiving ---------------------------------------------------------------------- */

static uint8_t page_next(uint8_t page)
{
	return (uint8_t)(page + 1 == device.pstop ? device.pstart : page + 1);
}

/* Pages up to the boundary, which itself is not written to. */
static unsigned pages_free(void)
{
	unsigned count = 0;

	if (device.full_is_empty && device.current == device.boundary)
		return device.pstop - device.pstart;
	for (uint8_t page = device.current; page != device.boundary; page = page_next(page))
		count++;
	return count;
}

static void ring_write(uint8_t first_page, const uint8_t *bytes, unsigned count)
{
	uint16_t address = (uint16_t)(first_page << 8);

	for (unsigned i = 0; i < count; i++) {
		*card_byte(address++) = bytes[i];
		if (address == device.pstop << 8)
			address = (uint16_t)(device.pstart << 8);
	}
}

static bool listening(void)
{
	return (device.command & CR_STP) == 0 && (device.rcr & RCR_MON) == 0 &&
	       (device.tcr & TCR_LOOP) == 0;
}

bool device_receive(unsigned length, uint32_t number)
{
	uint8_t frame[HEADER_BYTES + 2048] = { RX_STATUS_INTACT };
	unsigned pages = (HEADER_BYTES + length + RX_CRC_BYTES + 255) / 256 + device.extra_page;
	uint8_t next = device.current;

	if (!listening()) {
		device.lost++;
		return false;
	}
	if (device.full_is_empty && pages_free() < FRAME_PAGES)
		return false;
	if (!device.full_is_empty && pages_free() <= pages) {
		device.isr |= ISR_OVW | ISR_RST;
		device.lost++;
		return false;
	}
	for (unsigned i = 0; i < pages; i++)
		next = page_next(next);
	frame[HEADER_NEXT] = next;
	frame[HEADER_COUNT] = (uint8_t)(length + RX_CRC_BYTES);
	frame[HEADER_COUNT + 1] = (uint8_t)((length + RX_CRC_BYTES) >> 8);
	world_frame_make(frame + HEADER_BYTES, length, number);
	ring_write(device.current, frame, HEADER_BYTES + length);
	last_header = (uint16_t)(device.current << 8);
	device.current = next;
	device.isr |= ISR_PRX;
	return true;
}

bool device_receive_next(unsigned length)
{
	bool fits = device_receive(length, device.next_received);

	device.next_received += fits;
	return fits;
}

uint8_t *device_last_header(void)
{
	return card_byte(last_header);
}

/* --- Sending -------------------------------------------------------------------------- */

bool device_send_one(bool well)
{
	uint8_t frame[2048];

	if (device.tx_hangs || (device.command & CR_TXP) == 0 || (device.command & CR_STP) != 0)
		return false;
	assert_in_range(device.tbcr, TX_FRAME_MIN, NETQ_FRAME_MAX);
	for (unsigned i = 0; i < device.tbcr; i++)
		frame[i] = *card_byte((uint16_t)(device.tpsr * 256u + i));
	assert_true(device.sent_count < WIRE_FRAMES_MAX);
	if (well)
		device.sent[device.sent_count++] = world_frame_check(frame, device.tbcr);
	device.command &= (uint8_t)~CR_TXP;
	device.tsr = well ? TSR_PTX : 0x08;
	device.isr |= well ? ISR_PTX : ISR_TXE;
	return true;
}

void device_assert_sent(unsigned count)
{
	assert_int_equal(device.sent_count, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(device.sent[i], i);
}

/* --- Registers -------------------------------------------------------------------------- */

static uint32_t page0_read(unsigned offset)
{
	uint32_t value;

	switch (offset) {
	case NE_BNRY:
		return device.boundary;
	case NE_TSR:
		return device.tsr;
	case NE_ISR:
		return device.isr;
	case NE_CNTR1:
	case NE_CNTR2:
		value = device.counters[offset - 0x0d];
		device.counters[offset - 0x0d] = 0;
		return value;
	default:
		fail_msg("read of register %#x", offset);
	}
	return 0;
}

static uint32_t device_read(unsigned offset, unsigned width)
{
	if (offset == NE_DATA)
		return data_read(width);
	assert_int_equal(width, 1);
	if (offset == NE_RESET) {
		device.resets++;
		device.tx_hangs = false;
		device.isr |= ISR_RST;
		device.command = CR_STOP;
		return 0;
	}
	if (offset == NE_CR)
		return device.command;
	switch (device.command >> 6) {
	case 0:
		return page0_read(offset);
	case 1:
		if (offset == NE_CURR)
			return device.current;
		if (offset >= NE_PAR0 && offset < NE_PAR0 + 6)
			return device.par[offset - NE_PAR0];
		break;
	case 2:
		if (offset == NE_PSTART_READ)
			return device.pstart;
		if (offset == NE_PSTOP_READ)
			return device.pstop;
		break;
	default:
		break;
	}
	fail_msg("read of register %#x on page %u", offset, device.command >> 6);
	return 0;
}

static void command_write(uint32_t value)
{
	bool transmitting = (device.command & CR_TXP) != 0;

	if ((value & CR_STP) != 0 && (device.command & CR_STP) == 0) {
		device.stopped_us = world.now_us;
		device.isr |= ISR_RST;
	}
	/* Too early a start after an overflow is what the datasheet warns of. */
	if ((value & CR_STA) != 0 && (device.command & CR_STP) != 0) {
		if ((device.isr & ISR_OVW) != 0) {
			assert_true(world.now_us >= device.stopped_us + OVERFLOW_STOP_US);
			assert_true((device.tcr & TCR_LOOP) != 0);
			device.overflow_stops++;
		}
		device.isr &= (uint8_t)~ISR_RST;
		transmitting = false; /* cut off by the stop */
	}
	device.command = (uint8_t)(value | (transmitting ? CR_TXP : 0u));
	while (!device.slow && device_send_one(true))
		;
}

static void page0_write(unsigned offset, uint8_t value)
{
	switch (offset) {
	case NE_PSTART:
		device.pstart = value;
		break;
	case NE_PSTOP:
		device.pstop = value;
		break;
	case NE_BNRY:
		device.boundary = value;
		break;
	case NE_TPSR:
		device.tpsr = value;
		break;
	case NE_TBCR0:
		device.tbcr = (uint16_t)((device.tbcr & 0xff00) | value);
		break;
	case NE_TBCR0 + 1:
		device.tbcr = (uint16_t)((device.tbcr & 0xff) | value << 8);
		break;
	case NE_ISR:
		device.isr &= (uint8_t) ~(value & 0x7f);
		break;
	case NE_RSAR0:
		device.rsar = (uint16_t)((device.rsar & 0xff00) | value);
		break;
	case NE_RSAR0 + 1:
		device.rsar = (uint16_t)((device.rsar & 0xff) | value << 8);
		break;
	case NE_RBCR0:
		device.rbcr = (uint16_t)((device.rbcr & 0xff00) | value);
		break;
	case NE_RBCR0 + 1:
		device.rbcr = (uint16_t)((device.rbcr & 0xff) | value << 8);
		break;
	case NE_RCR:
		device.rcr = value;
		break;
	case NE_TCR:
		device.tcr = value;
		break;
	case NE_DCR:
		device.dcr = value;
		break;
	case NE_IMR:
		device.imr = value;
		break;
	default:
		fail_msg("write of register %#x", offset);
	}
}

static void page1_write(unsigned offset, uint8_t value)
{
	if (offset >= NE_PAR0 && offset < NE_PAR0 + 6)
		device.par[offset - NE_PAR0] = value;
	else if (offset == NE_CURR)
		device.current = value;
	else if (offset >= NE_MAR0 && offset < NE_MAR0 + 8)
		device.mar[offset - NE_MAR0] = value;
	else
		fail_msg("write of register %#x on page 1", offset);
}

static void device_write(unsigned offset, unsigned width, uint32_t value)
{
	if (offset == NE_DATA) {
		data_write(width, value);
		return;
	}
	assert_int_equal(width, 1);
	if (offset == NE_RESET)
		return;
	if (offset == NE_CR)
		command_write(value);
	else if (device.command >> 6 == 0)
		page0_write(offset, (uint8_t)value);
	else if (device.command >> 6 == 1)
		page1_write(offset, (uint8_t)value);
	else
		fail_msg("write of register %#x on page 2", offset);
}

void ne2k_device_init(void)
{
	static const struct world_device registers = { .read = device_read, .write = device_write };

	memset(&device, 0, sizeof device);
	memset(&ne2k, 0, sizeof ne2k);
	for (unsigned i = 0; i < 16; i++)
		device.memory[2 * i] = device.memory[2 * i + 1] = i < 6 ? mac[i] : 0x57;
	device.command = CR_STOP;
	world_init(&ne2k_ops, &registers);
}

int ne2k_device_start(void **state)
{
	(void)state;
	ne2k_device_init();
	world_start(false);
	world_work(false);
	return 0;
}
