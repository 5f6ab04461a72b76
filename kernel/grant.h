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
enum status grant_copy_from(struct slot *self, uint64_t granter, uint64_t id, uint64_t offset,
			    uint64_t address, uint64_t bytes);
enum status grant_copy_to(struct slot *self, uint64_t granter, uint64_t id, uint64_t offset,
			  uint64_t address, uint64_t bytes);

/* The slot died: what it lent is lent no more. */
void grants_clear(struct slot *slot);

#endif
