/*
 * One request to one time server: its name is looked up, it is asked from a
 * port of its own, which INET draws at random, and its answer is waited for.
 *
 *	EXCHANGE_NONE -> begin -> EXCHANGE_BUSY -> ANSWERED, KISSED or FAILED
 */
#ifndef TIME_EXCHANGE_H
#define TIME_EXCHANGE_H

#include "services/time/sntp.h"

#include <stdbool.h>
#include <stdint.h>

enum exchange_state {
	EXCHANGE_NONE,
	EXCHANGE_BUSY,
	EXCHANGE_ANSWERED,
	EXCHANGE_KISSED,
	EXCHANGE_FAILED, /* no such name, or no good answer in time */
};

/* Once a life. */
void exchange_init(void);
/* `names`: the address of a name server. */
void exchange_begin(const char *server, uint32_t names, uint64_t now_us);
/*
 * Counts in page->polls, timeouts and drops. At EXCHANGE_ANSWERED *answer and
 * page->server_address are set, at EXCHANGE_KISSED *kiss.
 */
enum exchange_state exchange_work(uint64_t now_us, struct clock_page *page,
				  struct sntp_answer *answer, enum sntp_kiss *kiss);
bool exchange_is_busy(void);
/* The socket to watch; -1: none. And when exchange_work is to be called at the latest. */
int exchange_fd(uint64_t *deadline_us);
/* Forgets it. */
void exchange_end(void);

#endif
