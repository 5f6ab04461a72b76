/*
 * A plugin for QEMU (TCG plugins, version 1 of the interface) that notes when the
 * guest first executes the instruction at an address:
 *
 *	qemu-system-x86_64 -plugin moment.so,at=0x100000,when=PATH
 *
 * Its time, in nanoseconds of CLOCK_MONOTONIC, becomes the first eight bytes of
 * PATH, which has to be 16 long, and what the guest's processor has taken of the
 * host's until then the others. Blocks of code elsewhere are left as they are.
 *
 * QEMU's header is not packaged: what is used of the interface stands here.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info;
enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
};

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id_t id,
					   void (*translated)(plugin_id_t,
							      struct qemu_plugin_tb *));
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*executed)(unsigned, void *),
					  enum qemu_plugin_cb_flags flags, void *data);
int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

EXPORT int qemu_plugin_version = 1;

static uint64_t address;
static uint64_t *when_ns; /* of each clock */

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void block_executed(unsigned processor, void *data)
{
	(void)processor;
	(void)data;
	if (when_ns[0])
		return;
	when_ns[1] = now_ns(CLOCK_THREAD_CPUTIME_ID);
	when_ns[0] = now_ns(CLOCK_MONOTONIC);
}

static void block_translated(plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	if (qemu_plugin_tb_vaddr(tb) == address)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, block_executed, QEMU_PLUGIN_CB_NO_REGS,
						     NULL);
}

EXPORT int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 2 || strncmp(argv[0], "at=", 3) != 0 || strncmp(argv[1], "when=", 5) != 0) {
		fprintf(stderr, "moment: at=ADDRESS,when=PATH are missing\n");
		return -1;
	}
	address = strtoull(argv[0] + 3, NULL, 0);
	int file = open(argv[1] + 5, O_RDWR | O_CLOEXEC);
	void *mapped = file < 0 ? MAP_FAILED
				: mmap(NULL, 2 * sizeof(*when_ns), PROT_READ | PROT_WRITE,
				       MAP_SHARED, file, 0);
	if (file >= 0)
		close(file);
	if (mapped == MAP_FAILED) {
		perror(argv[1] + 5);
		return -1;
	}
	when_ns = mapped;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
