/*
 * The compiled manifest: what the manifest compiler (image/) writes at the
 * head of the bundle and the kernel obeys. All numbers are little-endian.
 *
 * bundle:	struct manifest, then each image's segments, each on a page
 *		boundary of the file. `crc32` (IEEE 802.3, reflected, as zlib's)
 *		of the manifest with that field zero, and of each image's bytes.
 *
 * The kernel checks both sums and every offset once at boot, and starts
 * nothing if one is wrong. The manifest is mapped read-only for services that
 * map the region "manifest".
 */
#ifndef ABI_MANIFEST_H
#define ABI_MANIFEST_H

#include "layout.h"
#include "syscall.h"

#include <assert.h>
#include <stdint.h>

#define MANIFEST_MAGIC 0x3148424bu /* "KBH1" */
#define MANIFEST_VERSION 1u

enum region_kind {
	REGION_MEMORY = 0, /* zeroed at boot; kept over restarts of its users */
	REGION_MANIFEST = 1, /* this structure, and of the bundle behind it what has room; read-only */
	REGION_KERNEL_TABLE = 2, /* struct kernel_table, read-only */
	REGION_KERNEL_LOG = 3, /* struct kernel_log, read-only */
	REGION_BOOT_CONFIG = 4, /* the Multiboot2 module "config", read-only */
	REGION_DEVICE = 5, /* physical memory of a device at `physical`, uncached */
	REGION_CRASHES = 6, /* struct crash_log, read-only */
};

enum region_flags {
	/*
	 * REGION_MEMORY that also survives a warm reboot of the same bundle, if the
	 * machine leaves its memory alone: whoever maps it checks what it finds.
	 */
	REGION_WARM = 1,
};

struct manifest_region {
	char name[NAME_BYTES];
	uint32_t kind; /* enum region_kind */
	uint32_t address; /* where it is mapped, in every service that maps it */
	uint32_t size_bytes; /* whole pages */
	uint32_t flags; /* enum region_flags */
	uint64_t physical; /* REGION_DEVICE only */
};
static_assert(sizeof(struct manifest_region) == 40, "layout");

enum map_access {
	MAP_WRITE = 1,
	MAP_DMA = 2, /* the service's device may be pointed at it */
};

struct manifest_map {
	char alias[NAME_BYTES]; /* the name the service knows it by */
	uint16_t region;
	uint16_t access; /* enum map_access, OR-ed; reading is always allowed */
	uint32_t reserved;
};
static_assert(sizeof(struct manifest_map) == 24, "layout");

struct manifest_ports {
	uint16_t base;
	uint16_t count;
	uint32_t probe; /* 1: only until the range is assigned to a driver */
};

struct manifest_irq {
	uint8_t line; /* 0 to 15 */
	uint8_t reserved;
	uint16_t deadline_us; /* unmasked this long after arrival even if not acknowledged */
};

enum service_flags {
	SERVICE_FPU = 1, /* may use SSE registers */
	SERVICE_DEVICE = 2, /* is started once a device is assigned to it */
	SERVICE_RS = 4, /* the reincarnation server */
};

#define RECOVERY_STEPS_MAX 6

struct manifest_recovery {
	uint16_t step; /* enum recovery_step of services/proto/recovery.h */
	uint16_t reserved;
	uint32_t argument;
};

struct manifest_service {
	char name[NAME_BYTES];
	uint32_t flags;
	uint32_t priority; /* 0 to PRIORITY_COUNT - 1 */
	uint32_t budget_us; /* of processor time in each period */
	uint32_t period_us;
	uint32_t stack_bytes; /* whole pages */
	uint32_t heap_bytes; /* whole pages */
	uint32_t heartbeat_ms; /* 0: not watched */
	uint32_t kernel_calls; /* a bit a call */
	uint64_t call_targets; /* a bit a slot */
	uint64_t notify_targets;
	uint64_t start_after; /* slots that have to be ready before */
	uint32_t image_count, map_count, port_count, irq_count;
	uint16_t images[SERVICE_IMAGES_MAX]; /* one, or one a kind of device */
	struct manifest_map maps[SERVICE_MAPS_MAX];
	struct manifest_ports ports[SERVICE_PORTS_MAX];
	struct manifest_irq irqs[SERVICE_IRQS_MAX];
	struct manifest_recovery recovery[RECOVERY_STEPS_MAX];
};
static_assert(sizeof(struct manifest_service) == 1184, "layout");

enum segment_access {
	SEGMENT_WRITE = 1,
	SEGMENT_EXECUTE = 2,
};

struct manifest_segment {
	uint64_t offset; /* in the bundle, on a page boundary */
	uint32_t address; /* on a page boundary */
	uint32_t file_bytes; /* the rest up to memory_bytes is zero */
	uint32_t memory_bytes;
	uint32_t access; /* enum segment_access, never both */
};

struct manifest_pci_id {
	uint16_t vendor, device;
};

struct manifest_isa {
	uint16_t port, count; /* of I/O ports */
	uint32_t irq;
};

/*
 * A register of the device's own in PCI configuration space (0x40 and above),
 * which drivers cannot reach: the pci service writes it before it hands the
 * device out.
 */
struct manifest_pci_write {
	uint8_t offset, width_bytes;
	uint16_t reserved;
	uint32_t value;
};

/* A device register that the kernel guards; see design, DMA guard. */
enum dma_rule_kind {
	/* The value begins `length` bytes that all lie in one MAP_DMA region, ... */
	DMA_RULE_DEVICE_READS = 1,
	DMA_RULE_DEVICE_WRITES = 2, /* ... one that the driver itself may write */
	DMA_RULE_BITS = 3, /* value & mask has to be `bits` */
};

struct manifest_dma_rule {
	uint16_t offset; /* from the device's first I/O port */
	uint8_t width_bytes; /* any other width at that place is refused */
	uint8_t kind; /* enum dma_rule_kind */
	uint32_t length;
	uint32_t mask;
	uint32_t bits;
};

struct manifest_image {
	char name[NAME_BYTES];
	uint64_t offset; /* of the first segment in the bundle */
	uint32_t size_bytes; /* of all segments in the bundle, whole pages */
	uint32_t crc32; /* of those bytes */
	uint64_t entry;
	uint64_t crash_entry; /* test images: void service_crash(enum crash_how) */
	uint32_t segment_count, pci_id_count, isa_count, dma_rule_count;
	struct manifest_segment segments[IMAGE_SEGMENTS_MAX];
	struct manifest_pci_id pci_ids[IMAGE_PCI_IDS_MAX];
	struct manifest_isa isa[IMAGE_ISA_MAX];
	struct manifest_dma_rule dma_rules[IMAGE_DMA_RULES_MAX];
	uint32_t pci_write_count, reserved;
	struct manifest_pci_write pci_writes[IMAGE_PCI_WRITES_MAX];
};
static_assert(sizeof(struct manifest_image) == 472, "layout");

struct manifest {
	uint32_t magic;
	uint32_t version;
	uint32_t crc32; /* of the first manifest_bytes, this field taken as zero */
	uint32_t manifest_bytes; /* whole pages */
	uint64_t bundle_bytes;
	uint32_t service_count, region_count, image_count;
	uint32_t rs_slot; /* the one with SERVICE_RS: the kernel starts it */
	char build_id[64]; /* text */
	struct manifest_service services[SERVICE_MAX];
	struct manifest_region regions[REGION_MAX];
	struct manifest_image images[IMAGE_MAX];
};

#endif
