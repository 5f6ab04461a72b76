/*
 * What is written to inet.state (preserved.h), and when: before anything that
 * depends on it can be seen outside. INET's loop commits every entry that has
 * changed and only then publishes its packets; an answer to a client waits for
 * the commit of what it says.
 *
 * An entry lives as long as its socket or its TCP connection, whichever is
 * longer: a client may have closed what its peer has yet to receive.
 */
#ifndef INET_JOURNAL_H
#define INET_JOURNAL_H

#include "netstack/inet/preserved.h"
#include "netstack/inet/socket_table.h"

#include <stdbool.h>

struct journal_entry {
	struct preserved_record record; /* as it will be, and mostly is, in the region */
	struct inet_socket *socket;
	struct tcp_pcb *pcb;
	bool used;
};

/* Once after lwip_init, and in tests again: forgets all, touches nothing in the region. */
void inet_journal_init(struct preserved_region *region);
/* The entry of a new socket, unless it has one. False: there is none left. */
must_use bool inet_journal_open(struct inet_socket *socket);
/* An entry that a former life has filled. */
struct journal_entry *inet_journal_reopen(uint32_t index, const struct preserved_record *record);
/* A former life's entry that is of no use. */
void inet_journal_discard(uint32_t index);
void inet_journal_pcb_set(struct journal_entry *entry, struct tcp_pcb *pcb);
/* The pcb becomes a listener: lwIP makes another of it. */
void inet_journal_listen(struct journal_entry *entry, struct tcp_pcb *pcb, bool listens);
struct journal_entry *inet_journal_of(const struct tcp_pcb *pcb);
/* The connection's streams begin with these sequence numbers. */
void inet_journal_begin(struct journal_entry *entry, uint32_t send, uint32_t receive);
void inet_journal_socket_gone(struct inet_socket *socket);

void inet_journal_commit(struct journal_entry *entry);
void inet_journal_commit_all(void);
void inet_journal_each(void (*visit)(struct journal_entry *entry));

/* The two rings of an entry. */
uint32_t inet_journal_send_room(const struct journal_entry *entry);
void inet_journal_send_append(struct journal_entry *entry, const void *bytes, uint32_t count);
void inet_journal_send_retract(struct journal_entry *entry, uint32_t count);
const uint8_t *inet_journal_send_at(const struct journal_entry *entry, uint32_t sequence);
uint32_t inet_journal_unread(const struct journal_entry *entry);
void inet_journal_receive_append(struct journal_entry *entry, const void *bytes, uint32_t count);
void inet_journal_receive_consume(struct journal_entry *entry, uint32_t count);
/* The unread bytes from `offset` on that lie in one piece. */
const uint8_t *inet_journal_unread_piece(const struct journal_entry *entry, uint32_t offset,
					 uint32_t *count);

#endif
