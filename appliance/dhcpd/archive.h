/*
 * All leases as one record of the store, for after a reboot. Pure.
 *
 * Times in it are what is left of a lease, not when it ends: the clock since
 * boot begins anew, and what time it is may be unknown. So a lease lasts longer
 * for us by the time that the machine was off, and no address is given to
 * somebody else too early.
 */
#ifndef DHCPD_ARCHIVE_H
#define DHCPD_ARCHIVE_H

#include "appliance/dhcpd/leases.h"

#include <stddef.h>

#define ARCHIVE_VERSION 1u

struct archive {
	uint32_t version;
	uint32_t count;
	struct lease_record leases[LEASES_MAX]; /* expires_s: what is left, seconds */
};

/* Returns how many bytes of it are in use. */
size_t archive_make(struct archive *archive, const struct leases *leases, uint64_t now_s);
/*
 * Adds what the archive has and `leases` has not, of any `bytes` bytes. Records that cannot be
 * right are dropped. Returns how many were added; nothing is kept yet.
 */
unsigned archive_take(const struct archive *archive, size_t bytes, struct leases *leases,
		      uint64_t now_s);

#endif
