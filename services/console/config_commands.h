/*
 * `config ...`: what its files share. Everything is asked of the configuration
 * service; documents come as JSON and are laid out here. Not pure: it calls config.
 */
#ifndef CONSOLE_CONFIG_COMMANDS_H
#define CONSOLE_CONFIG_COMMANDS_H

#include "services/console/command.h"
#include "services/runtime/config.h"

/*
 * What a status of config's means to who typed it. A config that is slow or being restarted is
 * asked again with the next step, so that our own heartbeat is answered in between.
 */
bool config_fail(struct job *job, struct text *out, enum status status,
		 const struct config_note *note);
bool config_serial_read(const char *word, uint32_t *serial);

#endif
