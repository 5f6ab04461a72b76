/* lwIP's errors and addresses in our words. */
#ifndef INET_LWIP_ERROR_H
#define INET_LWIP_ERROR_H

#include "lwip/err.h"
#include "lwip/ip_addr.h"
#include "netstack/inet/socket_table.h"

enum status inet_status_of(err_t error);
ip_addr_t inet_lwip_address(uint32_t address);
struct inet_name inet_name_of(const ip_addr_t *address, uint16_t port);

#endif
