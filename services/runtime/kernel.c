/* See kernel.h: each function is one kernel call. */
#include "services/runtime/kernel.h"

#include "services/runtime/syscall.h"

#include <string.h>

static uint64_t address_of(const void *memory)
{
	return (uint64_t)(uintptr_t)memory;
}

static enum status with_value(struct kernel_result result, uint32_t *value)
{
	*value = result.status == OK ? (uint32_t)result.value : 0;
	return result.status;
}

enum status grant_create(uint32_t grantee_slot, const void *address, size_t bytes,
			 enum grant_access access, uint32_t *grant)
{
	return with_value(
		kernel_call(SYS_GRANT_CREATE, grantee_slot, address_of(address), bytes, access),
		grant);
}

enum status grant_delegate(uint32_t granter_slot, uint32_t grant, uint32_t grantee_slot,
			   enum grant_access access, uint32_t *new_grant)
{
	return with_value(
		kernel_call(SYS_GRANT_DELEGATE, granter_slot, grant, grantee_slot, access),
		new_grant);
}

void grant_revoke(uint32_t grant)
{
	(void)kernel_call(SYS_GRANT_REVOKE, grant);
}

enum status copy_from(uint32_t granter, uint32_t grant, size_t offset, void *to, size_t bytes)
{
	return kernel_call(SYS_COPY_FROM, granter, grant, offset, address_of(to), bytes).status;
}

enum status copy_to(uint32_t granter, uint32_t grant, size_t offset, const void *from, size_t bytes)
{
	return kernel_call(SYS_COPY_TO, granter, grant, offset, address_of(from), bytes).status;
}

/* --- Devices ----------------------------------------------------------------- */

enum status irq_enable(unsigned index)
{
	return kernel_call(SYS_IRQ_ENABLE, index).status;
}

enum status irq_disable(unsigned index)
{
	return kernel_call(SYS_IRQ_DISABLE, index).status;
}

enum status irq_ack(unsigned index)
{
	return kernel_call(SYS_IRQ_ACK, index).status;
}

enum status device_assign(uint32_t slot, const struct device_info *device)
{
	memcpy(ipc_buffer()->message.payload.bytes, device, sizeof(*device));
	return kernel_call(SYS_DEVICE_ASSIGN, slot).status;
}

/* --- Supervision ------------------------------------------------------------- */

enum status service_start(uint32_t slot, uint32_t *generation)
{
	return with_value(kernel_call(SYS_SERVICE_START, slot), generation);
}

enum status service_kill(uint32_t slot, enum exit_cause cause)
{
	return kernel_call(SYS_SERVICE_KILL, slot, cause).status;
}

enum status service_source(uint32_t slot, enum image_source source)
{
	return kernel_call(SYS_SERVICE_SOURCE, slot, (uint64_t)source).status;
}

enum status service_crash_inject(uint32_t slot, enum crash_how how)
{
	return kernel_call(SYS_SERVICE_CRASH, slot, how).status;
}

enum status machine_stop(enum machine_stop how)
{
	return kernel_call(SYS_MACHINE_STOP, how).status;
}

void kernel_exit(int code)
{
	(void)kernel_call(SYS_EXIT, (uint32_t)code);
	__builtin_trap();
}
