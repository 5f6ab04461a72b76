/*
 * Messages, notifications and the IPC buffer.
 *
 * A message is 64 bytes of payload behind a header that the kernel fills in,
 * so that no sender can be forged. It lies in the IPC buffer: one page that is
 * always mapped for its service and for the kernel, so that passing a message
 * never touches an address that a service chose.
 *
 * A notification has no content but who (a bit per slot in `sources`) or what
 * (a bit of EVENT_* in `events`). Bits are OR-ed until the receiver takes them:
 * notifying never blocks and needs no buffer.
 */
#ifndef ABI_MESSAGE_H
#define ABI_MESSAGE_H

#include <assert.h>
#include <stdint.h>

#include "layout.h"

/*
 * A slot of the manifest, for ever the same; and which life of it is meant.
 * Generations count from 1; ANY_GENERATION addresses whoever is alive.
 */
typedef struct endpoint {
	uint32_t slot;
	uint32_t generation;
} endpoint_t;

#define ANY_GENERATION 0u

#define MESSAGE_PAYLOAD_BYTES 64

struct message {
	uint32_t op; /* of the receiver's protocol in services/proto */
	int32_t status; /* in replies: enum status */
	endpoint_t from; /* filled in by the kernel, for the receiver */
	union {
		uint8_t bytes[MESSAGE_PAYLOAD_BYTES];
		uint64_t words[MESSAGE_PAYLOAD_BYTES / 8];
	} payload;
};
static_assert(sizeof(struct message) == 80, "the kernel copies ten words");

/* What `receive` brought: its value on success. */
enum received {
	RECEIVED_MESSAGE = 1, /* in buffer->message; its sender waits for a reply */
	RECEIVED_NOTIFICATION = 2, /* in buffer->sources and buffer->events */
};

#define EVENT_IRQ(index) (1ull << (index)) /* manifest's irq 0 to 3 */
#define EVENT_IRQ_MASK 0xfull
#define EVENT_EXIT (1ull << 8) /* to RS: a service died; see the kernel table */
#define EVENT_ATTENTION (1ull << 9) /* to RS: a refusal or complaint was counted */

#define TIMEOUT_NEVER UINT64_MAX
#define TIMEOUT_NONE 0ull /* look, do not wait */

#define LOG_TEXT_BYTES 200
#define PORT_VECTOR_MAX 64

/* One port access of a vector; `value` is written, or filled in. */
struct port_access {
	uint16_t port;
	uint8_t width_bytes; /* 1, 2 or 4 */
	uint8_t write;
	uint32_t value;
};

/* The page at USER_IPC_BUFFER. The kernel trusts nothing in it. */
struct ipc_buffer {
	struct message message;
	uint64_t sources;
	uint64_t events;
	uint64_t rests; /* 1: it receives at the head of its loop, with all work done */
	char text[LOG_TEXT_BYTES]; /* for log and panic */
	struct port_access ports[PORT_VECTOR_MAX];
};
static_assert(sizeof(struct ipc_buffer) <= PAGE_BYTES, "one page");

#endif
