/*
 * See crash.h. Each attempt that isolation has to stop is followed by a panic
 * which says that it was not, so that a test sees another cause of death.
 */
#include "services/runtime/crash.h"

#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/syscall.h"

#ifdef BULKHEAD_TEST_IMAGE

#define KERNEL_TEXT 0xffffffff80100000ul
#define POST_PORT   0x80       /* the diagnostics' display: of no service, and harmless */
#define WRONG       UINT64_MAX /* no slot, port, grant or count */

__attribute__((weak)) void service_crash_bad_dma(void)
{
	service_panic("bad-dma: no driver of a device that does DMA");
}

/* The compiler must not see that a pointer is a wrong one. */
static volatile uint8_t *hidden(uint64_t address)
{
	__asm__("" : "+r"(address));
	return (volatile uint8_t *)address;
}

static const struct start_map *own_map_at(uint64_t address)
{
	const struct start_info *info = service_info();

	for (uint32_t i = 0; i < info->map_count && i < SERVICE_MAPS_MAX; i++)
		if (address - info->maps[i].address < info->maps[i].size_bytes)
			return &info->maps[i];
	return NULL;
}

/* Regions lie at the same address in all services, a hole after each: the first not ours. */
static uint64_t foreign_region(void)
{
	uint64_t address = USER_REGION_BASE;
	const struct start_map *map;

	while ((map = own_map_at(address)) != NULL)
		address = map->address + map->size_bytes + PAGE_BYTES;
	return address;
}

/* --- Misdeeds that end in an exception ---------------------------------------- */

/* Not of a function here: those whose address is taken count in the worst case of the stack. */
static void text_write(void)
{
	*hidden((uint64_t)(uintptr_t)kernel_exit) = 0xcc;
}

static void data_execute(void)
{
	static uint8_t code[] = { 0xc3 }; /* ret */
	void (*function)(void) = (void (*)(void))(uintptr_t)hidden((uint64_t)(uintptr_t)code);

	function();
}

/* Deeper than any stack, by half a page a call so that the guard page is not stepped over. */
/* NOLINTNEXTLINE(misc-no-recursion): that is the point */
static __attribute__((noinline)) unsigned stack_overflow(unsigned depth)
{
	volatile uint8_t frame[PAGE_BYTES / 2];

	frame[0] = (uint8_t)depth;
	return depth == UINT32_MAX ? 0 : stack_overflow(depth + 1) + frame[0];
}

static void interrupts_disable(void)
{
	__asm__ volatile("cli");
}

/* --- Misdeeds that are refused ------------------------------------------------ */

static void port_knock(void)
{
	(void)kernel_call(SYS_PORT_READ, POST_PORT, 1);
	(void)kernel_call(SYS_PORT_WRITE, POST_PORT, 1, 0);
}

static void port_reach(void)
{
	__asm__ volatile("outb %%al, %0" : : "i"(POST_PORT));
}

/* With arguments that do no harm where the call is allowed. */
static void calls_knock(void)
{
	for (unsigned number = 0; number < SYSCALL_COUNT; number++)
		if ((SYSCALLS_FOR_ALL >> number & 1) == 0)
			(void)kernel_call((enum syscall)number, WRONG, WRONG, WRONG, WRONG, WRONG);
}

/* Nobody may call a driver. */
static void target_knock(void)
{
	uint32_t driver = service_slot("port0");
	endpoint_t target = { .slot = driver, .generation = ANY_GENERATION };
	struct message request = { .op = UINT32_MAX };

	if (driver == service_info()->self.slot)
		target.slot = service_slot("firewall");
	(void)!service_call(&target, &request, TIMEOUT_NONE);
}

/* --- Silence ------------------------------------------------------------------ */

static _Noreturn void hang(void)
{
	for (;;)
		(void)kernel_call(SYS_RECEIVE, TIMEOUT_NEVER);
}

static _Noreturn void spin(void)
{
	for (;;)
		__asm__ volatile("pause");
}

/* Returns only from what is refused, or was not stopped. */
static void misdeed(enum crash_how how)
{
	switch (how) {
	case CRASH_EXCEPTION:
		__builtin_trap();
	case CRASH_PANIC:
		service_panic("crash on request");
	case CRASH_EXIT:
		kernel_exit(CRASH_EXIT);
	case CRASH_HANG:
		hang();
	case CRASH_SPIN:
		spin();
	case CRASH_WILD_WRITE:
		*hidden(foreign_region()) = 0xcc;
		return;
	case CRASH_WILD_READ:
		(void)*hidden(KERNEL_TEXT);
		return;
	case CRASH_WRITE_TEXT:
		text_write();
		return;
	case CRASH_EXECUTE_DATA:
		data_execute();
		return;
	case CRASH_NULL_POINTER:
		(void)*hidden(0);
		return;
	case CRASH_STACK_OVERFLOW:
		(void)stack_overflow(0);
		return;
	case CRASH_BAD_PORT:
		port_knock();
		kernel_exit(CRASH_BAD_PORT);
	case CRASH_BAD_CALL:
		calls_knock();
		kernel_exit(CRASH_BAD_CALL);
	case CRASH_BAD_IPC:
		target_knock();
		kernel_exit(CRASH_BAD_IPC);
	case CRASH_BAD_DMA:
		service_crash_bad_dma();
		kernel_exit(CRASH_BAD_DMA);
	case CRASH_PRIVILEGED:
		interrupts_disable();
		return;
	case CRASH_BAD_IO:
		port_reach();
		return;
	}
}

/* The kernel enters here by no call, so that the stack is aligned otherwise. */
__attribute__((force_align_arg_pointer, used)) void service_crash(enum crash_how how)
{
	ipc_buffer()->rests = 0; /* the kernel may have taken us out of our wait */
	misdeed(how);
	service_panic("misdeed %d was not stopped", (int)how);
}

#endif
