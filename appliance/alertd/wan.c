#include "appliance/alertd/wan.h"

#define US_A_SECOND 1000000

void wan_forget(struct wan *wan, uint64_t now_us)
{
	*wan = (struct wan){ .state = WAN_WAITING, .since_us = now_us };
}

void wan_settings_change(struct wan *wan, uint64_t now_us)
{
	if (wan->state != WAN_DOWN)
		wan_forget(wan, now_us);
}

void wan_boot(struct wan *wan, uint64_t now_us)
{
	wan_settings_change(wan, now_us);
	wan->changing = 0;
	wan->down_us = 0;
}

/* Has it been otherwise than the state says for so long? */
static bool has_lasted(struct wan *wan, uint64_t long_us, uint64_t now_us)
{
	if (!wan->changing)
		wan->since_us = now_us;
	wan->changing = 1;
	return now_us - wan->since_us >= long_us;
}

static void down_begin(struct wan *wan, uint64_t now_us, int64_t unix_us)
{
	wan->state = WAN_DOWN;
	wan->changing = 0;
	wan->down_us = wan->since_us;
	wan->down_unix_us = unix_us != 0 ? unix_us - (int64_t)(now_us - wan->since_us) : 0;
}

static void up_begin(struct wan *wan)
{
	wan->state = WAN_UP;
	wan->changing = 0;
}

static enum wan_news waiting_look(struct wan *wan, bool up, uint64_t now_us, int64_t unix_us)
{
	if (up) {
		up_begin(wan);
		return WAN_CAME_UP;
	}
	if (now_us - wan->since_us < WAN_PATIENCE_US)
		return WAN_NO_NEWS;
	down_begin(wan, now_us, unix_us);
	return WAN_STAYED_DOWN;
}

enum wan_news wan_look(struct wan *wan, bool up, uint64_t now_us, int64_t unix_us)
{
	switch ((enum wan_state)wan->state) {
	case WAN_WAITING: return waiting_look(wan, up, now_us, unix_us);
	case WAN_UP:
		if (!up && has_lasted(wan, WAN_DOWN_US, now_us)) {
			down_begin(wan, now_us, unix_us);
			return WAN_WENT_DOWN;
		}
		break;
	case WAN_DOWN:
		if (up && has_lasted(wan, WAN_UP_US, now_us)) {
			up_begin(wan);
			return WAN_CAME_BACK;
		}
		break;
	}
	if (up == (wan->state == WAN_UP))
		wan->changing = 0;
	return WAN_NO_NEWS;
}

uint64_t wan_outage_s(const struct wan *wan, uint64_t now_us, int64_t unix_us)
{
	uint64_t up_us = now_us - wan->since_us; /* it has been up for so long already */

	if (wan->down_us != 0)
		return (wan->since_us - wan->down_us) / US_A_SECOND;
	if (wan->down_unix_us == 0 || unix_us - (int64_t)up_us <= wan->down_unix_us)
		return 0;
	return (uint64_t)(unix_us - (int64_t)up_us - wan->down_unix_us) / US_A_SECOND;
}
