/*
 * Is the WAN down, and has the owner been told? Kept in the queue's state, so that
 * no death and no warm reboot tells it twice, or forgets that it is to be told.
 * Pure; times are time_us().
 *
 *	WAITING --up--> UP --down for WAN_DOWN_US--> DOWN --up for WAN_UP_US--> UP
 *	   \---- not up within WAN_PATIENCE_US ------^  told                told
 *
 * WAITING is the beginning: of a boot, or of a change of the WAN's settings. A
 * lease may take its time then.
 */
#ifndef ALERTD_WAN_H
#define ALERTD_WAN_H

#include <stdbool.h>
#include <stdint.h>

#define WAN_DOWN_US     5000000u /* a cable that is pulled for less is no alert */
#define WAN_UP_US       5000000u
#define WAN_PATIENCE_US 60000000u

enum wan_state { WAN_WAITING = 0, WAN_UP, WAN_DOWN };

struct wan {
	uint32_t state;    /* enum wan_state */
	uint32_t changing; /* 1: it is otherwise than `state` says, since: */
	uint64_t since_us; /* WAITING: since it waits */
	/* DOWN: since when; us 0: since a boot before this one; unix_us 0: not known. */
	uint64_t down_us;
	int64_t down_unix_us;
};

enum wan_news {
	WAN_NO_NEWS,
	WAN_CAME_UP,     /* for the first time: not to be told */
	WAN_WENT_DOWN,   /* since wan->down_us */
	WAN_STAYED_DOWN, /* has not come up, since wan->down_us */
	WAN_CAME_BACK,   /* see wan_outage_s */
};

/* `unix_us`: wall time now, 0: not known. */
enum wan_news wan_look(struct wan *wan, bool up, uint64_t now_us, int64_t unix_us);
/* Time alone may bring news of it. */
static inline bool wan_is_timed(const struct wan *wan)
{
	return wan->changing != 0 || wan->state == WAN_WAITING;
}

/* After WAN_CAME_BACK: how long it was down, in seconds; 0: nobody knows. */
uint64_t wan_outage_s(const struct wan *wan, uint64_t now_us, int64_t unix_us);
/* Its settings have changed. What was told stays told. */
void wan_settings_change(struct wan *wan, uint64_t now_us);
/* There is none any more, or not yet. */
void wan_forget(struct wan *wan, uint64_t now_us);
/* Of an earlier boot, at the beginning of this one. */
void wan_boot(struct wan *wan, uint64_t now_us);

#endif
