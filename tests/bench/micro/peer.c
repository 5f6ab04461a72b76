/* Answers every call with what it got, and lets every notification pass. */
#include "services/runtime/kernel.h"
#include "services/runtime/syscall.h"

int main(void)
{
	struct ipc_buffer *buffer = ipc_buffer();
	struct kernel_result result = kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);

	while (result.status == OK)
		result = result.value == RECEIVED_MESSAGE
				 ? kernel_call(SYS_REPLY_RECEIVE,
					       endpoint_pack(buffer->message.from), TIMEOUT_NEVER)
				 : kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);
	return 1;
}
