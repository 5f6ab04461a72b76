/*
 * A plugin for QEMU (TCG plugins, version 1 of the interface) that counts the
 * instructions that the guest executes:
 *
 *	qemu-system-x86_64 -plugin instructions.so,count=PATH
 *
 * The count is the first eight bytes of PATH, which has to be that long: whoever
 * maps it reads the count while the guest runs. A block of code counts as a whole
 * when it is entered, so an instruction that faults counts with those behind it.
 * A halted processor executes nothing and counts nothing.
 *
 * QEMU's header is not packaged: what is used of the interface stands here.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info;
enum qemu_plugin_op {
	QEMU_PLUGIN_INLINE_ADD_U64,
};

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id_t id,
					   void (*translated)(plugin_id_t, struct qemu_plugin_tb *));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
					      void *counter, uint64_t add);
int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

EXPORT int qemu_plugin_version = 1;

static uint64_t *count;

static void block_translated(plugin_id_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, count,
						 qemu_plugin_tb_n_insns(tb));
}

EXPORT int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "count=", 6) != 0) {
		fprintf(stderr, "instructions: count=PATH is missing\n");
		return -1;
	}
	int file = open(argv[0] + 6, O_RDWR | O_CLOEXEC);
	void *mapped = file < 0 ? MAP_FAILED
				: mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (file >= 0)
		close(file);
	if (mapped == MAP_FAILED) {
		perror(argv[0] + 6);
		return -1;
	}
	count = mapped;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
