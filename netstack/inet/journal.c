/* See journal.h. */
#include "netstack/inet/journal.h"

#include "lwip/priv/tcp_priv.h"
#include "netstack/inet/lwip_error.h"

#include <assert.h>
#include <string.h>

#define TCP_FLAGS_THAT_LAST (TF_CLOSEPEND | TF_RXCLOSED | TF_NODELAY | TF_SACK)

static struct preserved_region *memory;
static struct journal_entry entries[PRESERVED_ENTRIES];
static struct preserved_record written[PRESERVED_ENTRIES];
static u8_t argument_id;
static bool argument_known;

static uint32_t index_of(const struct journal_entry *entry)
{
	return (uint32_t)(entry - entries);
}

static void write_out(struct journal_entry *entry)
{
	uint32_t index = index_of(entry);

	if (memcmp(&entry->record, &written[index], sizeof(entry->record)) == 0)
		return;
	preserved_commit(&memory->entries[index], &entry->record);
	written[index] = entry->record;
}

/* --- An entry's life ----------------------------------------------------------- */

void inet_journal_init(struct preserved_region *region)
{
	memory = region;
	memset(entries, 0, sizeof(entries));
	memset(written, 0, sizeof(written));
	if (!argument_known)
		argument_id = tcp_ext_arg_alloc_id();
	argument_known = true;
}

static struct journal_entry *entry_alloc(void)
{
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++) {
		if (entries[i].used)
			continue;
		entries[i] = (struct journal_entry){ .used = true };
		return &entries[i];
	}
	return NULL;
}

static void free_if_unused(struct journal_entry *entry)
{
	if (entry->socket != NULL || entry->pcb != NULL)
		return;
	memset(&entry->record, 0, sizeof(entry->record));
	write_out(entry);
	entry->used = false;
}

bool inet_journal_open(struct inet_socket *socket)
{
	struct journal_entry *entry;

	if (socket->entry != NULL) /* a former life's */
		return true;
	entry = entry_alloc();
	if (entry == NULL)
		return false;
	entry->socket = socket;
	socket->entry = entry;
	return true;
}

struct journal_entry *inet_journal_reopen(uint32_t index, const struct preserved_record *record)
{
	struct journal_entry *entry = &entries[index];

	*entry = (struct journal_entry){ .used = true, .record = *record };
	written[index] = *record;
	return entry;
}

void inet_journal_discard(uint32_t index)
{
	memset(&entries[index], 0, sizeof(entries[index]));
	memset(&written[index], 0, sizeof(written[index]));
	preserved_commit(&memory->entries[index], &written[index]);
}

void inet_journal_socket_gone(struct inet_socket *socket)
{
	struct journal_entry *entry = socket->entry;

	if (entry == NULL)
		return;
	socket->entry = NULL;
	entry->socket = NULL;
	/* Nobody will read it any more. */
	inet_journal_receive_consume(entry, inet_journal_unread(entry));
	free_if_unused(entry);
}

/* --- Connections ----------------------------------------------------------------- */

static void pcb_gone(u8_t id, void *data)
{
	struct journal_entry *entry = data;

	(void)id;
	if (entry == NULL)
		return;
	entry->pcb = NULL;
	free_if_unused(entry);
}

/* A SYN has arrived; its answer is a promise. */
static err_t pcb_opened(u8_t id, struct tcp_pcb_listen *listener, struct tcp_pcb *pcb);

static const struct tcp_ext_arg_callbacks connection_callbacks = { .destroy = pcb_gone };
static const struct tcp_ext_arg_callbacks listener_callbacks = { .passive_open = pcb_opened };

static err_t pcb_opened(u8_t id, struct tcp_pcb_listen *listener, struct tcp_pcb *pcb)
{
	struct journal_entry *entry = entry_alloc();

	(void)id;
	(void)listener;
	if (entry == NULL)
		return ERR_MEM;
	inet_journal_pcb_set(entry, pcb);
	inet_journal_begin(entry, pcb->snd_lbb + 1, pcb->rcv_nxt);
	return ERR_OK;
}

void inet_journal_pcb_set(struct journal_entry *entry, struct tcp_pcb *pcb)
{
	entry->pcb = pcb;
	tcp_ext_arg_set(pcb, argument_id, entry);
	tcp_ext_arg_set_callbacks(pcb, argument_id, &connection_callbacks);
}

void inet_journal_listen(struct journal_entry *entry, struct tcp_pcb *pcb, bool listens)
{
	entry->pcb = listens ? NULL : pcb;
	tcp_ext_arg_set_callbacks(pcb, argument_id,
				  listens ? &listener_callbacks : &connection_callbacks);
}

struct journal_entry *inet_journal_of(const struct tcp_pcb *pcb)
{
	return tcp_ext_arg_get(pcb, argument_id);
}

void inet_journal_begin(struct journal_entry *entry, uint32_t send, uint32_t receive)
{
	struct preserved_record *record = &entry->record;

	record->send_first = record->send.begin = record->send.end = send;
	record->receive_first = record->receive.begin = record->receive.end = receive;
	record->send.sum = record->receive.sum = 0;
}

/* --- Taking down what there is ---------------------------------------------------- */

static void socket_take_down(const struct inet_socket *socket, struct preserved_record *record)
{
	record->socket_id = socket->id;
	record->socket_state = (uint32_t)socket->state;
	record->type = (uint32_t)socket->type;
	record->error = (uint32_t)socket->error;
	record->owner_slot = socket->owner.slot;
	record->owner_generation = socket->owner.generation;
	record->listener_id = socket->listener != NULL ? socket->listener->id : 0;
	record->backlog = socket->backlog;
	record->local_address = socket->local.address;
	record->local_port = socket->local.port;
	record->peer_address = socket->peer.address;
	record->peer_port = socket->peer.port;
	record->flags = (socket->ended ? (uint32_t)PRESERVED_ENDED : 0) |
			(socket->shut ? (uint32_t)PRESERVED_SHUT : 0);
}

static void socket_is_none(struct preserved_record *record)
{
	record->socket_id = record->socket_state = record->error = 0;
	record->owner_slot = record->owner_generation = record->listener_id = 0;
	record->backlog = record->flags = 0;
	record->type = SOCKET_STREAM;
}

static void names_take_down(const struct tcp_pcb *pcb, struct preserved_record *record)
{
	struct inet_name local = inet_name_of(&pcb->local_ip, pcb->local_port);
	struct inet_name peer = inet_name_of(&pcb->remote_ip, pcb->remote_port);

	record->local_address = local.address;
	record->local_port = local.port;
	record->peer_address = peer.address;
	record->peer_port = peer.port;
}

/* What the peer has acknowledged need not be kept. */
static void acknowledged_drop(struct journal_entry *entry)
{
	struct preserved_range *send = &entry->record.send;
	uint32_t done = entry->pcb->lastack - send->begin;
	uint32_t held = preserved_bytes(send);

	if ((int32_t)done <= 0)
		return;
	/* One more than is held is the FIN. */
	preserved_consume(memory->sent[index_of(entry)], send, done < held ? done : held);
}

static void pcb_take_down(struct journal_entry *entry)
{
	const struct tcp_pcb *pcb = entry->pcb;
	struct preserved_record *record = &entry->record;

	names_take_down(pcb, record);
	record->tcp_state = (uint32_t)pcb->state;
	record->tcp_flags = pcb->flags & TCP_FLAGS_THAT_LAST;
	record->flags |= pcb->flags & TF_FIN ? (uint32_t)PRESERVED_FIN : 0;
	record->mss = pcb->mss;
	record->acknowledged = pcb->lastack;
	record->send_next = pcb->snd_nxt;
	record->send_window = pcb->snd_wnd;
	record->send_window_max = pcb->snd_wnd_max;
	record->send_window_sequence = pcb->snd_wl1;
	record->send_window_acknowledged = pcb->snd_wl2;
	record->receive_next = pcb->rcv_nxt;
	record->receive_window = pcb->rcv_wnd;
	record->announced_window = pcb->rcv_ann_wnd;
	record->announced_edge = pcb->rcv_ann_right_edge;
	acknowledged_drop(entry);
}

void inet_journal_commit(struct journal_entry *entry)
{
	if (entry->socket != NULL)
		socket_take_down(entry->socket, &entry->record);
	else
		socket_is_none(&entry->record);
	entry->record.tcp_state = 0;
	if (entry->pcb != NULL && entry->pcb->state >= SYN_RCVD)
		pcb_take_down(entry);
	write_out(entry);
}

void inet_journal_commit_all(void)
{
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++)
		if (entries[i].used)
			inet_journal_commit(&entries[i]);
}

void inet_journal_each(void (*visit)(struct journal_entry *entry))
{
	for (uint32_t i = 0; i < PRESERVED_ENTRIES; i++)
		if (entries[i].used)
			visit(&entries[i]);
}

/* --- The rings ---------------------------------------------------------------------- */

uint32_t inet_journal_send_room(const struct journal_entry *entry)
{
	/* From the record in force: what it names must not be written over. */
	const struct preserved_record *now = &written[index_of(entry)];
	const struct preserved_range *send = &entry->record.send;
	uint32_t begin = now->type != 0 ? now->send.begin : send->begin;

	return PRESERVED_RING_BYTES - (send->end - begin);
}

void inet_journal_send_append(struct journal_entry *entry, const void *bytes, uint32_t count)
{
	preserved_append(memory->sent[index_of(entry)], &entry->record.send, bytes, count);
}

void inet_journal_send_retract(struct journal_entry *entry, uint32_t count)
{
	preserved_retract(memory->sent[index_of(entry)], &entry->record.send, count);
}

const uint8_t *inet_journal_send_at(const struct journal_entry *entry, uint32_t sequence)
{
	return preserved_at(memory->sent[index_of(entry)], sequence);
}

uint32_t inet_journal_unread(const struct journal_entry *entry)
{
	return preserved_bytes(&entry->record.receive);
}

void inet_journal_receive_append(struct journal_entry *entry, const void *bytes, uint32_t count)
{
	preserved_append(memory->received[index_of(entry)], &entry->record.receive, bytes, count);
}

void inet_journal_receive_consume(struct journal_entry *entry, uint32_t count)
{
	preserved_consume(memory->received[index_of(entry)], &entry->record.receive, count);
}

const uint8_t *inet_journal_unread_piece(const struct journal_entry *entry, uint32_t offset,
					 uint32_t *count)
{
	const struct preserved_range *receive = &entry->record.receive;
	uint32_t from = receive->begin + offset;

	*count = preserved_piece(from, receive->end);
	return preserved_at(memory->received[index_of(entry)], from);
}
