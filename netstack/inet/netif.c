/* See netif.h. The interfaces carry bare IP packets, so there is no ARP here. */
#include "netstack/inet/netif.h"

#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "netstack/inet/hooks.h"
#include "netstack/inet/random.h"
#include "netstack/inet/time_wait.h"

#define INET_MTU_BYTES 1500
/* Small packets, most of them acknowledgements, leave the pool to data. */
#define SMALL_PACKET_BYTES 256u

static struct hostq *queue;
static struct netif interfaces[HOSTQ_INTERFACES];
static bool is_full;

static err_t output(struct netif *netif, struct pbuf *packet, const ip4_addr_t *next_hop)
{
	(void)next_hop; /* the firewall routes */
	if (packet->tot_len > HOSTQ_SLOT_BYTES)
		return ERR_BUF;
	uint8_t *slot = hostq_slot(queue);
	if (slot == NULL) {
		is_full = true;
		return ERR_BUF;
	}
	pbuf_copy_partial(packet, slot, packet->tot_len, 0);
	hostq_put(queue, packet->tot_len, (uint16_t)(netif - interfaces));
	return ERR_OK;
}

static err_t netif_setup(struct netif *netif)
{
	netif->output = output;
	netif->mtu = INET_MTU_BYTES;
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_LINK_UP;
	return ERR_OK;
}

void inet_netif_init(struct hostq *q)
{
	static const char names[HOSTQ_INTERFACES][2] = { { 'l', 'n' }, { 'w', 'n' } };

	queue = q;
	for (size_t i = 0; i < HOSTQ_INTERFACES; i++) {
		netif_add_noaddr(&interfaces[i], NULL, netif_setup, ip_input);
		interfaces[i].name[0] = names[i][0];
		interfaces[i].name[1] = names[i][1];
	}
}

static uint32_t prefix_mask(uint32_t prefix_bits)
{
	return prefix_bits == 0 ? 0 : ~0u << (32 - prefix_bits);
}

static void interface_set(struct netif *netif, uint32_t host_address, uint32_t prefix_bits,
			  uint32_t gateway)
{
	ip4_addr_t address = { .addr = lwip_htonl(host_address) };
	ip4_addr_t mask = { .addr = lwip_htonl(prefix_mask(prefix_bits)) };
	ip4_addr_t router = { .addr = lwip_htonl(gateway) };

	netif_set_addr(netif, &address, &mask, &router);
}

/* One without an address is deaf, but for the DHCP client's. */
static void interface_switch(struct netif *netif, bool up)
{
	if (up)
		netif_set_up(netif);
	else
		netif_set_down(netif);
}

void inet_netif_wan_changed(void)
{
	struct netif *wan = &interfaces[INET_WAN];
	/* Without a gateway a packet to a foreign network has no way, and is told so. */
	netif_set_default(ip4_addr_isany(netif_ip4_gw(wan)) ? NULL : wan);
}

void inet_netif_wan_set(uint32_t address, uint32_t prefix_bits, uint32_t gateway)
{
	interface_set(&interfaces[INET_WAN], address, prefix_bits, gateway);
	inet_netif_wan_changed();
}

struct netif *inet_netif_wan(void)
{
	return &interfaces[INET_WAN];
}

void inet_netif_configure(const struct inet_netconf *conf)
{
	interface_set(&interfaces[INET_LAN], conf->lan.address, conf->lan.prefix_bits, 0);
	interface_switch(&interfaces[INET_LAN], conf->lan.address != 0);
	if (!conf->wan_dhcp)
		inet_netif_wan_set(conf->wan.address, conf->wan.prefix_bits, conf->gateway);
	interface_switch(&interfaces[INET_WAN], conf->wan_dhcp || conf->wan.address != 0);
}

static void packet_input(const struct hostq_packet *packet)
{
	bool small = packet->length_bytes <= SMALL_PACKET_BYTES;
	struct netif *netif = &interfaces[packet->interface];

	inet_random_stir();
	struct pbuf *copy =
		pbuf_alloc(PBUF_RAW, packet->length_bytes, small ? PBUF_RAM : PBUF_POOL);
	if (copy == NULL)
		return; /* lwIP counts it in its memory statistics */
	pbuf_take(copy, packet->bytes, packet->length_bytes);
	if (netif->input(copy, netif) != ERR_OK)
		pbuf_free(copy);
}

void inet_netif_input(const struct hostq_packet *packet)
{
	(void)inet_time_wait_gave_way(); /* to one over loopback, which comes again by itself */
	packet_input(packet);
	if (inet_time_wait_gave_way())
		packet_input(packet);
}

bool inet_netif_is_own(uint32_t address)
{
	if (address == IPADDR_LOOPBACK)
		return true;
	for (size_t i = 0; i < HOSTQ_INTERFACES; i++)
		if (netif_is_up(&interfaces[i]) &&
		    lwip_ntohl(netif_ip4_addr(&interfaces[i])->addr) == address)
			return true;
	return false;
}

/* Every interface reaches 255.255.255.255; which is meant, the sender's address says. */
struct netif *inet_netif_route(const ip4_addr_t *source, const ip4_addr_t *destination)
{
	if (source == NULL || destination->addr != IPADDR_BROADCAST)
		return NULL;
	for (size_t i = 0; i < HOSTQ_INTERFACES; i++)
		if (netif_is_up(&interfaces[i]) && !ip4_addr_isany(source) &&
		    ip4_addr_eq(netif_ip4_addr(&interfaces[i]), source))
			return &interfaces[i];
	return NULL;
}

bool inet_netif_is_full(void)
{
	return is_full;
}

void inet_netif_retry(void)
{
	if (!is_full)
		return;
	is_full = false;
	tcp_txnow();
}
