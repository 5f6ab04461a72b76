#include "services/runtime/wish.h"

#include "services/proto/rs.h"
#include "services/runtime/service.h"

/* Our own entry; NULL: the manifest does not show it to us. */
static const struct rs_entry *entry_find(void)
{
	const struct start_map *map = region_find("rs.table");
	uint32_t slot = service_info()->self.slot;

	if (map == NULL || map->size_bytes < sizeof(struct rs_table) || slot >= SERVICE_MAX)
		return NULL;
	return &((const struct rs_table *)(uintptr_t)map->address)->services[slot];
}

bool wish_clean_start(const char *what)
{
	const struct rs_entry *entry = entry_find();

	if (entry == NULL || entry->clean_start != RS_YES)
		return false;
	log_error("%s is forgotten, as its recovery policy says after %u deaths in a row", what,
		  (unsigned)entry->deaths_in_row);
	return true;
}

bool wish_device_reset(void)
{
	const struct rs_entry *entry = entry_find();

	if (entry == NULL || entry->device_reset != RS_YES)
		return false;
	log_notice("the device is reset, as its recovery policy says");
	return true;
}
