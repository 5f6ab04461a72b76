#include "appliance/dhcpd/archive.h"

#include <string.h>

#define REST_MAX_S (400ull * 24 * 3600) /* more than any configuration allows: nonsense */

size_t archive_make(struct archive *archive, const struct leases *leases, uint64_t now_s)
{
	memset(archive, 0, sizeof(*archive));
	archive->version = ARCHIVE_VERSION;
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		const struct lease_record *lease = &leases->entries[i];
		struct lease_record *kept = &archive->leases[archive->count];

		if (lease->state == LEASE_FREE || lease->state == LEASE_OFFERED)
			continue;
		*kept = *lease;
		kept->expires_s = lease->expires_s > now_s ? lease->expires_s - now_s : 0;
		archive->count++;
	}
	return offsetof(struct archive, leases) + archive->count * sizeof(archive->leases[0]);
}

static bool archive_holds(const struct archive *archive, size_t bytes)
{
	return bytes >= offsetof(struct archive, leases) && archive->version == ARCHIVE_VERSION &&
	       archive->count <= LEASES_MAX &&
	       bytes >= offsetof(struct archive, leases) +
				archive->count * sizeof(archive->leases[0]);
}

unsigned archive_take(const struct archive *archive, size_t bytes, struct leases *leases,
		      uint64_t now_s)
{
	unsigned added = 0;

	if (!archive_holds(archive, bytes))
		return 0;
	for (uint32_t i = 0; i < archive->count; i++) {
		struct lease_record lease = archive->leases[i];

		if (lease.expires_s > REST_MAX_S)
			continue;
		lease.expires_s += now_s;
		added += leases_add(leases, &lease);
	}
	return added;
}
