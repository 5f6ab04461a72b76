#include "netstack/firewall/icmp_error.h"

#include "netstack/firewall/checksum.h"
#include "netstack/firewall/route.h"

#include <string.h>

#define ERROR_BYTES_MAX 576u  /* RFC 1812, 4.3.2.3: as much as fits in this */
#define ERROR_TOS       0xc0u /* precedence 6: RFC 1812, 4.3.2.5 */

static void tokens_refill(struct firewall *fw)
{
	uint32_t passed_ms = fw->now_ms - fw->icmp_refilled_ms;
	uint32_t tokens;

	if (passed_ms > 1000u)
		passed_ms = 1000u;
	tokens = passed_ms * FW_ICMP_RATE_PER_S / 1000u;
	if (tokens == 0)
		return;
	fw->icmp_refilled_ms = fw->now_ms;
	fw->icmp_tokens += tokens;
	if (fw->icmp_tokens > FW_ICMP_BURST)
		fw->icmp_tokens = FW_ICMP_BURST;
}

/* RFC 1812, 4.3.2.7: never about these. */
static bool error_is_allowed(const struct firewall *fw, const struct packet *p)
{
	if (p->kind == PACKET_ICMP_ERROR || p->fragment_offset != 0 || p->group)
		return false;
	if (route_destination_check(&fw->settings, p->key.destination) != FW_REASON_NONE)
		return false;
	return route_source_check(&fw->settings, p) == FW_REASON_NONE;
}

static void error_header_fill(struct ipv4_header *ip, uint32_t source, uint32_t destination,
			      unsigned total_bytes)
{
	memset(ip, 0, sizeof *ip);
	ip->version_ihl = 0x45;
	ip->tos = ERROR_TOS;
	be16_set(&ip->total_bytes, (uint16_t)total_bytes);
	ip->ttl = IPV4_TTL_DEFAULT;
	ip->protocol = IPPROTO_ICMP_NUMBER;
	be32_set(&ip->source, source);
	be32_set(&ip->destination, destination);
	be16_set(&ip->checksum, (uint16_t)~checksum_fold(checksum_add(0, ip, sizeof *ip)));
}

/* From which of our addresses: the one of the side it goes to (RFC 1812, 4.3.2.4). */
static uint32_t error_source(const struct firewall *fw, const struct packet *p)
{
	if (p->in_zone == ZONE_HOST)
		return p->key.source;
	return fw_zone_interface(fw, p->in_zone)->address;
}

void icmp_error_send(struct firewall *fw, const struct packet *p, uint8_t type, uint8_t code,
		     uint16_t mtu_bytes)
{
	unsigned room = ERROR_BYTES_MAX - IPV4_HEADER_BYTES - ICMP_HEADER_BYTES;
	unsigned quoted_bytes = p->ip_bytes < room ? p->ip_bytes : room;
	unsigned total_bytes = IPV4_HEADER_BYTES + ICMP_HEADER_BYTES + quoted_bytes;
	struct queue_entry *entry;
	struct ipv4_header *ip;
	struct icmp_header *icmp;

	if (!error_is_allowed(fw, p))
		return;
	tokens_refill(fw);
	entry = fw->icmp_tokens > 0 ? queue_add_ready(&fw->queue, FW_PORT_SELF) : NULL;
	if (entry == NULL) {
		fw->icmp_suppressed++;
		return;
	}
	fw->icmp_tokens--;
	entry->bytes = (uint16_t)(ETHERNET_HEADER_BYTES + total_bytes);
	memset(entry->frame, 0, ETHERNET_HEADER_BYTES);
	ip = (struct ipv4_header *)(entry->frame + ETHERNET_HEADER_BYTES);
	icmp = (struct icmp_header *)(ip + 1);
	*icmp = (struct icmp_header){ .type = type, .code = code };
	be16_set(&icmp->sequence, mtu_bytes);
	memcpy(icmp + 1, packet_ip(p), quoted_bytes);
	be16_set(&icmp->checksum,
		 (uint16_t)~checksum_fold(checksum_add(0, icmp, ICMP_HEADER_BYTES + quoted_bytes)));
	error_header_fill(ip, error_source(fw, p), p->key.source, total_bytes);
}
