/*
 * RS calls nobody, so its alerts lie in rs.table; DS publishes them for those
 * who send them on. Pure.
 */
#ifndef DS_ALERT_H
#define DS_ALERT_H

#include "services/proto/ds.h"
#include "services/proto/rs.h"

#include <stdbool.h>

struct alert_name {
	char name[DS_NAME_BYTES]; /* "alert.N", N from 0 to RS_ALERTS_MAX - 1 */
	char value[DS_VALUE_BYTES];
	uint32_t length_bytes;
};

/*
 * The next alert behind number *seen, which then counts as seen. False: there is none. One that RS
 * overwrites meanwhile is passed over.
 */
bool alert_next(const struct rs_table *table, uint64_t *seen, struct alert_name *name);

#endif
