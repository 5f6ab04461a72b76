/*
 * What the kernel shows: the kernel table (region "ktable"), the kernel log
 * (region "klog") and each service's start information. Read-only for
 * services; the kernel is the only writer, so no call is needed to look.
 */
#ifndef ABI_TABLE_H
#define ABI_TABLE_H

#include "layout.h"
#include "message.h"

#include <assert.h>
#include <stdint.h>

enum service_state {
	SERVICE_EMPTY = 0, /* never started, or waits for a device */
	SERVICE_ALIVE = 1,
	SERVICE_DEAD = 2, /* RS has been told */
};

#define EXIT_CAUSE_TABLE(X)                                                    \
	X(NONE, 0, "none")                                                     \
	X(EXCEPTION, 1, "exception") /* exit_detail: vector; fault address */  \
	X(PANIC, 2, "panic") /* exit_text says why */                          \
	X(EXIT, 3, "exit") /* exit_detail: code */                             \
	X(HEARTBEAT, 4, "heartbeat") /* RS: it did not answer in time */       \
	X(REQUEST, 5, "request") /* RS: the administrator asked */             \
	X(COMPLAINT, 6, "complaint") /* RS: a partner complained */            \
	X(REFUSALS, 7, "refusals") /* RS: it knocked on closed doors */        \
	X(FAULTED, 8, "malformed request") /* a server faulted it */           \
	X(DEPENDENCY, 9, "dependency") /* RS: one it shares state with died */ \
	X(UPDATE, 10, "update")

enum exit_cause {
#define X(name, number, text) EXIT_##name = (number),
	EXIT_CAUSE_TABLE(X)
#undef X
};

#define COMPLAINT_TABLE(X)                                                     \
	X(NONE, 0, "none")                                                     \
	X(RING_INDEX, 1, "ring index out of range")                            \
	X(RING_BUFFER, 2, "ring buffer out of range or used twice")            \
	X(PROTOCOL, 3, "answer that breaks the protocol")                      \
	X(STALLED, 4, "work queued and none completed")                        \
	X(SILENT, 5, "nothing received, though neighbours were asked")

enum complaint {
#define X(name, number, text) COMPLAINT_##name = (number),
	COMPLAINT_TABLE(X)
#undef X
};

enum device_bus {
	DEVICE_NONE = 0,
	DEVICE_PCI = 1,
	DEVICE_ISA = 2,
};

#define IRQ_LINE_NONE 0xffu

/* The device that the pci service handed to a driver slot. */
struct device_info {
	uint8_t bus; /* enum device_bus */
	uint8_t irq_line; /* 0 to 15: becomes the slot's irq 0; or IRQ_LINE_NONE */
	uint16_t image; /* which of the slot's images drives it: 0, 1, ... */
	uint16_t vendor, device; /* PCI only */
	uint16_t pci_address; /* bus << 8 | device << 3 | function */
	uint16_t port_base, port_count; /* I/O ports; count 0: none */
	uint16_t reserved;
	uint32_t order; /* rank in PCI order, ISA after */
	uint32_t memory_base, memory_bytes; /* whole pages, at USER_DEVICE_BASE; bytes 0: none */
};
static_assert(sizeof(struct device_info) == 28, "layout");
static_assert(sizeof(struct device_info) <= MESSAGE_PAYLOAD_BYTES, "is a payload");

struct refusals {
	uint32_t call; /* kernel call not in the bitmap */
	uint32_t target; /* call or notify to an undeclared target */
	uint32_t port; /* port not in the ranges */
	uint32_t dma; /* value refused by the DMA guard */
	uint32_t memory; /* address not ours */
	uint32_t last_call; /* the number of the call last refused, and */
	uint64_t last_value; /* the target, port, value or address it was about */
};

struct service_entry {
	uint32_t state; /* enum service_state */
	uint32_t generation; /* 0 before the first start */
	uint64_t started_us, died_us; /* since boot */
	uint64_t cpu_us; /* in all its lives */
	uint32_t turns; /* times it began to receive, and starts, modulo 2^32 */
	uint32_t rests; /* 1: it waited at the head of its loop when the kernel's timer last ran */
	uint64_t messages; /* calls it made, in all its lives */
	uint64_t budget_exhausted; /* times */
	struct refusals refusals; /* of this life */
	uint32_t complaints; /* about this life */
	uint32_t complaint; /* enum complaint, the last one */
	uint32_t complainer; /* slot */
	uint32_t exit_cause; /* enum exit_cause, of the last death */
	uint64_t exit_detail;
	uint64_t exit_address; /* of a fault */
	uint64_t exit_rip, exit_rsp;
	char exit_text[64];
	uint32_t memory_bytes; /* reserved for it alone */
	struct device_info device;
	uint32_t irqs; /* interrupts that arrived for it */
	uint32_t irq_deadlines; /* of them, not acknowledged in time */
	uint32_t updated; /* enum image_source of this life */
	uint32_t updatable; /* 1: the update bundle has an image for it */
};

/* Where a service's program comes from. */
enum image_source {
	IMAGE_BOOTED = 0, /* the module "bundle" */
	IMAGE_UPDATE = 1, /* the module "update": programs only, what they may do stays */
};

struct kernel_table {
	uint64_t tsc_khz;
	uint64_t boot_tsc; /* time zero */
	uint64_t memory_bytes; /* usable memory of the machine below 4 GiB */
	uint64_t reserved_bytes; /* of it, given out at boot; nothing is later */
	uint64_t idle_us;
	uint64_t interrupts;
	uint64_t irq_storms; /* times a line was masked and polled */
	uint32_t service_count;
	uint32_t config_bytes; /* length of the "config" module; 0: there is none */
	uint32_t features; /* CPU_* in use */
	uint32_t warm; /* 1: warm regions hold what they held before the reboot */
	char update_id[64]; /* build_id of the module "update"; empty: there is none */
	struct service_entry services[SERVICE_MAX];
};

enum cpu_features {
	CPU_SMEP = 1,
	CPU_SMAP = 2,
	CPU_UMIP = 4,
	CPU_APIC = 8,
	CPU_NX = 16,
};

#define KERNEL_LOG_RECORDS 512
#define LOG_FROM_KERNEL 0xffffu

struct log_record {
	uint64_t sequence; /* from 1; written last, 0 while the record changes */
	uint64_t time_us; /* since boot */
	uint16_t slot; /* or LOG_FROM_KERNEL */
	uint16_t level; /* enum log_level */
	uint32_t generation;
	uint16_t length_bytes;
	char text[LOG_TEXT_BYTES]; /* no newline at the end */
	char reserved[256 - 24 - 2 - LOG_TEXT_BYTES];
};
static_assert(sizeof(struct log_record) == 256, "layout");

struct kernel_log {
	uint64_t next_sequence; /* record s is records[s % KERNEL_LOG_RECORDS] */
	uint64_t reserved[31];
	struct log_record records[KERNEL_LOG_RECORDS];
};

struct start_map {
	char alias[NAME_BYTES];
	uint64_t address;
	uint64_t size_bytes;
	uint64_t physical; /* as the device sees it; 0 without MAP_DMA */
	uint64_t access; /* enum map_access */
};

/*
 * Crash records (region "crashes"): one a death, and the kernel's own last
 * words, in a ring that survives a warm reboot. `crc32` is zlib's of the bytes
 * behind it; a record that does not check out was cut short, and is none.
 */
#define CRASH_RECORDS 64
#define CRASH_STACK_WORDS 32
#define CRASH_TRACE_CALLS 16
#define CRASH_OF_KERNEL 0xffffffffu

struct crash_record {
	uint32_t crc32;
	uint32_t sequence; /* from 1, over warm reboots too; 0: never used */
	uint32_t boot; /* which boot since the last cold one, from 1 */
	uint32_t slot; /* or CRASH_OF_KERNEL: cause 0, text says why */
	uint32_t generation;
	uint32_t cause; /* enum exit_cause */
	uint64_t time_us; /* since that boot */
	uint64_t detail, address; /* as exit_detail and exit_address */
	uint64_t registers[18]; /* r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi rip rflags rsp */
	uint64_t stack[CRASH_STACK_WORDS]; /* from rsp upwards; zeros where that is not its memory */
	uint32_t trace[CRASH_TRACE_CALLS]; /* its last kernel calls, the latest last; ~0: none */
	char name[NAME_BYTES], image[NAME_BYTES];
	char build_id[64]; /* of the bundle that the image is from */
	char text[64]; /* of a panic */
};

struct crash_log {
	uint32_t magic; /* CRASH_LOG_MAGIC */
	uint32_t boots; /* since the last cold one */
	uint32_t next_sequence;
	uint32_t reserved;
	struct crash_record records[CRASH_RECORDS]; /* record s is records[s % CRASH_RECORDS] */
};

#define CRASH_LOG_MAGIC 0x48535243u /* "CRSH" */

/* The page at USER_START_INFO. */
struct start_info {
	uint64_t tsc_khz;
	uint64_t boot_tsc;
	endpoint_t self;
	uint32_t restarted; /* 0 at the first start, then 1 */
	uint32_t exit_cause; /* enum exit_cause of the previous life */
	uint32_t rs_slot;
	uint32_t service_count;
	uint32_t map_count;
	uint32_t heap_bytes;
	struct device_info device;
	uint32_t ports_direct; /* 1: user mode reaches its ports, no kernel call is needed */
	char names[SERVICE_MAX][NAME_BYTES]; /* of all slots */
	struct start_map maps[SERVICE_MAPS_MAX];
};
static_assert(sizeof(struct start_info) <= PAGE_BYTES, "one page");

#endif
