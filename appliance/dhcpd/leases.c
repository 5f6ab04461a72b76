/* See leases.h. */
#include "appliance/dhcpd/leases.h"

#include <string.h>

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static bool record_is_sound(const struct lease_record *record)
{
	return record->version == LEASE_VERSION && record->address != 0 &&
	       record->name_bytes <= LEASE_NAME_MAX &&
	       (record->state == LEASE_BOUND || record->state == LEASE_RELEASED ||
		record->state == LEASE_DECLINED);
}

bool leases_add(struct leases *leases, const struct lease_record *record)
{
	if (!record_is_sound(record) || leases_of_address(leases, record->address) != NULL ||
	    (record->state != LEASE_DECLINED && leases_of_client(leases, record->client) != NULL))
		return false;
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		if (leases->entries[i].state != LEASE_FREE)
			continue;
		leases->entries[i] = *record;
		return true;
	}
	return false;
}

bool leases_load(struct leases *leases, const struct lease_keeper *keeper)
{
	memset(leases, 0, sizeof(*leases));
	leases->keeper = keeper;
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		struct lease_record record;

		enum status status = keeper->get(i, &record);

		if (status != OK && status != E_ABSENT)
			return false;
		if (status == OK && record_is_sound(&record) &&
		    leases_of_address(leases, record.address) == NULL)
			leases->entries[i] = record;
	}
	return true;
}

uint64_t lease_client_key(uint8_t kind, const uint8_t *bytes, unsigned count)
{
	uint64_t hash = (FNV_BASIS ^ kind) * FNV_PRIME;

	for (unsigned i = 0; i < count; i++)
		hash = (hash ^ bytes[i]) * FNV_PRIME;
	return hash;
}

struct lease_record *leases_of_client(struct leases *leases, uint64_t key)
{
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		struct lease_record *lease = &leases->entries[i];
		if (lease->state != LEASE_FREE && lease->state != LEASE_DECLINED &&
		    lease->client == key)
			return lease;
	}
	return NULL;
}

struct lease_record *leases_of_address(struct leases *leases, uint32_t address)
{
	for (unsigned i = 0; i < LEASES_MAX; i++)
		if (leases->entries[i].state != LEASE_FREE && leases->entries[i].address == address)
			return &leases->entries[i];
	return NULL;
}

bool lease_is_current(const struct lease_record *lease, uint64_t now_s)
{
	return lease->state != LEASE_FREE && lease->state != LEASE_RELEASED &&
	       now_s < lease->expires_s;
}

/* --- Which address ------------------------------------------------------- */

static const struct netconf_reservation *reservation_of(const struct netconf_dhcp *dhcp,
							const uint8_t *mac)
{
	for (unsigned i = 0; i < dhcp->reservation_count; i++)
		if (memcmp(dhcp->reservations[i].mac, mac, sizeof(dhcp->reservations[i].mac)) == 0)
			return &dhcp->reservations[i];
	return NULL;
}

static bool is_reserved(const struct netconf_dhcp *dhcp, uint32_t address)
{
	for (unsigned i = 0; i < dhcp->reservation_count; i++)
		if (dhcp->reservations[i].address == address)
			return true;
	return false;
}

static bool is_taken(struct leases *leases, const struct lease_client *client, uint32_t address,
		     uint64_t now_s)
{
	const struct lease_record *lease = leases_of_address(leases, address);

	if (lease == NULL || !lease_is_current(lease, now_s))
		return false;
	return lease->state == LEASE_DECLINED || lease->client != client->key;
}

bool leases_may_have(struct leases *leases, const struct netconf *conf,
		     const struct lease_client *client, uint32_t address, uint64_t now_s)
{
	const struct netconf_dhcp *dhcp = &conf->dhcp;
	const struct netconf_reservation *own = reservation_of(dhcp, client->mac);

	if (is_taken(leases, client, address, now_s))
		return false;
	if (own != NULL)
		return own->address == address;
	return address >= dhcp->first && address <= dhcp->last && address != conf->lan.address &&
	       !is_reserved(dhcp, address);
}

/* Of the pool: an address never used, else the one whose last user is gone longest. */
static uint32_t pool_choose(struct leases *leases, const struct netconf *conf,
			    const struct lease_client *client, uint64_t now_s)
{
	uint32_t oldest = 0;
	uint64_t oldest_s = UINT64_MAX;

	for (uint64_t i = conf->dhcp.first; i <= conf->dhcp.last; i++) {
		uint32_t address = (uint32_t)i;
		if (!leases_may_have(leases, conf, client, address, now_s))
			continue;
		const struct lease_record *former = leases_of_address(leases, address);
		if (former == NULL)
			return address;
		if (former->expires_s < oldest_s) {
			oldest_s = former->expires_s;
			oldest = address;
		}
	}
	return oldest;
}

uint32_t leases_choose(struct leases *leases, const struct netconf *conf,
		       const struct lease_client *client, uint64_t now_s)
{
	const struct netconf_reservation *own = reservation_of(&conf->dhcp, client->mac);
	const struct lease_record *had = leases_of_client(leases, client->key);

	if (own != NULL && leases_may_have(leases, conf, client, own->address, now_s))
		return own->address;
	if (own != NULL)
		return 0;
	if (had != NULL && leases_may_have(leases, conf, client, had->address, now_s))
		return had->address;
	if (client->wish != 0 && leases_may_have(leases, conf, client, client->wish, now_s))
		return client->wish;
	return pool_choose(leases, conf, client, now_s);
}

/* --- Entries ------------------------------------------------------------- */

/* A free entry, else the one that has been over for longest. */
static struct lease_record *entry_find(struct leases *leases, uint64_t now_s)
{
	struct lease_record *oldest = NULL;

	for (unsigned i = 0; i < LEASES_MAX; i++) {
		struct lease_record *lease = &leases->entries[i];
		if (lease->state == LEASE_FREE)
			return lease;
		if (!lease_is_current(lease, now_s) &&
		    (oldest == NULL || lease->expires_s < oldest->expires_s))
			oldest = lease;
	}
	return oldest;
}

struct lease_record *leases_claim(struct leases *leases, const struct lease_client *client,
				  uint32_t address, uint64_t now_s)
{
	struct lease_record *lease = leases_of_address(leases, address);
	struct lease_record *had = leases_of_client(leases, client->key);

	if (lease == NULL)
		lease = had != NULL ? had : entry_find(leases, now_s);
	if (lease == NULL)
		return NULL;
	if (had != NULL && had != lease) { /* a client has one address */
		had->state = LEASE_RELEASED;
		had->client = 0;
		(void)leases_keep(leases, had); /* if not kept, it runs out by itself */
	}
	if (lease->client != client->key || lease->address != address ||
	    !lease_is_current(lease, now_s)) {
		*lease = (struct lease_record){ .state = LEASE_OFFERED, .expires_s = now_s };
	}
	lease->version = LEASE_VERSION;
	lease->address = address;
	lease->client = client->key;
	memcpy(lease->mac, client->mac, sizeof(lease->mac));
	return lease;
}

bool leases_keep(struct leases *leases, const struct lease_record *lease)
{
	return leases->keeper->put((unsigned)(lease - leases->entries), lease);
}

unsigned leases_count(const struct leases *leases, uint64_t now_s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < LEASES_MAX; i++)
		count += leases->entries[i].state == LEASE_BOUND &&
			 lease_is_current(&leases->entries[i], now_s);
	return count;
}
