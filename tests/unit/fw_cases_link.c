/* What a port, an Ethernet frame or an ARP packet is dropped for. */
#include "netstack/wire/arp.h"
#include "tests/unit/fw_cases.h"
#include "tests/unit/fw_rings.h"

#include <string.h>

/* --- The appliance itself --- */

static void case_no_configuration(struct world *w)
{
	w->fw.settings.valid = false;
	udp();
	lan(w);
}

static void case_port_unused(struct world *w)
{
	udp();
	world_send(w, 4, &f);
}

static void case_port_not_ready(struct world *w)
{
	w->fw.mac_known = 0;
	udp();
	lan(w);
}

static void with_rings(struct world *w, void (*disturb)(struct rings *r))
{
	struct rings *r = rings_new();
	struct frame sent = f;

	disturb(r);
	memset(r->w->fw.dropped, 0, sizeof r->w->fw.dropped);
	f = sent;
	udp();
	ring_receive(r, LAN_PORT, &f);
	fw_ports_work(&r->ports);
	memcpy(w->fw.dropped, r->w->fw.dropped, sizeof w->fw.dropped);
	rings_free(r);
}

static void link_down(struct rings *r)
{
	r->ring[WAN_PORT].driver.link = NETQ_LINK_DOWN;
	fw_port_refresh(&r->ports, WAN_PORT);
}

static void tx_full(struct rings *r)
{
	udp();
	for (unsigned i = 0; i < NETQ_TX_SLOTS; i++) {
		ring_receive(r, LAN_PORT, &f);
		fw_ports_work(&r->ports);
	}
	ring_receive(r, LAN_PORT, &f); /* waits, but not for ever */
	fw_ports_work(&r->ports);
	r->w->fw.now_ms += FW_PORT_HOLD_MS;
	fw_ports_work(&r->ports);
}

/* The frame that follows has killed twice. */
static void quarantined(struct rings *r)
{
	udp();
	(void)quarantine_blame(&r->quarantine, f.buffer, f.bytes, LAN_PORT, 0);
	(void)quarantine_blame(&r->quarantine, f.buffer, f.bytes, LAN_PORT, 0);
}

static void case_quarantined(struct world *w)
{
	with_rings(w, quarantined);
}

static void case_port_link_down(struct world *w)
{
	with_rings(w, link_down);
}

static void case_tx_full(struct world *w)
{
	with_rings(w, tx_full);
}

static void case_queue_full(struct world *w)
{
	while (queue_add_ready(&w->fw.queue, FW_PORT_RAW) != NULL)
		;
	frame_arp(&f, ARP_REQUEST, &mac_client, CLIENT, LAN_ADDRESS);
	lan(w);
}

/* --- Ethernet --- */

static void case_frame_short(struct world *w)
{
	udp();
	f.bytes = 13;
	lan(w);
}

static void case_frame_long(struct world *w)
{
	udp();
	f.bytes = 1515;
	lan(w);
}

static void case_frame_vlan(struct world *w)
{
	udp();
	memmove(f.buffer + 16, f.buffer + 12, f.bytes - 12);
	memcpy(f.buffer + 12, (uint8_t[]){ 0x81, 0x00, 0x00, 0x05 }, 4);
	f.bytes += 4;
	lan(w);
}

static void case_frame_source(struct world *w)
{
	udp();
	f.buffer[6] |= 1;
	lan(w);
}

static void case_frame_type(struct world *w)
{
	udp();
	f.buffer[12] = 0x86;
	f.buffer[13] = 0xdd;
	lan(w);
}

static void case_frame_not_for_us(struct world *w)
{
	frame_udp(&f, SERVER, 53, WAN_ADDRESS, 5000, 10);
	frame_ethernet(&f, &mac_client2, &mac_gateway, ETHERTYPE_IPV4);
	wan(w);
}

/* --- ARP --- */

static void case_arp_malformed(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, CLIENT, LAN_ADDRESS);
	f.buffer[14 + 4] = 8;
	lan(w);
}

static void case_arp_spoofed(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, SERVER, LAN_ADDRESS);
	lan(w);
}

static void case_arp_conflict(struct world *w)
{
	frame_arp(&f, ARP_REQUEST, &mac_client, LAN_ADDRESS, CLIENT2);
	lan(w);
}

const drop_case_t fw_cases_link[FW_REASON_COUNT] = {
	[DROP_NO_CONFIGURATION] = case_no_configuration,
	[DROP_PORT_UNUSED] = case_port_unused,
	[DROP_PORT_NOT_READY] = case_port_not_ready,
	[DROP_PORT_LINK_DOWN] = case_port_link_down,
	[DROP_TX_FULL] = case_tx_full,
	[DROP_QUEUE_FULL] = case_queue_full,
	[DROP_QUARANTINED] = case_quarantined,
	[DROP_FRAME_SHORT] = case_frame_short,
	[DROP_FRAME_LONG] = case_frame_long,
	[DROP_FRAME_VLAN] = case_frame_vlan,
	[DROP_FRAME_SOURCE] = case_frame_source,
	[DROP_FRAME_TYPE] = case_frame_type,
	[DROP_FRAME_NOT_FOR_US] = case_frame_not_for_us,
	[DROP_ARP_MALFORMED] = case_arp_malformed,
	[DROP_ARP_SPOOFED] = case_arp_spoofed,
	[DROP_ARP_CONFLICT] = case_arp_conflict,
};
