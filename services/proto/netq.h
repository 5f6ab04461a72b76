/*
 * The packet path between a port's driver and the firewall. INET takes the
 * driver's part for the pseudo-port "host".
 *
 * Four regions a port, each written by exactly one side; the other side's
 * mapping is read-only, so neither can disturb what the other has said:
 *
 *	portN.drv	the driver writes	struct netq_driver
 *	portN.rx	the driver, its device	received frames, anywhere in it
 *	portN.fw	the firewall writes	struct netq_firewall
 *	portN.tx	the firewall writes	NETQ_TX_SLOTS frames, a fixed slot each
 *
 * Two single-producer single-consumer queues. Indices count for ever (modulo
 * 2^32); index i lives in slot i % size; filled are [consumed, produced).
 * Consuming an entry gives its buffer back: a received frame is copied once by
 * the firewall before it looks at it, a frame to send stays in its slot until
 * the device has sent it. So a restarted driver sends again what was not
 * completed, and a restarted firewall takes up what it had not consumed.
 *
 * Signals: a consumer that has found its queue empty writes to `*_wake` the
 * index at which it wants to be told, then looks once more (a full barrier
 * between). A producer publishes, then (a full barrier between) notifies if it
 * has just passed the wake index. tests/model/netq.pml models it: no lost
 * wake-up, no notification to one who is awake.
 *
 * All that the other side wrote is hostile until checked: an index out of
 * range or a frame out of bounds is a complaint to RS, never a crash.
 */
#ifndef PROTO_NETQ_H
#define PROTO_NETQ_H

#include <stdbool.h>
#include <stdint.h>

#define NETQ_PORTS_MAX 6 /* physical ports */
#define NETQ_RX_SLOTS 256u
#define NETQ_TX_SLOTS 128u
#define NETQ_TX_SLOT_BYTES 2048u
#define NETQ_FRAME_MIN 14u
/* 14 header, 4 802.1Q, 1500 payload; the frame check sequence is not passed on. */
#define NETQ_FRAME_MAX 1518u
#define NETQ_MULTICAST_MAX 16

struct netq_rx_desc {
	uint32_t offset; /* of the frame in portN.rx */
	uint16_t length_bytes;
	uint16_t interface; /* from INET: which of its interfaces; else 0 */
};

struct netq_tx_desc {
	uint16_t length_bytes; /* at least 60: the firewall has padded it */
	uint16_t interface; /* to INET: which of its interfaces; else 0 */
};

#define NETQ_STATISTICS(X)                                                     \
	X(rx_frames, "frames received")                                        \
	X(rx_bytes, "bytes received")                                          \
	X(tx_frames, "frames sent")                                            \
	X(tx_bytes, "bytes sent")                                              \
	X(rx_crc, "frames with a wrong check sequence")                        \
	X(rx_length, "frames too short or too long")                           \
	X(rx_overflow, "times the device ran out of receive buffer")           \
	X(rx_queue_full, "frames dropped because the queue was full")          \
	X(tx_errors, "frames the device could not send")                       \
	X(tx_timeouts, "times the transmitter hung and was reset")             \
	X(device_resets, "times the device was reset")                         \
	X(interrupts, "interrupts served")

struct netq_statistics {
#define X(name, text) uint64_t name;
	NETQ_STATISTICS(X)
#undef X
};

enum netq_link {
	NETQ_LINK_UNKNOWN = 0,
	NETQ_LINK_DOWN = 1,
	NETQ_LINK_UP = 2,
};

/* What the driver says. */
struct netq_driver {
	_Alignas(64) uint32_t rx_produced;
	_Alignas(64) uint32_t tx_consumed; /* sent; the slots may be used again */
	uint32_t tx_wake; /* notify us when tx_produced passes this */
	_Alignas(64) uint32_t ready; /* 1: mac and link below hold */
	uint32_t link; /* enum netq_link */
	uint32_t speed_mbit;
	uint8_t mac[6];
	char model[26]; /* "RTL8139C+", "NE2000 PCI", ... */
	struct netq_statistics statistics; /* in all lives */
	struct netq_rx_desc rx[NETQ_RX_SLOTS];
	/* The driver's own notes for its next life; the firewall ignores it. */
	uint64_t driver_private[64];
};

/* What the firewall says. */
struct netq_firewall {
	_Alignas(64) uint32_t tx_produced;
	_Alignas(64) uint32_t rx_consumed;
	uint32_t rx_wake; /* notify us when rx_produced passes this */
	_Alignas(64) uint32_t mode_sequence; /* changes when the mode below does */
	uint32_t promiscuous;
	uint32_t multicast_count;
	uint8_t multicast[NETQ_MULTICAST_MAX][6];
	struct netq_tx_desc tx[NETQ_TX_SLOTS];
};

#define NETQ_DRIVER_BYTES 8192u
#define NETQ_FIREWALL_BYTES 4096u
#define NETQ_RX_BYTES (17u * 4096u) /* RTL8139: 32 KiB ring, 16, a frame past its end */
#define NETQ_TX_BYTES (NETQ_TX_SLOTS * NETQ_TX_SLOT_BYTES)

_Static_assert(sizeof(struct netq_driver) <= NETQ_DRIVER_BYTES, "region size");
_Static_assert(sizeof(struct netq_firewall) <= NETQ_FIREWALL_BYTES, "region size");

/*
 * True if a producer that moved from `before` to `after` passed `wake`, that
 * is, if wake lies in [before, after) counted modulo 2^32.
 */
static inline bool netq_wakes(uint32_t before, uint32_t after, uint32_t wake)
{
	return (uint32_t)(wake - before) < (uint32_t)(after - before);
}

/* The queue's own memory order, by name. */
static inline uint32_t netq_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static inline void netq_store(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static inline void netq_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
