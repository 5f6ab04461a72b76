/* lwIP's errors and addresses in our words. */
#ifndef INET_LWIP_ERROR_H
#define INET_LWIP_ERROR_H

#include "lwip/err.h"
#include "lwip/ip_addr.h"
#include "netstack/inet/socket_table.h"

enum status inet_status_of(err_t error);
ip_addr_t inet_lwip_address(uint32_t address);
struct inet_name inet_name_of(const ip_addr_t *address, uint16_t port);

/* What a socket may keep of a resource of which `used` of `avail` are in use. */
static inline size_t inet_share(size_t avail, size_t used, size_t divisor)
{
	return used < avail ? (avail - used) / divisor : 0;
}

#endif
