/* A network for the sender of syslog: one collector that does what the test says. */
#ifndef UNIT_LOG_SOCKETS_H
#define UNIT_LOG_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern struct collector {
	int connect_errno; /* 0: connected at once */
	int send_errno;    /* 0: it takes what there is room for */
	size_t room_bytes;
	bool ended;
	unsigned opened, closed, connects;
	int type;
	char bytes[1 << 20]; /* what it got; datagrams with a newline behind each */
	size_t count;
	unsigned warnings;
} collector;

void collector_reset(void);

#endif
