/*
 * Rules belong to the image (drivers/.../manifest.toml) and offsets count from the
 * device's first port; the compiler of the manifest puts them in order, and refuses
 * such as overlap. A write that touches a ruled register in any way but whole and
 * aligned is refused: no address can be composed of bytes.
 */
#include "kernel/dma_guard.h"

#include "kernel/usermem.h"

static bool rule_allows(const struct slot *slot, const struct manifest_dma_rule *rule,
			uint32_t value)
{
	switch ((enum dma_rule_kind)rule->kind) {
	case DMA_RULE_DEVICE_READS: return usermem_dma_valid(slot, value, rule->length, false);
	case DMA_RULE_DEVICE_WRITES: return usermem_dma_valid(slot, value, rule->length, true);
	case DMA_RULE_BITS: return (value & rule->mask) == rule->bits;
	}
	return false;
}

bool dma_guard_allows(const struct slot *slot, uint64_t port, uint64_t width, uint32_t value)
{
	uint64_t offset = port - slot->entry->device.port_base;

	const struct manifest_dma_rule *rule = slot->image->dma_rules;
	const struct manifest_dma_rule *end = rule + slot->image->dma_rule_count;

	while (rule < end && (uint64_t)rule->offset + rule->width_bytes <= offset)
		rule++;
	if (rule == end || rule->offset >= offset + width)
		return true;
	return offset == rule->offset && width == rule->width_bytes &&
	       rule_allows(slot, rule, value);
}
