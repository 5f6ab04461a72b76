/* See inet_fixture.h. */
#include "tests/unit/inet_fixture.h"

#include "lwip/init.h"
#include "lwip/memp.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "lwip/timeouts.h"
#include "netstack/inet/clients.h"
#include "netstack/inet/held.h"
#include "netstack/inet/journal.h"
#include "netstack/inet/netif.h"
#include "netstack/inet/random.h"
#include "netstack/inet/requests.h"
#include "netstack/inet/restore.h"
#include "netstack/inet/watch.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRANT_OF_CLIENT 7u

struct fake_client {
	uint32_t generation;
	bool waits;
	void *memory;
	size_t memory_bytes;
	struct fixture_answer answer;
};

struct hostq fixture_queue;
struct netq_driver fixture_own;
struct netq_firewall fixture_peer;
uint8_t fixture_out[HOSTQ_RX_BYTES], fixture_in[NETQ_TX_BYTES];
uint64_t fixture_notified;
struct inet_netconf fixture_conf;
struct preserved_region fixture_state;

static struct fake_client fakes[SERVICE_MAX];
static uint64_t seen;
static uint64_t now_us;
static uint32_t life;
static uint32_t out_taken;
static bool grants_refused;

/* --- The runtime's part ------------------------------------------------------ */

uint64_t time_us(void)
{
	return now_us;
}

void service_panic(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

void service_notify(uint32_t slot)
{
	fixture_notified |= 1ull << slot;
}

static bool answer(endpoint_t to, const struct message *reply, bool fault)
{
	struct fake_client *client = &fakes[to.slot];

	if (!client->waits || client->generation != to.generation)
		return false;
	client->waits = false;
	client->answer.faulted = fault;
	if (reply != NULL) {
		client->answer.status = reply->status;
		memcpy(&client->answer.reply, reply->payload.bytes, sizeof(client->answer.reply));
	}
	return true;
}

bool service_reply(endpoint_t to, const struct message *reply)
{
	return answer(to, reply, false);
}

bool service_reply_status(endpoint_t to, enum status status)
{
	struct message reply = { .status = (int32_t)status };
	return answer(to, &reply, false);
}

void service_reply_fault(endpoint_t to)
{
	answer(to, NULL, true);
}

static uint8_t *lent(uint32_t slot, uint32_t grant, size_t offset, size_t bytes)
{
	struct fake_client *client = &fakes[slot];

	if (grants_refused || grant != GRANT_OF_CLIENT || offset > client->memory_bytes ||
	    bytes > client->memory_bytes - offset)
		return NULL;
	return (uint8_t *)client->memory + offset;
}

enum status copy_from(uint32_t granter, uint32_t grant, size_t offset, void *to, size_t bytes)
{
	const uint8_t *from = lent(granter, grant, offset, bytes);
	if (from == NULL)
		return E_GRANT;
	memcpy(to, from, bytes);
	return OK;
}

enum status copy_to(uint32_t granter, uint32_t grant, size_t offset, const void *from, size_t bytes)
{
	uint8_t *to = lent(granter, grant, offset, bytes);
	if (to == NULL)
		return E_GRANT;
	memcpy(to, from, bytes);
	return OK;
}

/* --- INET's main loop --------------------------------------------------------- */

static void work(void)
{
	struct hostq_packet packet;

	while (hostq_take(&fixture_queue, &packet)) {
		inet_netif_input(&packet);
		hostq_release(&fixture_queue);
	}
	sys_check_timeouts();
	netif_poll_all();
	if (inet_sockets_changed_take()) {
		inet_held_retry();
		inet_watch_check();
	}
	inet_journal_commit_all();
	hostq_flush(&fixture_queue);
}

void fixture_run_ms(unsigned ms)
{
	for (unsigned i = 0; i <= ms; i++) {
		work();
		if (i < ms)
			now_us += 1000;
	}
}

static void clear_slots(void)
{
	fixture_run_ms(0);
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++) {
		inet_client_gone((endpoint_t){ slot, fakes[slot].generation });
		fakes[slot] = (struct fake_client){ .generation = 1 };
	}
	/* What their peers have yet to agree to. */
	while (tcp_active_pcbs != NULL)
		tcp_abort(tcp_active_pcbs);
	while (tcp_tw_pcbs != NULL)
		tcp_abort(tcp_tw_pcbs);
	fixture_run_ms(0);
	out_taken = fixture_own.rx_produced;
	fixture_peer.rx_consumed = out_taken;
}

/* lwIP cannot be begun anew in one process: it is emptied, and its state put back. */
void fixture_die_only(void)
{
	static struct preserved_region as_it_was;

	as_it_was = fixture_state;
	clear_slots();
	fixture_state = as_it_was;
}

unsigned fixture_live_again(void)
{
	inet_sockets_init(++life);
	inet_clients_init(&seen);
	preserved_init(&fixture_state);
	inet_journal_init(&fixture_state);
	return inet_restore(&fixture_state).discarded;
}

unsigned fixture_die(void)
{
	fixture_die_only();
	return fixture_live_again();
}

static void start_once(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	inet_random_init();
	hostq_init(&fixture_queue, &fixture_own, &fixture_peer, fixture_out, fixture_in);
	lwip_init();
	inet_netif_init(&fixture_queue);
	inet_journal_init(&fixture_state);
}

int fixture_setup(void **state)
{
	(void)state;
	start_once();
	inet_clients_init(&seen);
	fixture_conf = (struct inet_netconf){ .lan = { LAN_ADDRESS, 24 },
					      .wan = { WAN_ADDRESS, 24 },
					      .gateway = WAN_GATEWAY };
	inet_netif_configure(&fixture_conf);
	clear_slots();
	inet_sockets_init(++life);
	memset(&fixture_state, 0, sizeof(fixture_state));
	preserved_init(&fixture_state);
	inet_journal_init(&fixture_state);
	fixture_notified = 0;
	grants_refused = false;
	return 0;
}

static int leak(const char *what, int number, size_t count)
{
	print_error("%s %d: %zu not given back\n", what, number, count);
	return -1;
}

int fixture_teardown(void **state)
{
	(void)state;
	clear_slots();
	/* All that the test made lwIP allocate has to be free again. */
	for (int pool = 0; pool < MEMP_MAX; pool++)
		if (pool != MEMP_SYS_TIMEOUT && lwip_stats.memp[pool]->used != 0)
			return leak("pool", pool, lwip_stats.memp[pool]->used);
	return lwip_stats.mem.used == 0 ? 0 : leak("heap", 0, lwip_stats.mem.used);
}

/* --- Clients ------------------------------------------------------------------ */

struct fixture_answer fixture_call(uint32_t slot, enum socket_op op, struct socket_request request,
				   void *memory)
{
	struct fake_client *client = &fakes[slot];
	struct message message = { .op = op, .from = { slot, client->generation } };

	client->waits = true;
	client->answer = (struct fixture_answer){ .status = HELD };
	client->memory = memory;
	client->memory_bytes = memory != NULL ? request.length_bytes : 0;
	request.grant = GRANT_OF_CLIENT;
	memcpy(message.payload.bytes, &request, sizeof(request));
	inet_request(&message);
	fixture_run_ms(0);
	return client->answer;
}

struct fixture_answer fixture_answer_of(uint32_t slot)
{
	return fakes[slot].answer;
}

void fixture_time_out(uint32_t slot)
{
	fakes[slot].waits = false;
	fakes[slot].memory = NULL;
	fakes[slot].memory_bytes = 0;
}

void fixture_stop_waiting(uint32_t slot)
{
	fakes[slot].waits = false;
}

void fixture_restart_client(uint32_t slot)
{
	fixture_time_out(slot);
	fakes[slot].generation++;
}

void fixture_check_clients(void)
{
	static struct kernel_table table;

	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++) {
		table.services[slot].state = SERVICE_ALIVE;
		table.services[slot].generation = fakes[slot].generation;
	}
	inet_clients_check(&table);
	fixture_run_ms(0);
}

void fixture_refuse_grants(bool refuse)
{
	grants_refused = refuse;
}

uint32_t fixture_open(uint32_t slot, enum socket_type type)
{
	struct fixture_answer answer =
		fixture_call(slot, SOCKET_OPEN, (struct socket_request){ .type = type }, NULL);
	assert_int_equal(answer.status, OK);
	return answer.reply.id;
}

uint32_t fixture_listener(uint32_t slot, uint16_t port)
{
	uint32_t id = fixture_open(slot, SOCKET_STREAM);
	struct socket_request bind = { .id = id, .port = port };
	struct socket_request listen = { .id = id, .argument = 4 };

	assert_int_equal(fixture_call(slot, SOCKET_BIND, bind, NULL).status, OK);
	assert_int_equal(fixture_call(slot, SOCKET_LISTEN, listen, NULL).status, OK);
	return id;
}

void fixture_connection(uint32_t client, uint32_t server, uint16_t port, uint32_t *client_id,
			uint32_t *server_id)
{
	uint32_t listener = fixture_listener(server, port);
	*client_id = fixture_open(client, SOCKET_STREAM);
	struct socket_request connect = { .id = *client_id, .address = LOOPBACK, .port = port };

	fixture_call(client, SOCKET_CONNECT, connect, NULL);
	fixture_run_ms(5);
	assert_int_equal(fixture_answer_of(client).status, OK);
	struct fixture_answer accepted = fixture_call(
		server, SOCKET_ACCEPT, (struct socket_request){ .id = listener }, NULL);
	assert_int_equal(accepted.status, OK);
	*server_id = accepted.reply.id;
}

void fixture_close(uint32_t slot, uint32_t id)
{
	struct socket_request request = { .id = id };
	assert_int_equal(fixture_call(slot, SOCKET_CLOSE, request, NULL).status, OK);
}

/* --- The firewall's part ------------------------------------------------------- */

void fixture_packet_in(uint16_t interface, const void *packet, uint16_t length_bytes)
{
	uint32_t index = fixture_peer.tx_produced % NETQ_TX_SLOTS;

	memcpy(fixture_in + (size_t)index * NETQ_TX_SLOT_BYTES, packet, length_bytes);
	fixture_peer.tx[index] =
		(struct netq_tx_desc){ .length_bytes = length_bytes, .interface = interface };
	netq_store(&fixture_peer.tx_produced, fixture_peer.tx_produced + 1);
	fixture_run_ms(0);
}

uint16_t fixture_packet_out(const uint8_t **packet, uint16_t *interface)
{
	if (out_taken == netq_load(&fixture_own.rx_produced))
		return 0;
	const struct netq_rx_desc *desc = &fixture_own.rx[out_taken++ % NETQ_RX_SLOTS];
	netq_store(&fixture_peer.rx_consumed, out_taken);
	*packet = fixture_out + desc->offset;
	*interface = desc->interface;
	return desc->length_bytes;
}
