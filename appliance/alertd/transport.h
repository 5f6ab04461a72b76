/*
 * A stream to the mail server: a socket, in the clear at first, then TLS on the
 * same socket if asked for. One at a time. Nothing waits.
 */
#ifndef ALERTD_TRANSPORT_H
#define ALERTD_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TRANSPORT_AGAIN (-1) /* nothing now: watch the socket */
#define TRANSPORT_ENDED (-2)
#define TRANSPORT_FULL  (-3) /* a step has something to send: watch for room */

/* Forgets what was: for the beginning of a life. */
void transport_init(void);
/* In the clear over this connected socket. */
void transport_begin(int fd);
/* `name`: the server's, as its certificate has to say it. False: TLS is not possible. */
bool transport_tls_begin(const char *name);
/* A bounded step: 1 TLS stands; 0 call again; or TRANSPORT_*. */
int transport_tls_step(void);
/* After TRANSPORT_ENDED of a step: why, in words. */
const char *transport_tls_why(void);

/* How much, or TRANSPORT_*. */
ssize_t transport_read(void *bytes, size_t room_bytes);
ssize_t transport_write(const void *bytes, size_t count);
/* What TLS keeps; the socket is its owner's. */
void transport_end(void);

#endif
