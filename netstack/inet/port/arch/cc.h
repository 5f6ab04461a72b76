/* lwIP's view of this compiler and of the few functions INET lends it. */
#ifndef INET_ARCH_CC_H
#define INET_ARCH_CC_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

/* lwIP defines ssize_t itself, as int, where it does not find its limit. */
#ifndef SSIZE_MAX
#define SSIZE_MAX LONG_MAX
#endif

uint32_t inet_random_u32(void);
_Noreturn void inet_assert_failed(const char *text, int line);

#define LWIP_RAND()             inet_random_u32()
#define LWIP_PLATFORM_ASSERT(x) inet_assert_failed((x), __LINE__)
#define LWIP_PLATFORM_DIAG(x)   ((void)0)

#endif
