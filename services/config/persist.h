/*
 * In which order the ledger goes to the store, and comes back. Pure: names the
 * next record to put; the caller puts it and says how it went.
 *
 * First the parts that the head names and the store does not have, then the head.
 * The store replaces each record as a whole or not, and no part that its head names
 * is ever overwritten (ledger.h), so a power cut at any moment leaves a head with
 * all its documents; after ledger_release, with the one that is to run.
 */
#ifndef CONFIG_PERSIST_H
#define CONFIG_PERSIST_H

#include "services/config/ledger.h"

#define PERSIST_NAME_BYTES 16
#define PERSIST_HEAD       LEDGER_PARTS /* in place of a part's number */

struct persist_record {
	unsigned part; /* PERSIST_HEAD: the head */
	char name[PERSIST_NAME_BYTES];
	const void *bytes;
	size_t length;
	uint32_t mark; /* of what was put: to be given to persist_done */
};

/* The next record to put. False: the store has everything. */
bool persist_next(struct ledger *ledger, struct persist_record *record);
/* That record is in the store. */
void persist_done(struct ledger *ledger, const struct persist_record *record);
/* Nobody knows what became of that record: a death, or the store lost its memory. */
void persist_doubt(struct ledger *ledger);
bool persist_is_done(const struct ledger *ledger);
/* The name of a part's record, or of the head's. */
void persist_name(unsigned part, char name[PERSIST_NAME_BYTES]);

#endif
