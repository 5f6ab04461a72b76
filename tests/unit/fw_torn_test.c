/*
 * The firewall killed at any instruction: a child deals with a segment of the one connection there
 * is, step by step of its processor, and whenever a byte of the connection's record has changed the
 * parent begins a new life on a copy, as if the child had died there. It has to find the
 * connection.
 */
#define _GNU_SOURCE /* process_vm_readv */
#include "tests/unit/fw_world.h"
#include "tests/unit/stepped.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define FLOWS      64u
#define PORT       4000
#define RECORD     1u /* the first that is given out */
#define STEPS_MAX  1000000u
#define STORES_MIN 1u /* what only looks at its connection tests nothing */

struct segment {
	unsigned d; /* who sends it */
	uint8_t flags;
	uint32_t sequence, acknowledgement;
	enum fw_conn_state state; /* that it leads to */
};

static const struct segment opener = { 0, TCP_SYN, 100, 0, FW_CONN_TCP_SYN_SENT };

/* Through every transition of conn_tcp.c. */
static const struct segment segments[] = {
	{ 1, TCP_SYN | TCP_ACK, 900, 101, FW_CONN_TCP_SYN_RECEIVED },
	{ 0, TCP_ACK, 101, 901, FW_CONN_TCP_ESTABLISHED },
	{ 1, TCP_RST, 901, 0, FW_CONN_TCP_RESET },
	{ 0, TCP_ACK, 101, 901, FW_CONN_TCP_ESTABLISHED },
	{ 0, TCP_FIN | TCP_ACK, 101, 901, FW_CONN_TCP_CLOSING },
	{ 1, TCP_FIN | TCP_ACK, 901, 102, FW_CONN_TCP_CLOSED },
	{ 0, TCP_SYN, 7000, 0, FW_CONN_TCP_SYN_SENT },
	{ 1, TCP_SYN | TCP_ACK, 5000, 7001, FW_CONN_TCP_SYN_RECEIVED },
	{ 0, TCP_ACK, 7001, 5001, FW_CONN_TCP_ESTABLISHED },
	{ 0, TCP_SYN, 80000, 0, FW_CONN_TCP_ESTABLISHED },
	{ 1, TCP_SYN | TCP_ACK, 60000, 80001, FW_CONN_TCP_SYN_RECEIVED },
};

static struct firewall next; /* the life that begins on a copy */
static struct fw_flows *copy;

static int setup(void **state)
{
	struct world *w = world_new_sized(FLOWS);

	copy = malloc(w->flows_bytes);
	*state = w;
	return copy == NULL;
}

static int teardown(void **state)
{
	world_free(*state);
	free(copy);
	return 0;
}

static enum fw_outcome segment_send(struct world *w, const struct segment *segment)
{
	struct frame f;

	if (segment->d == 0)
		frame_tcp(&f, CLIENT, PORT, SERVER, 80, segment->flags, segment->sequence,
			  segment->acknowledgement, 0);
	else
		frame_tcp(&f, SERVER, 80, WAN_ADDRESS, PORT, segment->flags, segment->sequence,
			  segment->acknowledgement, 0);
	return world_send(w, segment->d == 0 ? LAN_PORT : WAN_PORT, &f).outcome;
}

/* --- Watching the child -------------------------------------------------- */

/* The child's record, which lies where ours does. */
static void record_read(pid_t child, struct conn *there, struct conn *here)
{
	struct iovec local = { here, sizeof *here }, remote = { there, sizeof *there };

	assert_int_equal(process_vm_readv(child, &local, 1, &remote, 1, 0), sizeof *here);
}

static void assert_found(const struct world *w, const struct conn *record)
{
	memcpy(copy, w->flows, w->flows_bytes);
	copy->conns[RECORD] = *record;
	memset(&next, 0, sizeof next);
	fw_init(&next, copy, w->flows_bytes, true, 44);
	while (!fw_adopt(&next))
		;
	if (next.conns.restored != 1 || next.conns.discarded != 0)
		fail_msg("in state %u, inverse %u: not taken up", record->state,
			 record->state_inverse);
}

struct watched {
	struct world *world;
	const struct segment *segment;
};

static void segment_forward(void *context)
{
	const struct watched *watched = context;

	if (segment_send(watched->world, watched->segment) != FW_FORWARD)
		_exit(1);
}

/* Begins a life on what each store of the child leaves; returns how many there were. */
static unsigned segment_watch(struct world *w, const struct segment *segment)
{
	struct watched watched = { w, segment };
	pid_t child = stepped_start(segment_forward, &watched);
	struct conn *record = &w->flows->conns[RECORD];
	struct conn seen = *record, now;
	unsigned stores = 0, steps = 0;

	while (stepped_on(child)) {
		assert_true(steps++ < STEPS_MAX);
		record_read(child, record, &now);
		if (memcmp(&seen, &now, sizeof now) != 0) {
			assert_found(w, &now);
			seen = now;
			stores++;
		}
	}
	return stores;
}

static void a_connection_outlives_a_death_at_any_instruction(void **state)
{
	struct world *w = *state;

	assert_int_equal(segment_send(w, &opener), FW_FORWARD);
	for (unsigned i = 0; i < sizeof segments / sizeof segments[0]; i++) {
		unsigned stores = segment_watch(w, &segments[i]);

		print_message("killed after each of %u stores\n", stores);
		assert_in_range(stores, STORES_MIN, STEPS_MAX);
		assert_int_equal(segment_send(w, &segments[i]), FW_FORWARD);
		assert_int_equal(w->flows->conns[RECORD].state, segments[i].state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_connection_outlives_a_death_at_any_instruction,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
