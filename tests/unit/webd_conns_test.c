/* Who gets a place when all are taken, and who has to give one up: appliance/webd/conns.c. */
#include "appliance/webd/conns.h"
#include "appliance/webd/world.h"
#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <string.h>

#define SECOND_US 1000000ull
#define NOBODY    -1

enum { OWNER = 1, OTHER = 2 };

struct world world;
static struct conn *opened[CONNS_MAX + 8]; /* by descriptor */
static unsigned refused;
static int closed_last;

uint64_t time_us(void)
{
	return world.now_us;
}

void socket_abandon(int fd)
{
	(void)fd;
	refused++;
}

void conn_open(struct conn *conn, int fd, uint32_t peer, bool is_secure)
{
	*conn = (struct conn){ .phase = is_secure ? CONN_HANDSHAKE : CONN_READING,
			       .fd = fd,
			       .peer = peer,
			       .since_us = world.now_us };
	opened[fd] = conn;
}

void conn_close(struct conn *conn)
{
	if (conn->phase != CONN_FREE)
		closed_last = conn->fd;
	conn->phase = CONN_FREE;
}

void conn_work(struct conn *conn)
{
	(void)conn;
}

void conn_expire(struct conn *conn)
{
	(void)conn;
}

uint64_t conn_due_us(const struct conn *conn)
{
	(void)conn;
	return SERVICE_NO_DEADLINE;
}

uint64_t conn_deadline_us(const struct conn *conn)
{
	(void)conn;
	return SERVICE_NO_DEADLINE;
}

/* All places taken by OTHER, each a second after the one before. */
static int all_taken(void **state)
{
	(void)state;
	conns_drop();
	world.now_us = 1000 * SECOND_US;
	for (int fd = 0; fd < (int)CONNS_MAX; fd++) {
		conns_accept(fd, OTHER, true);
		world.now_us += SECOND_US;
	}
	refused = 0;
	closed_last = NOBODY;
	return 0;
}

static void phase_of_all(enum conn_phase phase)
{
	for (unsigned i = 0; i < CONNS_MAX; i++) {
		opened[i]->phase = phase;
		opened[i]->since_us = opened[i]->begun_us = world.now_us;
	}
}

static void comes(uint32_t peer)
{
	conns_accept(CONNS_MAX, peer, true);
}

static void the_longest_silent_gives_way(void **state)
{
	(void)state;
	opened[0]->since_us = world.now_us;
	comes(OWNER);
	assert_int_equal(closed_last, 1);
	assert_int_equal(refused, 0);
}

static void who_has_many_gives_way_to_who_has_few(void **state)
{
	(void)state;
	opened[0]->peer = OWNER; /* the oldest of all */
	comes(OWNER);
	assert_int_equal(closed_last, 1);
}

static void what_was_asked_for_is_answered(void **state)
{
	(void)state;
	phase_of_all(CONN_WRITING);
	opened[1]->phase = CONN_LATER;
	opened[2]->phase = CONN_EVENTS;
	comes(OWNER);
	assert_int_equal(closed_last, NOBODY);
	assert_int_equal(refused, 1);
}

/* Some bytes now and then keep an answer going, but not in another's place. */
static void who_hardly_takes_his_answer_gives_way(void **state)
{
	(void)state;
	phase_of_all(CONN_WRITING);
	world.now_us += CONN_SLOW_US;
	for (unsigned i = 0; i < CONNS_MAX; i++)
		opened[i]->since_us = world.now_us - i;
	comes(OWNER);
	assert_int_equal(closed_last, CONNS_MAX - 1);
	assert_int_equal(refused, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, all_taken)
	const struct CMUnitTest tests[] = {
		TEST(the_longest_silent_gives_way),
		TEST(who_has_many_gives_way_to_who_has_few),
		TEST(what_was_asked_for_is_answered),
		TEST(who_hardly_takes_his_answer_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
