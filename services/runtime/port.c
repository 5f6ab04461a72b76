/* Port I/O, see kernel.h: by our own instructions where the kernel has opened our ports, else by
 * kernel calls. */
#include "services/runtime/port.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"

#include <string.h>

static bool direct(void)
{
	return service_info()->ports_direct != 0;
}

enum status port_read(uint16_t port, unsigned width_bytes, uint32_t *value)
{
	struct kernel_result result = { .status = OK };

	if (direct())
		result.value = port_in(port, width_bytes);
	else
		result = kernel_call(SYS_PORT_READ, port, width_bytes);
	*value = result.status == OK ? (uint32_t)result.value : 0;
	return result.status;
}

enum status port_write(uint16_t port, unsigned width_bytes, uint32_t value)
{
	if (!direct())
		return kernel_call(SYS_PORT_WRITE, port, width_bytes, value).status;
	port_out(port, width_bytes, value);
	return OK;
}

static void access_do(struct port_access *access)
{
	if (access->write)
		port_out(access->port, access->width_bytes, access->value);
	else
		access->value = port_in(access->port, access->width_bytes);
}

enum status port_vector(struct port_access *accesses, unsigned count)
{
	enum status status;

	if (count > PORT_VECTOR_MAX)
		return E_ARGUMENT;
	if (direct()) {
		for (unsigned i = 0; i < count; i++)
			access_do(&accesses[i]);
		return OK;
	}
	memcpy(ipc_buffer()->ports, accesses, count * sizeof(*accesses));
	status = kernel_call(SYS_PORT_VECTOR, count).status;
	memcpy(accesses, ipc_buffer()->ports, count * sizeof(*accesses));
	return status;
}

enum status port_stream_in(uint16_t port, unsigned width_bytes, void *to, size_t count)
{
	if (!direct())
		return E_DENIED;
	if (width_bytes == 1)
		__asm__ volatile("rep insb" : "+D"(to), "+c"(count) : "d"(port) : "memory");
	else if (width_bytes == 2)
		__asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
	else
		__asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(port) : "memory");
	return OK;
}

enum status port_stream_out(uint16_t port, unsigned width_bytes, const void *from, size_t count)
{
	if (!direct())
		return E_DENIED;
	if (width_bytes == 1)
		__asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(port) : "memory");
	else if (width_bytes == 2)
		__asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
	else
		__asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(port) : "memory");
	return OK;
}
