/*
 * A page at the head says what bundle wrote the rest; what that means, and
 * whether it is whole, is checked by whoever maps it. If the place is in use by
 * the boot loader, or never was ours, all of it is zero.
 */
#include "kernel/warm.h"

#include "kernel/bundle.h"
#include "kernel/log.h"
#include "kernel/string.h"

#define WARM_BASE  0x2000000ull /* above what EDK II uses to start; GRUB keeps to both ends */
#define WARM_SMALL 0x1000000ull /* a machine of 32 MiB has no UEFI */
#define WARM_MAGIC 0x4d524157u

struct warm_head {
	uint32_t magic, manifest_crc;
	uint64_t bytes;
};

static uint64_t next, end;

static uint64_t bytes_wanted(void)
{
	uint64_t bytes = PAGE_BYTES + pages_up(sizeof(struct crash_log));

	for (unsigned i = 0; i < manifest->region_count; i++)
		if (manifest->regions[i].flags & REGION_WARM)
			bytes += manifest->regions[i].size_bytes;
	return bytes;
}

bool warm_init(void)
{
	const struct warm_head wanted = { WARM_MAGIC, manifest->crc32, bytes_wanted() };
	uint64_t base = memory_take_at(WARM_BASE, wanted.bytes) ? WARM_BASE : WARM_SMALL;

	if (base == WARM_SMALL && !memory_take_at(base, wanted.bytes)) {
		klog(LOG_WARNING,
		     "nothing will survive a warm reboot: its place in memory is taken");
		next = memory_take(wanted.bytes, "warm regions").address + PAGE_BYTES;
		end = next + wanted.bytes - PAGE_BYTES;
		return false;
	}
	struct warm_head *head = physical_pointer((physical_t){ base });
	bool held = !memcmp(head, &wanted, sizeof(wanted));

	next = base + PAGE_BYTES;
	end = base + wanted.bytes;
	if (!held) {
		memset(head, 0, wanted.bytes);
		*head = wanted;
	}
	return held;
}

physical_t warm_take(uint64_t bytes)
{
	physical_t piece = { next };

	next += pages_up(bytes);
	if (next > end)
		panic("more warm memory asked for than there is");
	return piece;
}
