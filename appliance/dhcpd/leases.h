/*
 * The table of leases: who has which address until when. Pure.
 *
 *	FREE -> OFFERED -> BOUND -> RELEASED (or expired) -> OFFERED again
 *	                     |
 *	                     +-> DECLINED -> (after an hour) like RELEASED
 *
 * One entry an address and one an own client at most. An entry whose time is over
 * is kept until its place or address is needed, so that who comes back gets what
 * it had. A change counts only when the keeper has taken it.
 */
#ifndef DHCPD_LEASES_H
#define DHCPD_LEASES_H

#include "kernel/abi/status.h"
#include "services/proto/lease.h"
#include "services/proto/netconf.h"

#include <stdbool.h>
#include <stdint.h>

/* Where leases outlive the server. `put`: false if the record could not be kept. */
struct lease_keeper {
	bool (*put)(unsigned number, const struct lease_record *record);
	/* E_ABSENT: there is none; anything else: ask again later. */
	enum status (*get)(unsigned number, struct lease_record *record);
};

struct leases {
	const struct lease_keeper *keeper;
	struct lease_record entries[LEASES_MAX];
};

struct lease_client {
	uint64_t key;
	const uint8_t *mac; /* 6 bytes */
	uint32_t wish;      /* an address; 0 */
};

/*
 * Takes what the keeper has; records that cannot be right are dropped. False if
 * the keeper does not answer: nothing may be given out before it has.
 */
bool leases_load(struct leases *leases, const struct lease_keeper *keeper);

/* A record of a former life or boot: false if it cannot be right, is there already, or all is full.
 */
bool leases_add(struct leases *leases, const struct lease_record *record);

/* A hash (FNV-1a, 64 bits) of identifier bytes. */
uint64_t lease_client_key(uint8_t kind, const uint8_t *bytes, unsigned count);

struct lease_record *leases_of_client(struct leases *leases, uint64_t key);
struct lease_record *leases_of_address(struct leases *leases, uint32_t address);
bool lease_is_current(const struct lease_record *lease, uint64_t now_s);

/* May the client have the address: in the pool or reserved for it, and nobody else's? */
bool leases_may_have(struct leases *leases, const struct netconf *conf,
		     const struct lease_client *client, uint32_t address, uint64_t now_s);
/* The address to offer; 0: none is left. */
uint32_t leases_choose(struct leases *leases, const struct netconf *conf,
		       const struct lease_client *client, uint64_t now_s);
/* Makes the client's entry for that address; NULL if the table is full. Nothing is kept yet. */
struct lease_record *leases_claim(struct leases *leases, const struct lease_client *client,
				  uint32_t address, uint64_t now_s);
/* Writes a changed entry to the keeper. */
bool leases_keep(struct leases *leases, const struct lease_record *lease);
/* How many are bound. */
unsigned leases_count(const struct leases *leases, uint64_t now_s);

#endif
