/*
 * The firewall's end of the packet queues: six ports and INET's "host"; see
 * services/proto/netq.h, which is the contract.
 *
 * A received frame is copied once, before anybody looks at it, straight into
 * the next free transmit slot of the port that we guess it will leave by: the
 * one the last frame from there left by. Only if the guess was wrong, or the
 * frame goes to several ports, is it copied again.
 *
 * Our own indices are kept privately and only published; what the other side
 * publishes is checked at each use.
 */
#ifndef FIREWALL_FW_PORT_H
#define FIREWALL_FW_PORT_H

#include "netstack/firewall/fw.h"
#include "netstack/firewall/quarantine.h"
#include "netstack/firewall/silence.h"
#include "services/runtime/service.h"

#define FW_PORT_BATCH    64u /* frames of one port before the next gets its turn */
#define FW_PORT_BREATH   16u /* frames between two looks whether the turn has got long */
#define FW_PORT_GUESS    1u  /* first guess: port1 is WAN in the factory configuration */
#define FW_PORT_RESERVED 8u  /* transmit slots for our own packets: a flood must not stop ARP */
#define FW_PORT_TX_LIMIT (NETQ_TX_SLOTS - FW_PORT_RESERVED)
#define FW_PORT_HOLD_MS  20u  /* frames for a full queue wait so long for it to drain */
#define FW_PORT_HELD_US  200u /* until we look whether it has */
/*
 * Frames to send, a link, and none sent for so long is worth a complaint. A driver sees a hung
 * transmitter itself after 200 ms, and has had time for a second reset by then.
 */
#define FW_PORT_STALL_MS 500u

/* The four regions of a port (netq.h), as mapped. */
struct fw_port_regions {
	const struct netq_driver *driver;
	const uint8_t *rx;
	size_t rx_bytes;
	struct netq_firewall *own;
	uint8_t *tx; /* NETQ_TX_BYTES */
};

struct fw_port {
	bool attached;   /* the manifest has it */
	bool complained; /* about its present state; cleared when it is in order again */
	uint8_t guess;   /* port that the last frame from here left by */
	uint8_t link;    /* enum netq_link */
	uint32_t slot;   /* service at the other end */
	struct fw_port_regions regions;
	uint32_t rx_consumed, tx_produced; /* ours; published in regions.own */
	uint32_t tx_consumed;              /* theirs, as last checked */
	uint32_t tx_signalled; /* up to here the other side has been told if it wanted */
	uint32_t tx_moved_ms;  /* when tx_consumed last moved, or the queue was empty */
	uint32_t tx_full_ms;   /* since when the queue is congested, if */
	bool tx_congested;     /* it has been full, and not half empty since */
	uint32_t speed_mbit;
	struct silence silence;
	uint64_t rx_frames, rx_bytes, tx_frames, tx_bytes, dropped, complaints;
};

struct fw_ports {
	struct firewall *fw;
	struct quarantine *quarantine; /* preserved */
	unsigned turn;                 /* port that comes first next time */
	uint32_t unsignalled; /* a bit a port: frames published since it was last signalled */
	uint32_t tx_limit;    /* frames in a transmit queue at which the next has no room */
	uint32_t held;        /* a bit a port: its next frame waits for room where it goes */
	uint32_t moved;       /* frames in and out when last asked, modulo 2^32 */
	uint32_t ticked_ms;   /* when fw_ports_tick last looked, */
	uint64_t carried;     /* how many packets had passed by then, */
	uint32_t carried_ms;  /* and since when it is so many */
	struct fw_port ports[FW_PORTS];
	uint8_t staging[FW_BUFFER_BYTES]; /* for frames whose guess has no room */
};

void fw_ports_init(struct fw_ports *ports, struct firewall *fw, struct quarantine *quarantine);

/*
 * After a death that nobody had asked for: blames the frame that was being dealt with. True: it
 * has killed twice and is in quarantine. To be called with all ports attached.
 */
bool fw_ports_blame(struct fw_ports *ports, uint64_t now_us);

/*
 * Attaches a port served by `slot`. With `restarted` it goes on at the preserved indices, if they
 * fit the other side's. Tells the other side, in case its signal was lost with our last life.
 */
void fw_port_attach(struct fw_ports *ports, unsigned index, uint32_t slot,
		    const struct fw_port_regions *regions, bool restarted);

/* Takes over what the driver says of MAC and link, checked. */
void fw_port_refresh(struct fw_ports *ports, unsigned index);

/* Complains about the port's driver, once per disorder: RS is slow to act compared with us. */
void fw_port_complain(struct fw_port *port, enum complaint complaint);

/* Receive modes that the configuration asks for: a bridge hears everything. */
void fw_ports_mode_set(struct fw_ports *ports);

/*
 * One round: at most FW_PORT_BATCH frames of each port, and our own packets. True: there is more
 * to do. False: every port has been asked to tell us of the next frame, except those in
 * ports->held; for their sake the next round is due in FW_PORT_HELD_US.
 */
bool fw_ports_work(struct fw_ports *ports);

/*
 * Every FW_TICK_MS while frames come or go, and before they do again: refreshes all ports, notices
 * stalled and silent ones. Returns when the next question about silence will be due if nothing
 * comes or goes, in milliseconds.
 */
uint32_t fw_ports_tick(struct fw_ports *ports);

/* Have frames come or gone since this was last asked, or are some on their way? */
bool fw_ports_moved(struct fw_ports *ports);

/* --- Shared by fw_port.c and fw_port_watch.c --------------------------------------------- */

/* Frames received and not consumed; 0 if the index makes no sense. */
uint32_t fw_port_rx_filled(struct fw_port *port);
/* The next descriptor, read once; and does the frame it describes lie in the port's region? */
struct netq_rx_desc fw_port_rx_desc(const struct fw_port *port);
bool fw_port_desc_is_within(const struct fw_port *port, const struct netq_rx_desc *desc);

#endif
