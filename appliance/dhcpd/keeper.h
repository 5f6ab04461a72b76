/* Keeps the leases in DS, as "lease.N" (services/proto/lease.h), over our own death. */
#ifndef DHCPD_KEEPER_H
#define DHCPD_KEEPER_H

#include "appliance/dhcpd/leases.h"

extern const struct lease_keeper keeper_ds;

/* Withdraws what DS has from *next on, and counts *next up. False: DS is not there, call again. */
bool keeper_forget(unsigned *next);

#endif
