/* See names.h. */
#include "appliance/dnsd/names.h"

#include <string.h>

#define LABELS_MAX     6u
#define CLASS_INTERNET 1u
#define ENTRY_PREFIX   "lease."

struct labels {
	unsigned count;                            /* LABELS_MAX + 1: more than interest us */
	char text[LABELS_MAX][LEASE_NAME_MAX + 1]; /* lower case */
	char last[LEASE_NAME_MAX + 1];
};

/* --- Leases -------------------------------------------------------------- */

/* The number behind "lease."; LEASES_MAX if it is none of ours. */
static unsigned number_of(const char *entry)
{
	const size_t prefix = sizeof(ENTRY_PREFIX) - 1;
	unsigned number = 0;

	if (strncmp(entry, ENTRY_PREFIX, prefix) != 0 || entry[prefix] == 0)
		return LEASES_MAX;
	for (const char *at = entry + prefix; *at != 0; at++) {
		if (*at < '0' || *at > '9' || number >= LEASES_MAX)
			return LEASES_MAX;
		number = number * 10 + (unsigned)(*at - '0');
	}
	return number < LEASES_MAX ? number : LEASES_MAX;
}

void names_take(struct names *names, const char *entry, const void *value, size_t bytes)
{
	unsigned number = number_of(entry);
	struct lease_record *lease;

	if (number == LEASES_MAX)
		return;
	lease = &names->leases[number];
	memset(lease, 0, sizeof(*lease));
	if (bytes != sizeof(*lease))
		return;
	memcpy(lease, value, bytes);
	if (lease->version != LEASE_VERSION || lease->state != LEASE_BOUND ||
	    lease->name_bytes > LEASE_NAME_MAX)
		memset(lease, 0, sizeof(*lease));
	lease->name[lease->name_bytes] = 0;
}

static uint32_t address_of(const struct names *names, const struct netconf *conf, uint64_t now_s,
			   const char *name)
{
	if (strcmp(name, NAMES_OWN) == 0)
		return conf->lan.address;
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		const struct lease_record *lease = &names->leases[i];
		if (lease->name_bytes != 0 && now_s < lease->expires_s &&
		    strcmp(lease->name, name) == 0)
			return lease->address;
	}
	for (uint32_t i = 0; i < conf->dhcp.reservation_count; i++)
		if (conf->dhcp.reservations[i].name[0] != 0 &&
		    strcmp(conf->dhcp.reservations[i].name, name) == 0)
			return conf->dhcp.reservations[i].address;
	return 0;
}

static const char *name_of(const struct names *names, const struct netconf *conf, uint64_t now_s,
			   uint32_t address)
{
	if (address == conf->lan.address)
		return NAMES_OWN;
	for (unsigned i = 0; i < LEASES_MAX; i++) {
		const struct lease_record *lease = &names->leases[i];
		if (lease->name_bytes != 0 && now_s < lease->expires_s && lease->address == address)
			return lease->name;
	}
	for (uint32_t i = 0; i < conf->dhcp.reservation_count; i++)
		if (conf->dhcp.reservations[i].address == address &&
		    conf->dhcp.reservations[i].name[0] != 0)
			return conf->dhcp.reservations[i].name;
	return NULL;
}

/* --- Questions ----------------------------------------------------------- */

static void label_copy(char text[LEASE_NAME_MAX + 1], const uint8_t *label)
{
	for (unsigned i = 0; i < label[0]; i++) {
		char c = (char)label[1 + i];
		text[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	text[label[0]] = 0;
}

static void labels_take(const struct dns_query *query, struct labels *labels)
{
	labels->count = 0;
	for (size_t at = 0; query->question[at] != 0; at += 1u + query->question[at]) {
		label_copy(labels->last, query->question + at);
		if (labels->count < LABELS_MAX)
			memcpy(labels->text[labels->count], labels->last, sizeof(labels->last));
		if (labels->count <= LABELS_MAX)
			labels->count++;
	}
}

/* 0 to 255, or 256 if the label is no such number. */
static uint32_t byte_of(const char *text)
{
	uint32_t value = 0;
	size_t length = strlen(text);

	if (length == 0 || length > 3)
		return 256;
	for (; *text != 0; text++) {
		if (*text < '0' || *text > '9')
			return 256;
		value = value * 10 + (uint32_t)(*text - '0');
	}
	return value;
}

/* d.c.b.a.in-addr.arpa; 0 if it is no such name. */
static uint32_t reverse_address(const struct labels *labels)
{
	uint32_t address = 0;

	if (labels->count != 6 || strcmp(labels->text[4], "in-addr") != 0 ||
	    strcmp(labels->text[5], "arpa") != 0)
		return 0;
	for (int i = 3; i >= 0; i--) {
		uint32_t byte = byte_of(labels->text[i]);
		if (byte > 255)
			return 0;
		address = address << 8 | byte;
	}
	return address;
}

static size_t pointer_answer(const struct dns_query *query, const char *name, const char *domain,
			     uint8_t *out)
{
	uint8_t data[LEASE_NAME_MAX + sizeof(((struct netconf_dns *)0)->domain) + 3];
	size_t used = 0;
	const char *parts[] = { name, domain };

	if (name == NULL)
		return dns_own_build(query, DNS_NO_NAME, NULL, 0, 0, out);
	if (query->type != DNS_PTR && query->type != DNS_ANY)
		return dns_own_build(query, DNS_NO_ERROR, NULL, 0, 0, out);
	for (unsigned i = 0; i < 2; i++) {
		size_t length = strlen(parts[i]);
		data[used++] = (uint8_t)length;
		memcpy(data + used, parts[i], length);
		used += length;
	}
	data[used++] = 0;
	return dns_own_build(query, DNS_NO_ERROR, data, used, NAMES_TTL_S, out);
}

static size_t address_answer(const struct dns_query *query, uint32_t address, uint8_t *out)
{
	const uint8_t data[4] = { (uint8_t)(address >> 24), (uint8_t)(address >> 16),
				  (uint8_t)(address >> 8), (uint8_t)address };

	if (address == 0)
		return dns_own_build(query, DNS_NO_NAME, NULL, 0, 0, out);
	if (query->type != DNS_A)
		return dns_own_build(query, DNS_NO_ERROR, NULL, 0, 0, out);
	return dns_own_build(query, DNS_NO_ERROR, data, sizeof(data), NAMES_TTL_S, out);
}

static bool is_address_type(uint16_t type)
{
	return type == DNS_A || type == DNS_AAAA;
}

size_t names_answer(const struct names *names, const struct netconf *conf, uint64_t now_s,
		    const struct dns_query *query, uint8_t out[DNS_PLAIN_BYTES])
{
	struct labels labels;
	uint32_t mask = conf->lan.prefix_bits == 0 ? 0 : ~0u << (32 - conf->lan.prefix_bits);

	if (query->class != CLASS_INTERNET)
		return 0;
	labels_take(query, &labels);
	if (labels.count == 0)
		return 0;
	uint32_t reverse = reverse_address(&labels);
	if (reverse != 0)
		return ((reverse ^ conf->lan.address) & mask) != 0
			       ? 0
			       : pointer_answer(query, name_of(names, conf, now_s, reverse),
						conf->dns.domain, out);
	bool inside = conf->dns.domain[0] != 0 && strcmp(labels.last, conf->dns.domain) == 0;
	if (inside && labels.count == 1) /* the domain itself has no records */
		return dns_own_build(query, DNS_NO_ERROR, NULL, 0, 0, out);
	if (inside)
		return address_answer(
			query,
			labels.count != 2 ? 0 : address_of(names, conf, now_s, labels.text[0]),
			out);
	if (labels.count == 1 && is_address_type(query->type))
		return address_answer(query, address_of(names, conf, now_s, labels.text[0]), out);
	return 0;
}
