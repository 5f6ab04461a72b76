/* Until services/runtime/config.c is there: no configuration service. */
#include "services/runtime/config.h"

enum status config_status(struct config_status *status)
{
	(void)status;
	return E_AGAIN;
}

enum status config_read(enum config_what what, uint32_t serial, size_t offset, void *bytes,
			size_t room, struct config_reply *reply)
{
	(void)what, (void)serial, (void)offset, (void)bytes, (void)room, (void)reply;
	return E_AGAIN;
}

enum status config_write(size_t offset, const void *bytes, size_t length, size_t total,
			 struct config_note *note)
{
	(void)offset, (void)bytes, (void)length, (void)total, (void)note;
	return E_AGAIN;
}

enum status config_discard(void)
{
	return E_AGAIN;
}

enum status config_check(struct config_note *note)
{
	(void)note;
	return E_AGAIN;
}

enum status config_commit(uint32_t confirm_s, struct config_note *note, uint32_t *serial)
{
	(void)confirm_s, (void)note, (void)serial;
	return E_AGAIN;
}

enum status config_confirm(void)
{
	return E_AGAIN;
}

enum status config_rollback(uint32_t to_serial, uint32_t confirm_s, struct config_note *note,
			    uint32_t *serial)
{
	(void)to_serial, (void)confirm_s, (void)note, (void)serial;
	return E_AGAIN;
}
