/* Memory lending: who may copy what from or to whom. */
#ifndef KERNEL_GRANT_H
#define KERNEL_GRANT_H

#include "kernel/slot.h"

/* The kernel calls, as in abi/syscall.h. */
enum status grant_create(struct slot *self, uint64_t grantee, uint64_t address, uint64_t bytes,
			 uint64_t access);
enum status grant_delegate(struct slot *self, uint64_t granter, uint64_t id, uint64_t grantee,
			   uint64_t access);
enum status grant_revoke(struct slot *self, uint64_t id);

/* Between `address` of ours and `offset` of what `granter` lent us under `id`. */
struct copy {
	uint64_t granter, id, offset, address, bytes;
};

/* GRANT_READ: from what is lent; GRANT_WRITE: into it. */
enum status grant_copy(struct slot *self, const struct copy *copy, enum grant_access access);

/* The slot died: what it lent is lent no more. */
void grants_clear(struct slot *slot);

#endif
