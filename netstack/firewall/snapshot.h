/* What the firewall shows in the region "fw.table" (services/proto/fwtable.h). */
#ifndef FIREWALL_SNAPSHOT_H
#define FIREWALL_SNAPSHOT_H

#include "netstack/firewall/fw.h"
#include "netstack/firewall/fw_port.h"

#define SNAPSHOT_INTERVAL_US 200000u

/* Starts on the region; after a restart takes back the counters of former lives. */
void snapshot_init(struct fw_table *table, struct firewall *fw, struct fw_ports *ports,
		   bool restarted);

/* Writes everything anew, between an odd and an even sequence. */
void snapshot_write(struct fw_table *table, const struct firewall *fw, const struct fw_ports *ports,
		    uint64_t now_us);

#endif
