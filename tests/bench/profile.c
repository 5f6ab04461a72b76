/*
 * A plugin for QEMU (TCG plugins, version 1 of the interface) that tells where
 * the guest's instructions are spent:
 *
 *	qemu-system-x86_64 -plugin profile.so,blocks=PATH
 *
 * PATH is an array of struct block, one a block of code that was translated, for
 * who maps it while the guest runs. Services lie at the same addresses as one
 * another, so each block has its code as well, by which it is told whose it is.
 * A block counts as a whole when it is entered.
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

#define BLOCKS_MAX (1u << 20)
#define CODE_BYTES 100u

typedef uint64_t plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum qemu_plugin_op {
	QEMU_PLUGIN_INLINE_ADD_U64,
};

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id_t id,
					   void (*translated)(plugin_id_t,
							      struct qemu_plugin_tb *));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
					      void *counter, uint64_t add);
int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

EXPORT int qemu_plugin_version = 1;

struct block {
	uint64_t address;
	uint64_t executed;           /* instructions */
	uint32_t entry_instructions; /* of one entry */
	uint32_t code_bytes;
	uint8_t code[CODE_BYTES + 4];
};
_Static_assert(sizeof(struct block) == 128, "tests/bench/profile.py reads it");

static struct block *blocks;
static uint32_t block_count;

/* One processor, so one translator: no lock. */
static void block_translated(plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = &blocks[block_count];

	(void)id;
	if (block_count == BLOCKS_MAX)
		return;
	block_count++;
	block->address = qemu_plugin_tb_vaddr(tb);
	block->entry_instructions = (uint32_t)qemu_plugin_tb_n_insns(tb);
	for (size_t i = 0; i < block->entry_instructions; i++) {
		const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		size_t bytes = qemu_plugin_insn_size(insn);

		if (block->code_bytes + bytes > CODE_BYTES)
			break;
		memcpy(block->code + block->code_bytes, qemu_plugin_insn_data(insn), bytes);
		block->code_bytes += (uint32_t)bytes;
	}
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->executed,
						 block->entry_instructions);
}

EXPORT int qemu_plugin_install(plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	size_t bytes = sizeof(struct block) * BLOCKS_MAX;

	(void)info;
	if (argc != 1 || strncmp(argv[0], "blocks=", 7) != 0) {
		fprintf(stderr, "profile: blocks=PATH is missing\n");
		return -1;
	}
	int file = open(argv[0] + 7, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	void *mapped = file < 0 || ftruncate(file, (off_t)bytes) != 0
			       ? MAP_FAILED
			       : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (file >= 0)
		close(file);
	if (mapped == MAP_FAILED) {
		perror(argv[0] + 7);
		return -1;
	}
	blocks = mapped;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
