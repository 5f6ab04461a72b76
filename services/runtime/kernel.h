/*
 * The kernel calls as C functions: thin, one each, named as in
 * kernel/abi/syscall.h, which says what the arguments mean. Most services need
 * only service.h; drivers use the device part, servers the memory part.
 */
#ifndef RUNTIME_KERNEL_H
#define RUNTIME_KERNEL_H

#include "kernel/abi/message.h"
#include "kernel/abi/status.h"
#include "kernel/abi/syscall.h"
#include "kernel/abi/table.h"
#include "services/proto/crash.h"

#include <stddef.h>

static inline struct ipc_buffer *ipc_buffer(void)
{
	return (struct ipc_buffer *)USER_IPC_BUFFER;
}

/* Memory lending; `*grant` is the id to send to the grantee. */
must_use enum status grant_create(uint32_t grantee_slot, const void *address, size_t bytes,
				  enum grant_access access, uint32_t *grant);
must_use enum status grant_delegate(uint32_t granter_slot, uint32_t grant, uint32_t grantee_slot,
				    enum grant_access access, uint32_t *new_grant);
void grant_revoke(uint32_t grant);
/* Copies `bytes` at `offset` of what slot `granter` lent us; E_GRANT, E_DEAD. */
must_use enum status copy_from(uint32_t granter, uint32_t grant, size_t offset, void *to, size_t bytes);
must_use enum status copy_to(uint32_t granter, uint32_t grant, size_t offset, const void *from, size_t bytes);

/*
 * Port I/O. If a register of the device is guarded, by kernel calls: refused ports give E_DENIED or
 * E_DMA, and RS hears of it. Else by our own instructions: refused ports are an exception.
 */
must_use enum status port_read(uint16_t port, unsigned width_bytes, uint32_t *value);
must_use enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value);
/* `count` accesses in order, in at most one kernel call; stops at the first refused one. */
must_use enum status port_vector(struct port_access *accesses, unsigned count);
/* Reads `count` units of `width_bytes` from one port to memory, and the other way. Not with a guard: E_DENIED. */
must_use enum status port_stream_in(uint16_t port, unsigned width_bytes, void *to, size_t count);
must_use enum status port_stream_out(uint16_t port, unsigned width_bytes, const void *from, size_t count);

must_use enum status irq_enable(unsigned index);
must_use enum status irq_disable(unsigned index);
must_use enum status irq_ack(unsigned index);
must_use enum status device_assign(uint32_t slot, const struct device_info *device);

must_use enum status service_start(uint32_t slot, uint32_t *generation);
must_use enum status service_kill(uint32_t slot, enum exit_cause cause);
/* Which program the slot's next lives run; E_ABSENT: the update bundle has none for it. */
must_use enum status service_source(uint32_t slot, enum image_source source);
must_use enum status service_crash_inject(uint32_t slot, enum crash_how how);
must_use enum status machine_stop(enum machine_stop how);
_Noreturn void kernel_exit(int code);

#endif
