/* What world.h asks of others, done: calls to RS, DS and the store. */
#include "appliance/webd/keep.h"
#include "appliance/webd/webd.h"
#include "appliance/webd/world.h"
#include "services/proto/config.h"
#include "services/proto/event.h"
#include "services/proto/lease.h"
#include "services/runtime/event.h"
#include "services/runtime/service.h"
#include "services/runtime/store.h"
#include "services/runtime/tls_port.h"

#include <stdio.h>
#include <string.h>

/* Under the heartbeat's period, so that one that hangs does not take us with it. */
#define CALL_TIMEOUT_US 20000u

enum status act_service(enum rs_op op, uint32_t slot, uint32_t argument)
{
	endpoint_t rs = { .slot = world.manifest->rs_slot, .generation = ANY_GENERATION };
	struct rs_request request = { .slot = slot, .argument = argument };
	struct message message = { .op = op };

	memcpy(message.payload.bytes, &request, sizeof(request));
	return service_call(&rs, &message, CALL_TIMEOUT_US);
}

void act_random(void *bytes, size_t count)
{
	if (tls_port_random(NULL, bytes, count) != 0)
		service_panic("no random numbers");
}

enum status act_ds_lease(uint32_t number, struct ds_entry *entry)
{
	char name[DS_NAME_BYTES];

	snprintf(name, sizeof(name), "lease.%u", number);
	return ds_retrieve(name, entry);
}

enum status act_alert_test(uint64_t ticket)
{
	endpoint_t alertd = { .slot = service_slot("alertd"), .generation = ANY_GENERATION };
	struct alert_test test = { .ticket = ticket };
	struct message message = { .op = ALERT_TEST };

	memcpy(message.payload.bytes, &test, sizeof(test));
	return service_call(&alertd, &message, CALL_TIMEOUT_US);
}

enum status act_store_status(struct store_status *status)
{
	return keep_has_store() ? store_status(status) : E_ABSENT;
}

void act_account_save(const struct password_record *record)
{
	webd_account_set(record);
}

enum kept act_account_kept(void)
{
	struct store_status status;

	if (!keep_has_store())
		return KEPT_IN_MEMORY;
	switch (keep_state(KEEP_ACCOUNT)) {
	case KEEP_WAITS: return KEPT_NOT_YET;
	case KEEP_FAILED: return KEPT_NOWHERE;
	case KEEP_SAVED: break;
	}
	if (store_status(&status) != OK)
		return KEPT_NOT_YET;
	return status.mode == STORE_MEMORY ? KEPT_IN_MEMORY : KEPT_ON_DISK;
}

void act_sessions_save(void)
{
	webd_state_save();
}

void act_config_message(char text[DS_VALUE_BYTES + 1])
{
	struct ds_entry entry;

	text[0] = '\0';
	if (ds_retrieve(CONFIG_STATUS_NAME, &entry) != OK || entry.length_bytes > DS_VALUE_BYTES)
		return;
	memcpy(text, entry.value, entry.length_bytes);
	text[entry.length_bytes] = '\0';
}

void act_password_changed(uint32_t address)
{
	log_notice("the administrator's password was changed from %u.%u.%u.%u; other sessions end",
		   address >> 24, address >> 16 & 255u, address >> 8 & 255u, address & 255u);
}

/* The owner hears of it when it begins to look like guessing, and then now and then. */
void act_login_failed(uint32_t address, uint32_t failures)
{
	if (failures != SESSION_FAILURES_FREE && failures % 10 != 0) {
		log_warning("login failed from %u.%u.%u.%u", address >> 24, address >> 16 & 255u,
			    address >> 8 & 255u, address & 255u);
		return;
	}
	event_publish(EVENT_LOGIN_FAILED, EVENT_WARNING,
		      "%u wrong passwords in a row from %u.%u.%u.%u", failures, address >> 24,
		      address >> 16 & 255u, address >> 8 & 255u, address & 255u);
}
