/* See lwip_error.h. */
#include "netstack/inet/lwip_error.h"

#include "lwip/def.h"

enum status inet_status_of(err_t error)
{
	switch ((err_enum_t)error) {
	case ERR_OK:
		return OK;
	case ERR_MEM:
	case ERR_BUF:
		return E_FULL;
	case ERR_TIMEOUT:
		return E_TIMEOUT;
	case ERR_RTE:
		return E_UNREACHABLE;
	case ERR_INPROGRESS:
	case ERR_WOULDBLOCK:
	case ERR_ALREADY:
		return E_AGAIN;
	case ERR_USE:
		return E_EXISTS;
	case ERR_ISCONN:
	case ERR_CONN:
		return E_STATE;
	case ERR_ABRT:
	case ERR_RST:
		return E_RESET;
	case ERR_CLSD:
		return E_CLOSED;
	case ERR_VAL:
	case ERR_ARG:
	case ERR_IF:
		return E_ARGUMENT;
	}
	return E_ARGUMENT;
}

ip_addr_t inet_lwip_address(uint32_t address)
{
	ip_addr_t lwip = { .addr = lwip_htonl(address) };
	return lwip;
}

struct inet_name inet_name_of(const ip_addr_t *address, uint16_t port)
{
	return (struct inet_name){ .address = lwip_ntohl(address->addr), .port = port };
}
