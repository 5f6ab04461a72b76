/* Log records as text: for `show log`, and for what appears by itself. */
#ifndef CONSOLE_SHOW_LOG_H
#define CONSOLE_SHOW_LOG_H

#include "kernel/abi/table.h"
#include "services/console/text.h"

/* One line: time since boot, service, level if it matters, text. */
void log_record_text(const struct log_record *record, struct text *out);

#endif
