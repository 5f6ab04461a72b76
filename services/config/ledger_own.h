/* What ledger.c and ledger_change.c share, and nobody else. */
#ifndef CONFIG_LEDGER_OWN_H
#define CONFIG_LEDGER_OWN_H

#include "services/config/ledger.h"

/* A packed document on its way to or from its parts; every call may use it. */
extern char ledger_packed[PACK_BYTES_MAX];

unsigned ledger_parts_needed(size_t packed_bytes);
/* Puts *head over the one that does not count: from then on it does. */
void ledger_head_switch(struct ledger *ledger, struct ledger_head *head);
/* Removes the hidden entries that are nobody's base, but for one. */
void ledger_bases_sweep(struct ledger_head *head, uint32_t but);
/* The document `serial`, which has no base itself, 0: none; stays until the next call. */
must_use bool ledger_base_text(const struct ledger *ledger, uint32_t serial,
			       struct pack_base *base);

#endif
