/*
 * The receive ring: 32 KiB of portN.rx in which the device leaves each frame in
 * one piece, behind the ring's end if need be. Frames go to the firewall where
 * they lie; their room is the device's again when the firewall has consumed
 * them. So the ring itself is the queue's memory, and it outlives us.
 *
 *	released <= position <= end <= released + 32 KiB, modulo 32 KiB
 *	released..position	taken; the firewall still reads there
 *	position..end		received, not yet taken
 *
 * The device is not believed: a length that leads past `end` breaks the ring.
 */
#include "drivers/net/notes.h"
#include "drivers/net/rtl8139/registers.h"
#include "drivers/net/rtl8139/rtl8139.h"

#define RING_MASK (RING_BYTES - 1)
#define UNFINISHED_LOOKS_MAX                                                                       \
	10u /* of NIC_HELD_US each; 1.2 ms are the longest frame at 10 Mbit/s */

_Static_assert(2 * RING_BYTES + RX_HEADER_BYTES <= NETQ_RX_BYTES,
	       "a frame that fills the ring and begins at its end fits in");

static uint32_t ring_distance(uint32_t from, uint32_t to)
{
	return (to - from) & RING_MASK;
}

/* Header, frame and check sequence; each frame begins on a boundary of four bytes. */
static uint32_t ring_entry_bytes(uint32_t length_with_crc)
{
	return (RX_HEADER_BYTES + length_with_crc + 3) & ~3u;
}

void ring_init(struct nic *nic)
{
	rtl8139.rx_position = rtl8139.rx_end = rtl8139.rx_released = 0;
	rtl8139.rx_epoch = nic->rxq.produced;
	rtl8139.rx_short = false;
	rtl8139.overflows = rtl8139.unfinished = 0;
	notes_position_set(nic->own, nic->rxq.produced, 0);
}

/* The ring position behind the frame that was published last. */
static uint32_t position_behind_last(const struct nic *nic)
{
	struct netq_rx_desc last = rx_queue_desc(&nic->rxq, nic->rxq.produced - 1);

	return (last.offset - RX_HEADER_BYTES +
		ring_entry_bytes(last.length_bytes + RX_CRC_BYTES)) &
	       RING_MASK;
}

/* Is `place` where a frame can begin, between where we read and where the device writes? */
static bool place_holds(uint32_t place, uint32_t read_position, uint32_t write_position)
{
	return place < RING_BYTES && (place & 3u) == 0 &&
	       ring_distance(read_position, place) <= ring_distance(read_position, write_position);
}

bool ring_adopt(struct nic *nic, uint32_t read_position, uint32_t write_position)
{
	struct notes_position noted = notes_position_get(nic->own);
	uint32_t published_since = nic->rxq.produced - noted.produced;
	uint32_t position = published_since == 0 ? noted.place : position_behind_last(nic);

	if (published_since > NETQ_RX_SLOTS ||
	    !place_holds(write_position, read_position, write_position) ||
	    !place_holds(position, read_position, write_position))
		return false;
	rtl8139.rx_position = position;
	rtl8139.rx_end = write_position;
	rtl8139.rx_released = read_position;
	rtl8139.rx_short = false;
	rtl8139.overflows = rtl8139.unfinished = 0;
	notes_position_set(nic->own, nic->rxq.produced, position);
	/* The oldest frame that the firewall has not read lies before those we have not taken. */
	return place_holds(ring_release_position(nic), read_position, position);
}

uint32_t ring_release_position(const struct nic *nic)
{
	const struct rx_queue *queue = &nic->rxq;
	uint32_t outstanding = rx_queue_outstanding(queue);

	if (outstanding == 0)
		return rtl8139.rx_position;
	/* What is left of the ring before the last reset lies nowhere in this one. */
	if (outstanding > queue->produced - rtl8139.rx_epoch)
		return rtl8139.rx_released;
	return (rx_queue_desc(queue, queue->consumed).offset - RX_HEADER_BYTES) & RING_MASK;
}

/* A frame of which the device says that it is damaged, or that nobody wants so long. */
static void entry_count(struct nic *nic, uint32_t status)
{
	if ((status & (RX_STATUS_CRC | RX_STATUS_FAE)) != 0)
		nic->own->statistics.rx_crc++;
	else
		nic->own->statistics.rx_length++;
}

/* The header at the position, read once, as the device may change it under our eyes. */
static uint32_t header_read(const struct nic *nic)
{
	const uint8_t *place = nic->rx + rtl8139.rx_position;

	return __atomic_load_n((const uint32_t *)(const void *)place, __ATOMIC_ACQUIRE);
}

/* The device is allowed to show a frame that it is still writing, but not for long. */
static bool entry_is_unfinished(uint32_t length_with_crc, uint32_t available)
{
	return length_with_crc == RX_UNFINISHED ||
	       (length_with_crc >= NETQ_FRAME_MIN + RX_CRC_BYTES &&
		length_with_crc <= NETQ_FRAME_MAX + RX_CRC_BYTES &&
		ring_entry_bytes(length_with_crc) > available);
}

/* Takes the entry at the position; NIC_RX_MORE: go on. */
static enum nic_rx entry_take(struct nic *nic)
{
	uint32_t available = ring_distance(rtl8139.rx_position, rtl8139.rx_end);
	uint32_t header = header_read(nic);
	uint32_t status = header & 0xffffu, length_with_crc = header >> 16;

	if (entry_is_unfinished(length_with_crc, available))
		return ++rtl8139.unfinished > UNFINISHED_LOOKS_MAX ? NIC_RX_BROKEN : NIC_RX_HELD;
	if (length_with_crc < NETQ_FRAME_MIN + RX_CRC_BYTES ||
	    ring_entry_bytes(length_with_crc) > available)
		return NIC_RX_BROKEN;
	if ((status & RX_STATUS_OK) != 0 && length_with_crc <= NETQ_FRAME_MAX + RX_CRC_BYTES)
		rx_queue_put(&nic->rxq, rtl8139.rx_position + RX_HEADER_BYTES,
			     (uint16_t)(length_with_crc - RX_CRC_BYTES));
	else
		entry_count(nic, status);
	rtl8139.unfinished = 0;
	rtl8139.rx_position = (rtl8139.rx_position + ring_entry_bytes(length_with_crc)) & RING_MASK;
	return NIC_RX_MORE;
}

static enum nic_rx entries_take(struct nic *nic, unsigned max)
{
	for (unsigned taken = 0; rtl8139.rx_position != rtl8139.rx_end; taken++) {
		enum nic_rx result;

		if (taken == max)
			return NIC_RX_MORE;
		if (!rx_queue_has_room(&nic->rxq))
			return NIC_RX_HELD;
		result = entry_take(nic);
		if (result != NIC_RX_MORE)
			return result;
	}
	/* Much is not the device's: do not wait for its next frame to say that it may have it. */
	if (ring_distance(rtl8139.rx_released, rtl8139.rx_position) > RING_BYTES / 2)
		return NIC_RX_HELD;
	return NIC_RX_EMPTY;
}

enum nic_rx ring_take(struct nic *nic, unsigned max)
{
	uint32_t before = rtl8139.rx_position;
	enum nic_rx result = entries_take(nic, max);

	/* Published first: a frame may come twice after a crash in between, but none is lost. */
	if (rtl8139.rx_position != before) {
		rx_queue_publish(&nic->rxq);
		notes_position_set(nic->own, nic->rxq.produced, rtl8139.rx_position);
	}
	return result;
}
