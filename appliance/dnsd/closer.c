/*
 * Closes sockets. INET keeps a socket over its own death until it is closed, so
 * a close that INET did not hear of has to be repeated.
 */
#include "appliance/dnsd/dnsd.h"

/* All that can be open at one time. */
#define WAITING_MAX (2 + FORWARDS_MAX + 2 * STREAMS_MAX)

static int waiting[WAITING_MAX];
static unsigned waiting_count;

void dnsd_close(int fd)
{
	if (fd < 0 || socket_close(fd) == 0 || errno != EAGAIN)
		return;
	if (waiting_count < WAITING_MAX)
		waiting[waiting_count++] = fd;
}

bool dnsd_closed(void)
{
	while (waiting_count > 0) {
		if (socket_close(waiting[waiting_count - 1]) < 0 && errno == EAGAIN)
			return false;
		waiting_count--;
	}
	return true;
}
