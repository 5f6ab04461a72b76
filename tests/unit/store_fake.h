/* The store's client for unit tests: one record, and answers as the test says. */
#ifndef UNIT_STORE_FAKE_H
#define UNIT_STORE_FAKE_H

#include "services/runtime/store.h"

#include <stdbool.h>
#include <stdint.h>

extern struct store_fake {
	enum status get_status;    /* other than OK: to every store_get */
	enum status put_status;    /* likewise */
	enum status result_status; /* OK: what was put is there */
	bool there, under_way;
	uint8_t record[STORE_VALUE_BYTES], coming[STORE_VALUE_BYTES];
	size_t bytes, coming_bytes;
	unsigned tries, puts; /* calls of store_put, and those that were taken */
	unsigned logged;            /* lines of the log, warnings and worse */
} store_fake;

/* An empty store that answers. */
void store_fake_reset(void);
/* A reboot of the machine, which loses what was under way. */
void store_fake_reboot(void);

#endif
