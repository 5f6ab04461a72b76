#include "appliance/dhcpd/shelf.h"

#include "appliance/dhcpd/archive.h"
#include "services/runtime/service.h"
#include "services/runtime/writeback.h"

#define US_A_SECOND 1000000u

static struct leases *leases;
static struct archive archive;

_Static_assert(sizeof(struct archive) <= STORE_VALUE_BYTES, "one record has room for all leases");

static size_t archive_fill(uint64_t now_us)
{
	return archive_make(&archive, leases, now_us / US_A_SECOND);
}

static struct writeback record = {
	.name = "leases",
	.what = "leases",
	.level = LOG_WARNING,
	.value = &archive,
	.room_bytes = sizeof(archive),
	.rest_us = SHELF_REST_S * US_A_SECOND,
	.fill = archive_fill,
};

void shelf_init(struct leases *of)
{
	leases = of;
}

bool shelf_load(uint64_t now_us)
{
	size_t bytes = 0;
	enum status status = writeback_load(&record, &bytes, now_us);

	if (status == E_AGAIN)
		return false;
	if (status == OK)
		log_info("%u leases from the store",
			 archive_take(&archive, bytes, leases, now_us / US_A_SECOND));
	else if (status != E_ABSENT)
		log_warning("the store does not give its leases: %s", status_text(status));
	return true;
}

void shelf_mark(uint64_t now_us)
{
	writeback_mark(&record, now_us);
}

uint64_t shelf_save(uint64_t now_us)
{
	return writeback_work(&record, now_us);
}
