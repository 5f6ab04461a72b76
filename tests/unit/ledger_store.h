/*
 * A ledger, and a store that keeps each of its records as a whole, and whose power may be cut
 * between two of them.
 */
#ifndef UNIT_LEDGER_STORE_H
#define UNIT_LEDGER_STORE_H

#include "services/config/persist.h"

struct ledger_store {
	struct {
		bool there;
		size_t length;
		uint8_t bytes[16000];
	} records[LEDGER_PARTS + 1];
	unsigned puts_left; /* until the power is cut */
};

extern struct ledger ledger;
extern struct ledger_store store;

void store_clear(void);
/* Puts what is new until the power is cut. True: all of it. */
bool store_save(void);
/* The ledger is what the store has. */
void reboot(void);

enum status commit(unsigned number, size_t length, uint64_t revert_at_us);
/* The number of the document that runs; its bytes are checked. 0: none. */
unsigned running(void);

#endif
