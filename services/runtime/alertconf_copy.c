/* See alertconf_copy.h and services/proto/alertconf.h: another process writes it meanwhile. */
#include "services/runtime/alertconf_copy.h"

#include "services/runtime/crc32.h"

#include <stddef.h>
#include <string.h>

/* One line: no byte that would end a command of SMTP; and it ends within its room. */
static bool is_line(const char *text, size_t room_bytes)
{
	for (size_t i = 0; i < room_bytes; i++) {
		if (text[i] == 0)
			return true;
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	}
	return false;
}

/* A line that can stand in < and >. */
static bool is_address(const char *text, size_t room_bytes)
{
	return is_line(text, room_bytes) && strpbrk(text, "<> ") == NULL;
}

static bool is_sound(const struct alertconf *conf)
{
	const size_t head_bytes = sizeof(conf->crc32);

	if (conf->version != ALERTCONF_VERSION ||
	    conf->crc32 !=
		    crc32_of((const uint8_t *)conf + head_bytes, sizeof(*conf) - head_bytes) ||
	    conf->enabled > 1 || conf->security > SMTP_TLS ||
	    conf->to_count > ALERTCONF_RECIPIENTS_MAX ||
	    !is_line(conf->server, sizeof(conf->server)) ||
	    !is_line(conf->user, sizeof(conf->user)) ||
	    !is_line(conf->password, sizeof(conf->password)) ||
	    !is_address(conf->from, sizeof(conf->from)))
		return false;
	for (uint32_t i = 0; i < conf->to_count; i++)
		if (!is_address(conf->to[i], sizeof(conf->to[i])))
			return false;
	return true;
}

bool alertconf_copy_update(const struct alertconf_region *region, struct alertconf *copy)
{
	uint32_t current = __atomic_load_n(&region->current, __ATOMIC_ACQUIRE);
	struct alertconf fresh;

	if (current > 1 || region->copies[current].version == 0 ||
	    (copy->version != 0 && region->copies[current].crc32 == copy->crc32))
		return false;
	memcpy(&fresh, &region->copies[current], sizeof(fresh));
	if (!is_sound(&fresh))
		return false;
	*copy = fresh;
	return true;
}
