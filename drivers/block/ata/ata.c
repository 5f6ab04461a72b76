/*
 * The service `disk`: ATA disks at the two legacy channels, by programmed I/O,
 * for the clients of services/proto/block.h. One command at a time, in pieces of
 * a sector, so that the service is never away from its heartbeat.
 *
 * Boot and restart are the same: the channels are reset, the disks looked for,
 * and then every request without an answer is carried out, from its beginning.
 */
#include "drivers/block/ata/order.h"
#include "drivers/block/ata/scan.h"
#include "drivers/block/ata/table.h"
#include "services/runtime/service.h"

#include <stdio.h>

#define FAILURES_LOGGED 4u
/* A disk that failed is looked for again after so long, then twice as long, and so on. */
#define AGAIN_FIRST_US  10000000u
#define AGAIN_MAX_US    300000000u
#define AGAIN_DOUBLINGS 5u

struct client_end {
	const char *name;
	const struct block_request *request; /* NULL: the manifest has no such client */
	struct block_completion *done;
	uint32_t slot;
};

static struct client_end clients[CLIENTS] = {
	[CLIENT_STORE] = { .name = "store" },
	[CLIENT_INSTALL] = { .name = "install" },
};
static struct disk_table *table;
static struct identity identities[BLOCK_DISKS_MAX];
static struct scan scan;
static struct transfer transfer;
static bool scanning;
static struct order order;         /* under way */
static struct client_end *serving; /* whose it is; NULL: none is */
static unsigned turn;              /* the client to look at next */
static unsigned failures_in_row[BLOCK_DISKS_MAX];
static struct {
	uint64_t due_us; /* 0: none is planned */
	unsigned count;  /* since it last did what a client asked for */
} looks[BLOCK_DISKS_MAX];

static void client_find(struct client_end *client)
{
	char alias[NAME_BYTES];
	const struct start_map *request, *done;

	(void)snprintf(alias, sizeof(alias), "%s.req", client->name);
	request = region_find(alias);
	if (request == NULL)
		return;
	client->request = region(alias, sizeof(struct block_request));
	(void)snprintf(alias, sizeof(alias), "%s.done", client->name);
	done = region_find(alias);
	assert(done != NULL);
	client->done = region(alias, sizeof(struct block_completion));
	client->slot = service_slot(client->name);
}

static void scan_start(uint64_t now_us)
{
	scanning = true;
	scan_begin(&scan, table, identities, &transfer, now_us);
}

static enum status start(void)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		client_find(&clients[i]);
	table = region("table", sizeof(*table));
	scan_start(time_us());
	return OK;
}

static void clients_notify(void)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (clients[i].request != NULL)
			service_notify(clients[i].slot);
}

static void answer(struct client_end *client, uint32_t sequence, enum status status)
{
	client->done->status = (int32_t)status;
	__atomic_store_n(&client->done->sequence, sequence, __ATOMIC_RELEASE);
	service_notify(client->slot);
}

static const char *op_text(enum block_op op)
{
	switch (op) {
	case BLOCK_READ: return "a read";
	case BLOCK_WRITE: return "a write";
	case BLOCK_FLUSH: return "a flush";
	case BLOCK_SCAN:
	case BLOCK_NONE: break;
	}
	return "nothing";
}

/* The first few in a row, then ever fewer: who asks will ask again. */
static bool is_worth_a_line(void)
{
	unsigned count = ++failures_in_row[order.disk];

	return count <= FAILURES_LOGGED || (count & (count - 1)) == 0 || transfer.lost;
}

static void failure_log(void)
{
	if (is_worth_a_line())
		log_error("disk %u: %s of %u sectors at %llu failed: %s (status %02x, error %02x)",
			  order.disk, op_text(order.op), order.count,
			  (unsigned long long)order.sector, ata_outcome_text(transfer.outcome),
			  transfer.status_register, transfer.error_register);
	if (!transfer.lost)
		return;
	log_error("disk %u has failed: it is not used until it answers again", order.disk);
	table_change_begin(table);
	table->disks[order.disk].state = DISK_FAILED;
	table_change_end(table);
}

static void success_count(void)
{
	struct disk_statistics *statistics = &table->disks[order.disk].statistics;

	failures_in_row[order.disk] = 0;
	looks[order.disk].count = 0;
	switch (order.op) {
	case BLOCK_READ: statistics->reads += order.count; return;
	case BLOCK_WRITE: statistics->writes += order.count; return;
	case BLOCK_FLUSH: statistics->flushes++; return;
	case BLOCK_SCAN:
	case BLOCK_NONE: return;
	}
}

static void order_ended(void)
{
	struct client_end *client = serving;

	serving = NULL;
	if (transfer.status == OK)
		success_count();
	else
		failure_log();
	answer(client, order.sequence, transfer.status);
}

static void transfer_start(uint64_t now_us)
{
	enum ata_op op = order.op == BLOCK_READ    ? ATA_READ
			 : order.op == BLOCK_WRITE ? ATA_WRITE
						   : ATA_FLUSH;

	transfer_begin(&transfer, order.disk, op, &identities[order.disk], order.sector,
		       order.count, serving->done->data, serving->request->data,
		       &table->disks[order.disk].statistics, now_us);
}

static bool needs_no_command(void)
{
	return order.op == BLOCK_FLUSH && table->disks[order.disk].flush_works == 0;
}

static bool has_request(const struct client_end *client)
{
	return client->request != NULL &&
	       __atomic_load_n(&client->request->sequence, __ATOMIC_ACQUIRE) !=
		       client->done->sequence;
}

static void order_begin(struct client_end *client, enum client who, uint64_t now_us)
{
	enum status status = order_take(client->request, who, table, &order);

	if (status != OK || needs_no_command()) {
		answer(client, order.sequence, status);
		return;
	}
	serving = client;
	if (order.op == BLOCK_SCAN)
		scan_start(now_us);
	else
		transfer_start(now_us);
}

/* False: nobody wants anything. */
static bool client_serve(uint64_t now_us)
{
	for (unsigned i = 0; i < CLIENTS; i++) {
		unsigned who = turn;

		turn = (turn + 1) % CLIENTS;
		if (has_request(&clients[who])) {
			order_begin(&clients[who], (enum client)who, now_us);
			return true;
		}
	}
	return false;
}

static void scan_ended(void)
{
	scanning = false;
	clients_notify();
	if (serving == NULL)
		return;
	answer(serving, order.sequence, OK);
	serving = NULL;
}

/* --- Disks that failed ------------------------------------------------------------ */

static uint64_t pause_us(unsigned looks_before)
{
	uint64_t pause = (uint64_t)AGAIN_FIRST_US
			 << (looks_before < AGAIN_DOUBLINGS ? looks_before : AGAIN_DOUBLINGS);

	return pause < AGAIN_MAX_US ? pause : AGAIN_MAX_US;
}

/* When the next of them is to be looked for; now_us: that has begun. */
static uint64_t failed_look(uint64_t now_us)
{
	uint64_t next_us = SERVICE_NO_DEADLINE;

	for (unsigned disk = 0; disk < BLOCK_DISKS_MAX; disk++) {
		if (table->disks[disk].state != DISK_FAILED) {
			looks[disk].due_us = 0;
			continue;
		}
		if (looks[disk].due_us == 0)
			looks[disk].due_us = now_us + pause_us(looks[disk].count++);
		if (now_us >= looks[disk].due_us) {
			looks[disk].due_us = 0;
			scanning = true;
			scan_again(&scan, &transfer, disk, now_us);
			return now_us;
		}
		if (looks[disk].due_us < next_us)
			next_us = looks[disk].due_us;
	}
	return next_us;
}

static uint64_t work(uint64_t now_us)
{
	if (transfer.active)
		return transfer_step(&transfer, now_us);
	if (scanning) {
		if (scan_go_on(&scan, &transfer, now_us))
			scan_ended();
		return now_us;
	}
	if (serving != NULL) {
		order_ended();
		return now_us;
	}
	return client_serve(now_us) ? now_us : failed_look(now_us);
}

int main(void)
{
	static const struct service disk = {
		.start = start,
		.work = work,
	};

	return service_run(&disk);
}
