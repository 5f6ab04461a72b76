#include "appliance/dhcpd/shelf.h"

#include "appliance/dhcpd/archive.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"

#define NAME      "leases"
#define FAILURE_S 60u /* until the next try after one that failed */

static struct archive archive; /* lent to the store; static so that it outlives a late reply */
static bool changed, saving, failed;
static uint64_t next_s, wait_until_s;

_Static_assert(sizeof(struct archive) <= STORE_VALUE_BYTES, "one record has room for all leases");

bool shelf_load(struct leases *leases, uint64_t now_s)
{
	size_t bytes = 0;
	enum status status = store_get(NAME, &archive, sizeof(archive), &bytes);

	if (wait_until_s == 0)
		wait_until_s = now_s + SHELF_WAIT_S;
	if ((status == E_AGAIN || status == E_TIMEOUT) && now_s < wait_until_s)
		return false;
	if (status == OK)
		log_info("%u leases from the store", archive_take(&archive, bytes, leases, now_s));
	else if (status != E_ABSENT)
		log_warning("the store does not give its leases: %s", status_text(status));
	return true;
}

void shelf_mark(void)
{
	changed = true;
}

/* Said once, until it works again. */
static void save_failed(enum status status, uint64_t now_s)
{
	if (!failed)
		log_warning("leases are not in the store: %s", status_text(status));
	failed = changed = true;
	next_s = now_s + FAILURE_S;
}

static bool save_look(uint64_t now_s)
{
	enum status status = store_result();

	if (status == E_AGAIN || status == E_TIMEOUT)
		return true;
	saving = false;
	if (status == OK)
		failed = false;
	else if (status == E_ABSENT)
		changed = true;
	else
		save_failed(status, now_s);
	return changed;
}

bool shelf_save(const struct leases *leases, uint64_t now_s)
{
	enum status status;

	if (saving)
		return save_look(now_s);
	if (!changed || now_s < next_s)
		return false;
	status = store_put(NAME, &archive, archive_make(&archive, leases, now_s));
	if (status == E_AGAIN || status == E_TIMEOUT)
		return true;
	if (status != OK) {
		save_failed(status, now_s);
		return false;
	}
	saving = true;
	changed = false;
	next_s = now_s + SHELF_REST_S;
	return true;
}
