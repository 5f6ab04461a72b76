/* What lwIP needs of its surroundings: the time, and a way to die. */
#include "lwip/sys.h"
#include "services/runtime/service.h"

u32_t sys_now(void)
{
	return (u32_t)(time_us() / 1000);
}

void inet_assert_failed(const char *text, int line)
{
	service_panic("lwIP: %s, line %d", text, line);
}
