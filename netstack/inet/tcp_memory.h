/* How lwIP's memory is divided between the connections. */
#ifndef INET_TCP_MEMORY_H
#define INET_TCP_MEMORY_H

#include <stddef.h>

struct tcp_pcb;

/* How much may be written to this connection now. */
size_t inet_tcp_writable_bytes(const struct tcp_pcb *pcb);

#endif
