/*
 * The receive ring in the card's memory: pages from RING_START up to rx_stop. A
 * frame begins on a page, behind a header that says which page is next. It is
 * copied to portN.rx, published, and only then released to the card, so a crash
 * in between makes a frame come twice, not never.
 *
 *	boundary < next <= current <= boundary, round the ring
 *
 * The card is not believed: a header that leads anywhere else breaks the ring.
 */
#include "drivers/net/ne2k/ne2k.h"
#include "drivers/net/ne2k/registers.h"
#include "drivers/net/notes.h"

#define FIRST_BYTES 64u /* read at once: the header, and all of a short frame */
#define FRAME_PAGES 6u  /* what the longest frame takes, with its header */
#define PLACE_BYTES (FRAME_PAGES * PAGE_BYTES_CARD)

_Static_assert(PLACE_BYTES >= HEADER_BYTES + NETQ_FRAME_MAX + 3, "the longest fits in");

static unsigned ring_pages(void)
{
	return ne2k.rx_stop - RING_START;
}

static bool page_is_in_ring(uint8_t page)
{
	return page >= RING_START && page < ne2k.rx_stop;
}

static unsigned ring_distance(uint8_t from, uint8_t to)
{
	return to >= from ? (unsigned)(to - from) : ring_pages() - (unsigned)(from - to);
}

static uint8_t page_after(uint8_t page, unsigned pages)
{
	return (uint8_t)(RING_START + (page - RING_START + pages) % ring_pages());
}

void ring_init(struct nic *nic)
{
	ne2k.rx_boundary = RING_START;
	ne2k.rx_next = ne2k.rx_released = ne2k.rx_current = RING_START + 1;
	notes_position_set(nic->own, nic->rxq.produced, ne2k.rx_next);
}

bool ring_adopt(struct nic *nic, uint8_t boundary, uint8_t current)
{
	struct notes_position noted = notes_position_get(nic->own);
	uint8_t next = (uint8_t)noted.place;

	if (!page_is_in_ring(boundary) || !page_is_in_ring(current) || !page_is_in_ring(next))
		return false;
	/* One frame may have been published and not noted: then it comes twice. */
	if (nic->rxq.produced - noted.produced > 1)
		return false;
	if (ring_distance(page_after(boundary, 1), next) >
	    ring_distance(page_after(boundary, 1), current))
		return false;
	ne2k.rx_boundary = boundary;
	ne2k.rx_released = 0; /* not known */
	ne2k.rx_next = next;
	ne2k.rx_current = current;
	return true;
}

/*
 * Does the header lead where it must: behind its own frame, not past what has
 * been received? Some clones leave one page more.
 */
static bool header_holds(const uint8_t *header)
{
	unsigned count = header[HEADER_COUNT] | (unsigned)header[HEADER_COUNT + 1] << 8;
	unsigned pages = (HEADER_BYTES + count + PAGE_BYTES_CARD - 1) / PAGE_BYTES_CARD;
	unsigned received = ring_distance(ne2k.rx_next, ne2k.rx_current), led;

	if (!page_is_in_ring(header[HEADER_NEXT]) || count < NETQ_FRAME_MIN + RX_CRC_BYTES)
		return false;
	led = ring_distance(ne2k.rx_next, header[HEADER_NEXT]);
	return (led == pages || led == pages + 1) && led <= received;
}

/* The rest of a frame whose first bytes are at `place`; long ones are left where they are. */
static bool frame_read(struct nic *nic, uint8_t *place, unsigned length)
{
	unsigned unit = ne2k.data_width;
	unsigned bytes = HEADER_BYTES + length;
	uint16_t address = (uint16_t)(ne2k.rx_next * PAGE_BYTES_CARD + FIRST_BYTES);

	if (bytes <= FIRST_BYTES)
		return true;
	service_breathe_if_long();
	bytes = (bytes - FIRST_BYTES + unit - 1) / unit * unit;
	return remote_read(nic, address, unit, place + FIRST_BYTES, bytes);
}

/* Puts a frame into the queue, or counts why not. False: the card does not answer. */
static bool frame_take(struct nic *nic, uint32_t offset)
{
	uint8_t *place = nic->rx + offset;
	unsigned count = place[HEADER_COUNT] | (unsigned)place[HEADER_COUNT + 1] << 8;
	unsigned length = count - RX_CRC_BYTES;

	if ((place[HEADER_STATUS] & RX_STATUS_INTACT) == 0) {
		nic->own->statistics.rx_crc++;
		return true;
	}
	if (length > NETQ_FRAME_MAX) {
		nic->own->statistics.rx_length++;
		return true;
	}
	if (!frame_read(nic, place, length))
		return false;
	rx_queue_put(&nic->rxq, offset + HEADER_BYTES, (uint16_t)length);
	rx_queue_publish(&nic->rxq);
	return true;
}

/* One frame; NIC_RX_MORE: go on. */
static enum nic_rx entry_take(struct nic *nic)
{
	uint8_t next;
	uint32_t offset;
	uint8_t *header;

	if (ne2k.rx_next == ne2k.rx_current)
		return NIC_RX_EMPTY;
	if (!rx_queue_has_room(&nic->rxq) ||
	    !rx_queue_place(&nic->rxq, NETQ_RX_BYTES, PLACE_BYTES, &offset))
		return NIC_RX_HELD;
	header = nic->rx + offset;
	if (!remote_read(nic, (uint16_t)(ne2k.rx_next * PAGE_BYTES_CARD), ne2k.data_width, header,
			 FIRST_BYTES) ||
	    !header_holds(header))
		return NIC_RX_BROKEN;
	next = header[HEADER_NEXT];
	if (!frame_take(nic, offset))
		return NIC_RX_BROKEN;
	ne2k.rx_next = next;
	notes_position_set(nic->own, nic->rxq.produced, next);
	return NIC_RX_MORE;
}

/*
 * When a frame fills the ring to its last page, CURR is at BNRY, and some cards,
 * QEMU's among them, then take it for empty: the next frame overwrites the oldest.
 * So up to five pages are kept back, for frames of full length to leave five free
 * at the end; it takes five short ones between them to lead there all the same.
 */
bool ring_release(void)
{
	uint8_t behind;
	unsigned kept, taken;

	if (ne2k.rx_next == ne2k.rx_released)
		return false;
	ne2k.rx_released = ne2k.rx_next;
	behind = page_after(ne2k.rx_next, ring_pages() - 1);
	kept = (ring_distance(ne2k.rx_current, behind) + 1) % FRAME_PAGES;
	taken = ring_distance(ne2k.rx_boundary, behind);
	if (taken <= kept)
		return false;
	ne2k.rx_boundary = page_after(ne2k.rx_boundary, taken - kept);
	return true;
}

static bool boundary_write(struct nic *nic)
{
	return !ring_release() ||
	       port_write((uint16_t)(nic->base + NE_BNRY), 1, ne2k.rx_boundary) == OK;
}

enum nic_rx ring_take(struct nic *nic, unsigned max)
{
	enum nic_rx result = NIC_RX_MORE;

	if (ne2k.state == NE2K_STOPPED)
		return NIC_RX_EMPTY;
	for (unsigned taken = 0; taken < max && result == NIC_RX_MORE; taken++)
		result = entry_take(nic);
	return boundary_write(nic) ? result : NIC_RX_BROKEN;
}
