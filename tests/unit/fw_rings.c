#include "tests/unit/fw_rings.h"

#include "services/runtime/service.h"

#include <stdlib.h>
#include <string.h>

unsigned notified_count[64], complained_count[64], complained_last[64], breaths;

void service_notify(uint32_t slot)
{
	notified_count[slot]++;
}

void service_complain(uint32_t slot, enum complaint complaint)
{
	complained_count[slot]++;
	complained_last[slot] = complaint;
}

void service_breathe_if_long(void)
{
	breaths++;
}

void rings_attach(struct rings *r, unsigned port, bool restarted)
{
	struct ring *ring = &r->ring[port];
	struct fw_port_regions regions = { .driver = &ring->driver,
					   .rx = ring->rx,
					   .rx_bytes = port == FW_PORT_HOST ? NETQ_TX_BYTES
									    : NETQ_RX_BYTES,
					   .own = &ring->own,
					   .tx = ring->tx };

	fw_port_attach(&r->ports, port, RING_SLOT(port), &regions, restarted);
}

static void ring_start(struct rings *r, unsigned port, uint8_t mac)
{
	struct netq_driver *driver = &r->ring[port].driver;

	memcpy(driver->mac, (uint8_t[]){ 2, 0, 0, 0, 0, mac }, 6);
	driver->ready = 1;
	driver->link = NETQ_LINK_UP;
	driver->tx_wake = 0xffff0000u;
	rings_attach(r, port, false);
}

struct rings *rings_new(void)
{
	struct rings *r = calloc(1, sizeof *r);

	memset(notified_count, 0, sizeof notified_count);
	memset(complained_count, 0, sizeof complained_count);
	r->w = world_new();
	fw_ports_init(&r->ports, &r->w->fw, &r->quarantine);
	ring_start(r, LAN_PORT, 0xa0);
	ring_start(r, WAN_PORT, 0xa1);
	ring_start(r, LAN_PORT2, 0xa2);
	rings_attach(r, FW_PORT_HOST, false);
	fw_ports_mode_set(&r->ports);
	fw_ports_work(&r->ports);
	return r;
}

void rings_free(struct rings *r)
{
	world_free(r->w);
	free(r);
}

void ring_receive(struct rings *r, unsigned port, const struct frame *f)
{
	struct ring *ring = &r->ring[port];
	uint32_t index = ring->driver.rx_produced % NETQ_RX_SLOTS;
	uint32_t offset = (ring->driver.rx_produced % 32u) * 2048u;
	unsigned skipped = port == FW_PORT_HOST ? ETHERNET_HEADER_BYTES : 0;

	memcpy(ring->rx + offset, f->buffer + skipped, f->bytes - skipped);
	ring->driver.rx[index] =
		(struct netq_rx_desc){ .offset = offset,
				       .length_bytes = (uint16_t)(f->bytes - skipped) };
	ring->driver.rx_produced++;
}

bool ring_transmit(struct rings *r, unsigned port, struct frame *f)
{
	struct ring *ring = &r->ring[port];
	uint32_t index = ring->driver.tx_consumed % NETQ_TX_SLOTS;

	if (ring->driver.tx_consumed == ring->own.tx_produced)
		return false;
	f->bytes = ring->own.tx[index].length_bytes;
	memcpy(f->buffer, ring->tx + index * NETQ_TX_SLOT_BYTES, f->bytes);
	ring->driver.tx_consumed++;
	return true;
}

void rings_transmit_all(struct rings *r)
{
	struct frame f;

	for (unsigned port = 0; port < FW_PORTS; port++)
		while (ring_transmit(r, port, &f))
			;
}
