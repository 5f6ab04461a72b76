/* The door for kernel calls: what the bitmap of the manifest does not list is refused. */
#include "kernel/abi/syscall.h"

#include "kernel/bundle.h"
#include "kernel/device.h"
#include "kernel/grant.h"
#include "kernel/ipc.h"
#include "kernel/irq.h"
#include "kernel/log.h"
#include "kernel/machine.h"
#include "kernel/port.h"
#include "kernel/slot.h"
#include "kernel/string.h"

void syscall_dispatch(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t number);

static enum status text_log(struct slot *self, uint64_t level, uint64_t length)
{
	if (level > LOG_DEBUG || length > LOG_TEXT_BYTES)
		return E_ARGUMENT;
	log_append((uint16_t)self->index, self->generation, (enum log_level)level,
		   self->buffer->text, length);
	return OK;
}

static enum status panic_call(struct slot *self, uint64_t length)
{
	char *text = self->entry->exit_text;
	size_t room = sizeof(self->entry->exit_text);

	if (length > LOG_TEXT_BYTES)
		length = LOG_TEXT_BYTES;
	log_append((uint16_t)self->index, self->generation, LOG_ERROR, self->buffer->text, length);
	memset(text, 0, room);
	memcpy(text, self->buffer->text, length < room ? length : room - 1);
	slot_die(self, EXIT_PANIC, 0, 0);
	return OK;
}

static enum status complain(struct slot *self, uint64_t index, uint64_t complaint)
{
	if (index >= slot_count || !(self->service->notify_targets >> index & 1))
		return E_DENIED;
	struct service_entry *entry = slots[index].entry;

	entry->complaints++;
	entry->complaint = (uint32_t)complaint;
	entry->complainer = self->index;
	ipc_event(&slots[manifest->rs_slot], EVENT_ATTENTION);
	return OK;
}

static enum status service_start(struct slot *self, uint64_t index)
{
	if (index >= slot_count)
		return E_ARGUMENT;
	enum status status = slot_start(&slots[index]);

	self->frame.rdx = slots[index].generation;
	return status;
}

static enum status service_kill(uint64_t index, uint64_t cause)
{
	if (index >= slot_count)
		return E_ARGUMENT;
	if (!slot_alive(&slots[index]))
		return E_STATE;
	slot_die(&slots[index], (enum exit_cause)cause, 0, 0);
	return OK;
}

static enum status service_source(uint64_t index, uint64_t source)
{
	if (index >= slot_count || source >= IMAGE_SOURCES)
		return E_ARGUMENT;
	if (source == IMAGE_UPDATE && !slots[index].entry->updatable)
		return E_ABSENT;
	slots[index].source = (enum image_source)source;
	return OK;
}

static enum status service_crash(uint64_t index, uint64_t how)
{
	return index < slot_count ? slot_crash(&slots[index], how) : E_ARGUMENT;
}

static enum status machine_stop(uint64_t how)
{
	if (how == MACHINE_REBOOT)
		machine_reboot();
	if (how != MACHINE_POWEROFF)
		return E_ARGUMENT;
	machine_poweroff();
	return E_DEVICE;
}

/* All calls but those of message_call, which is for itself so that it saves few registers. */
static __attribute__((noinline)) enum status other_call(struct slot *self, enum syscall number,
							uint64_t a, uint64_t b, uint64_t c,
							uint64_t d, uint64_t e)
{
	switch (number) {
	case SYS_REPLY_FAULT: return ipc_reply_fault(self, a);
	case SYS_NOTIFY: return ipc_notify(self, a);
	case SYS_LOG: return text_log(self, a, b);
	case SYS_EXIT: slot_die(self, EXIT_EXIT, a, 0); return OK;
	case SYS_PANIC: return panic_call(self, a);
	case SYS_GRANT_CREATE: return grant_create(self, a, b, c, d);
	case SYS_GRANT_DELEGATE: return grant_delegate(self, a, b, c, d);
	case SYS_GRANT_REVOKE: return grant_revoke(self, a);
	case SYS_COPY_FROM: return grant_copy(self, &(struct copy){ a, b, c, d, e }, GRANT_READ);
	case SYS_COPY_TO: return grant_copy(self, &(struct copy){ a, b, c, d, e }, GRANT_WRITE);
	case SYS_PORT_READ: return port_read(self, a, b);
	case SYS_PORT_WRITE: return port_write(self, a, b, c);
	case SYS_PORT_VECTOR: return port_vector(self, a);
	case SYS_IRQ_ENABLE: return irq_enable(self, a);
	case SYS_IRQ_DISABLE: return irq_disable(self, a);
	case SYS_IRQ_ACK: return irq_ack(self, a);
	case SYS_DEVICE_ASSIGN: return device_assign(self, a);
	case SYS_COMPLAIN: return complain(self, a, b);
	case SYS_SERVICE_START: return service_start(self, a);
	case SYS_SERVICE_KILL: return service_kill(a, b);
	case SYS_SERVICE_CRASH: return service_crash(a, b);
	case SYS_MACHINE_STOP: return machine_stop(a);
	case SYS_SERVICE_SOURCE: return service_source(a, b);
	case SYS_CALL:
	case SYS_RECEIVE:
	case SYS_REPLY:
	case SYS_REPLY_RECEIVE:
	case SYSCALL_COUNT: break;
	}
	return E_CALL;
}

static_assert(SYS_RECEIVE == 1 && SYS_REPLY == 2 && SYS_REPLY_RECEIVE == 3, "told apart by these");

static enum status message_call(struct slot *self, enum syscall number, uint64_t a, uint64_t b)
{
	if (number == SYS_CALL)
		return ipc_call(self, a, b);
	if (number == SYS_REPLY_RECEIVE)
		return ipc_reply_receive(self, a, b);
	if (number == SYS_RECEIVE)
		return ipc_receive(self, a);
	return ipc_reply(self, a);
}

static void refuse(struct slot *self, uint64_t number)
{
	slot_refuse(self, &self->entry->refusals.call, number);
	self->frame.rax = number < SYSCALL_COUNT ? E_DENIED : E_CALL;
}

/*
 * Status and value go to the frame. A call that waits returns OK here, and is
 * given its real result there when the wait ends. Only other_call can end the
 * life that called, and RS's next one begins at once.
 */
void syscall_dispatch(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t number)
{
	struct slot *self = current;

	self->trace[self->calls++ % CRASH_TRACE_CALLS] = (uint32_t)number;
	self->frame.rdx = 0;
	if (number >= SYSCALL_COUNT || !(self->kernel_calls >> number & 1)) {
		refuse(self, number);
		return;
	}
	if (number <= SYS_REPLY_RECEIVE) {
		self->frame.rax = message_call(self, (enum syscall)number, a, b);
		return;
	}
	uint32_t life = self->generation;
	enum status status = other_call(self, (enum syscall)number, a, b, c, d, e);

	if (self->generation == life)
		self->frame.rax = status;
}
