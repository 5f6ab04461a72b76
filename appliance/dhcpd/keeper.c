/* See keeper.h. A store on disk takes its place by another struct lease_keeper. */
#include "appliance/dhcpd/keeper.h"

#include "services/runtime/ds.h"

#include <stdio.h>
#include <string.h>

static void name_of(unsigned number, char name[DS_NAME_BYTES])
{
	snprintf(name, DS_NAME_BYTES, "lease.%u", number);
}

static bool keeper_put(unsigned number, const struct lease_record *record)
{
	char name[DS_NAME_BYTES];

	name_of(number, name);
	return ds_publish(name, record, sizeof(*record)) == OK;
}

static enum status keeper_get(unsigned number, struct lease_record *record)
{
	struct ds_entry entry;
	char name[DS_NAME_BYTES];

	name_of(number, name);
	enum status status = ds_retrieve(name, &entry);
	if (status != OK)
		return status;
	if (entry.length_bytes != sizeof(*record))
		return E_ABSENT;
	memcpy(record, entry.value, sizeof(*record));
	return OK;
}

bool keeper_forget(unsigned *next)
{
	char name[DS_NAME_BYTES];

	for (; *next < LEASES_MAX; (*next)++) {
		name_of(*next, name);
		enum status status = ds_withdraw(name);
		if (status != OK && status != E_ABSENT)
			return false;
	}
	return true;
}

const struct lease_keeper keeper_ds = { .put = keeper_put, .get = keeper_get };
