#include "tests/unit/store_fake.h"

#include "services/runtime/service.h"
#include "tests/unit/unit.h"

#include <string.h>

struct store_fake store_fake;

void store_fake_reset(void)
{
	memset(&store_fake, 0, sizeof(store_fake));
}

void store_fake_reboot(void)
{
	store_fake.under_way = false;
}

enum status store_get(const char *name, void *value, size_t room_bytes, size_t *bytes)
{
	assert_in_range(strlen(name), 1, STORE_NAME_BYTES - 1);
	if (store_fake.get_status != OK)
		return store_fake.get_status;
	if (!store_fake.there)
		return E_ABSENT;
	assert_in_range(store_fake.bytes, 1, room_bytes);
	memcpy(value, store_fake.record, store_fake.bytes);
	*bytes = store_fake.bytes;
	return OK;
}

static enum status settle(void)
{
	store_fake.under_way = false;
	if (store_fake.result_status != OK)
		return store_fake.result_status;
	store_fake.there = true;
	store_fake.bytes = store_fake.coming_bytes;
	memcpy(store_fake.record, store_fake.coming, store_fake.coming_bytes);
	return OK;
}

enum status store_put(const char *name, const void *value, size_t bytes)
{
	assert_in_range(strlen(name), 1, STORE_NAME_BYTES - 1);
	assert_in_range(bytes, 1, STORE_VALUE_BYTES);
	store_fake.tries++;
	if (store_fake.under_way) { /* of a former life, who did not wait for the result */
		(void)settle();
		return E_AGAIN;
	}
	if (store_fake.put_status != OK)
		return store_fake.put_status;
	store_fake.puts++;
	store_fake.under_way = true;
	store_fake.coming_bytes = bytes;
	memcpy(store_fake.coming, value, bytes);
	return OK;
}

enum status store_result(void)
{
	if (!store_fake.under_way)
		return E_ABSENT;
	return store_fake.result_status == E_AGAIN ? E_AGAIN : settle();
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	store_fake.logged += level <= LOG_WARNING;
}
