/*
 * From where alerts come: events in DS, RS's table, the crash records, the WAN's
 * ports and lease. Looks at them, and gives what it sees to intake.c. Not pure.
 */
#ifndef ALERTD_SOURCES_H
#define ALERTD_SOURCES_H

#include "appliance/alertd/intake.h"
#include "services/proto/alertconf.h"

/* Finds the regions. `again`: not the first life of this boot, so its start has been told. */
void sources_init(struct alert_queue *queue, struct history *history, bool again);
/*
 * Everything that is new, for an owner who wants this. Before that is known (version 0) nothing
 * is taken: DS and RS keep it. True: something is about to be told; look again soon.
 */
bool sources_look(const struct alertconf *alerts, uint64_t now_us);
/* RS has us do a turn after a death: was it one to tell of? */
bool sources_rs_has_news(void);
/* As it was at the last look; version 0: none yet. */
const struct netconf *sources_netconf(void);
/* Wall time, in microseconds since 1970; 0: nobody knows. */
int64_t sources_unix_us(uint64_t now_us);

#endif
