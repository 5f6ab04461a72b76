/*
 * The connections: a fixed number. When all are in use, a new one takes the
 * place of one that does nothing.
 */
#ifndef WEBD_CONNS_H
#define WEBD_CONNS_H

#include "appliance/webd/conn.h"
#include "services/runtime/socket.h"

#define CONNS_MAX 10u

/* Takes fd in; closes it if there is no place. */
void conns_accept(int fd, uint32_t peer, bool is_secure);
/* Closes all. */
void conns_drop(void);
/* Ends what has taken too long; returns when to look again. */
uint64_t conns_expire(void);
/* Fills CONNS_MAX entries; those without interest get fd -1. */
void conns_polls(struct pollfd polls[CONNS_MAX]);
/* Does a piece of work of each that is ready; false if none was. */
bool conns_serve(const struct pollfd polls[CONNS_MAX]);
/* With a page that listens for events. */
unsigned conns_listening(void);

#endif
