/*
 * What the owner was told, as alertd has it (region "alert.table", which changes
 * and may be nonsense). Pure.
 */
#ifndef WEBD_ALERTS_H
#define WEBD_ALERTS_H

#include "services/proto/alert.h"

#include <stdbool.h>
#include <stdint.h>

/* Copies record `at` of ALERT_HISTORY; false: there is none, or it changes just now. */
bool alerts_copy(unsigned at, struct alert_record *record);
/* 0: none. The latest number's predecessors go back for ALERT_HISTORY at most. */
struct alerts_latest {
	uint64_t number, change; /* change: of any */
};
struct alerts_latest alerts_latest(void);

#endif
