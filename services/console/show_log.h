/* Log records as text: for `show log`, and for what appears by itself. */
#ifndef CONSOLE_SHOW_LOG_H
#define CONSOLE_SHOW_LOG_H

#include "kernel/abi/table.h"
#include "services/console/text.h"
#include "services/proto/clockpage.h"

/* One line: time since boot, wall time if wanted and known, service, level if it matters, text. */
void log_record_text(const struct log_record *record, const struct clock_page *clock,
		     struct text *out);

#endif
