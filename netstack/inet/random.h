/* Numbers that an outsider cannot foresee: ports, and TCP's initial sequence numbers. */
#ifndef INET_RANDOM_H
#define INET_RANDOM_H

#include <stdint.h>

/* Once, before any other: takes what the processor offers. */
void inet_random_init(void);
/* Mixes in the moment of an outside event, such as a packet's arrival. */
void inet_random_stir(void);
uint32_t inet_random_u32(void);
/* A port of the dynamic range, 49152 to 65535 (RFC 6335, section 6). */
uint16_t inet_random_port(void);

struct inet_flow_id {
	uint32_t local_address, remote_address; /* any byte order, always the same */
	uint16_t local_port, remote_port;
};

/* RFC 6528: a 4 us clock plus a secret function of the connection. */
uint32_t inet_random_isn(const struct inet_flow_id *flow, uint64_t now_us);

#endif
