/* See conns.h. */
#include "appliance/webd/conns.h"

#include "appliance/webd/world.h"
#include "services/runtime/service.h"

/* Work of one turn ends after so long, so that the heartbeat is answered between pieces. */
#define TURN_US 8000u

static struct conn conns[CONNS_MAX];
static unsigned first; /* where the next round begins, so that nobody is always last */

void conns_drop(void)
{
	for (unsigned i = 0; i < CONNS_MAX; i++)
		conn_close(&conns[i]);
}

unsigned conns_listening(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < CONNS_MAX; i++)
		count += conns[i].phase == CONN_EVENTS;
	return count;
}

/* --- A place for a new one -------------------------------------------------------------- */

static unsigned peer_count(uint32_t peer)
{
	unsigned count = 0;

	for (unsigned i = 0; i < CONNS_MAX; i++)
		count += conns[i].phase != CONN_FREE && conns[i].peer == peer;
	return count;
}

/* It has not asked for anything that we still owe it, or hardly takes what it asked for. */
static bool may_be_ended(const struct conn *conn)
{
	switch (conn->phase) {
	case CONN_HANDSHAKE:
	case CONN_READING:
	case CONN_LINGERING: return true;
	case CONN_WRITING: return world.now_us - conn->begun_us >= CONN_SLOW_US;
	case CONN_FREE:
	case CONN_LATER:
	case CONN_EVENTS: break;
	}
	return false;
}

/* Of who has most of them, the one that has been silent longest. */
static struct conn *victim_find(void)
{
	struct conn *victim = NULL;

	for (unsigned i = 0; i < CONNS_MAX; i++) {
		struct conn *conn = &conns[i];
		if (!may_be_ended(conn))
			continue;
		unsigned has = peer_count(conn->peer);
		unsigned most = victim == NULL ? 0 : peer_count(victim->peer);
		if (has > most || (has == most && conn->since_us < victim->since_us))
			victim = conn;
	}
	return victim;
}

static struct conn *place_find(void)
{
	for (unsigned i = 0; i < CONNS_MAX; i++)
		if (conns[i].phase == CONN_FREE)
			return &conns[i];
	struct conn *victim = victim_find();
	if (victim != NULL)
		conn_close(victim);
	return victim;
}

void conns_accept(int fd, uint32_t peer, bool is_secure)
{
	struct conn *conn = place_find();

	if (conn == NULL)
		socket_abandon(fd);
	else
		conn_open(conn, fd, peer, is_secure);
}

/* --- Time and work --------------------------------------------------------------------- */

uint64_t conns_expire(void)
{
	uint64_t next_us = SERVICE_NO_DEADLINE;

	for (unsigned i = 0; i < CONNS_MAX; i++) {
		if (conn_deadline_us(&conns[i]) <= world.now_us)
			conn_expire(&conns[i]);
		uint64_t due_us = conn_due_us(&conns[i]), end_us = conn_deadline_us(&conns[i]);
		if (due_us < next_us)
			next_us = due_us;
		if (end_us < next_us)
			next_us = end_us;
	}
	return next_us;
}

void conns_polls(struct pollfd polls[CONNS_MAX])
{
	for (unsigned i = 0; i < CONNS_MAX; i++) {
		const struct conn *conn = &conns[i];
		bool waits = conn->phase != CONN_FREE && conn->phase != CONN_LATER;
		bool sends = conn->phase == CONN_WRITING || conn->sends;
		polls[i] = (struct pollfd){ .fd = waits ? conn->fd : -1,
					    .events = sends ? POLLOUT : POLLIN };
	}
}

static bool is_ready(const struct conn *conn, const struct pollfd *poll)
{
	if (conn->phase == CONN_FREE)
		return false;
	if (conn_due_us(conn) <= world.now_us)
		return true;
	return conn->runs || (poll->fd == conn->fd && poll->revents != 0);
}

bool conns_serve(const struct pollfd polls[CONNS_MAX])
{
	uint64_t begun_us = time_us();
	bool served = false;

	for (unsigned i = 0; i < CONNS_MAX; i++) {
		unsigned at = (first + i) % CONNS_MAX;
		if (!is_ready(&conns[at], &polls[at]))
			continue;
		served = true;
		world.now_us = time_us();
		conn_work(&conns[at]);
		if (time_us() - begun_us > TURN_US) {
			first = at + 1;
			return true;
		}
	}
	first++;
	return served;
}
