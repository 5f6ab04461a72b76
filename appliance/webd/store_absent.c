/* Until services/runtime/store.c is there: no store. */
#include "services/runtime/store.h"

enum status store_put(const char *name, const void *value, size_t bytes)
{
	(void)name, (void)value, (void)bytes;
	return E_ABSENT;
}

enum status store_result(void)
{
	return E_ABSENT;
}

enum status store_get(const char *name, void *value, size_t room_bytes, size_t *bytes)
{
	(void)name, (void)value, (void)room_bytes, (void)bytes;
	return E_ABSENT;
}

enum status store_status(struct store_status *status)
{
	(void)status;
	return E_ABSENT;
}
