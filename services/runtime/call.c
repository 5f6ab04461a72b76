/* Messages and notifications to others: between the caller's memory and the IPC buffer. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"

enum status service_call(endpoint_t *to, struct message *request, uint64_t timeout_us)
{
	struct ipc_buffer *buffer = ipc_buffer();

	buffer->message = *request;
	struct kernel_result result = kernel_call(SYS_CALL, endpoint_pack(*to), timeout_us);
	if (result.status == E_DEAD)
		to->generation = (uint32_t)result.value;
	if (result.status != OK)
		return result.status;
	*request = buffer->message;
	return (enum status)request->status;
}

bool service_reply(endpoint_t to, const struct message *reply)
{
	ipc_buffer()->message = *reply;
	return kernel_call(SYS_REPLY, endpoint_pack(to)).status == OK;
}

bool service_reply_status(endpoint_t to, enum status status)
{
	const struct message reply = { .status = (int32_t)status };

	return service_reply(to, &reply);
}

void service_reply_fault(endpoint_t to)
{
	(void)kernel_call(SYS_REPLY_FAULT, endpoint_pack(to));
}

void service_notify(uint32_t slot)
{
	(void)kernel_call(SYS_NOTIFY, slot);
}

void service_complain(uint32_t slot, enum complaint complaint)
{
	(void)kernel_call(SYS_COMPLAIN, slot, complaint);
}
