/* See message.h. Offsets and codes: RFC 2131, figure 1; RFC 2132. */
#include "appliance/dhcpd/message.h"

#include <string.h>

enum {
	AT_OPERATION = 0,
	AT_HARDWARE = 1,
	AT_HARDWARE_BYTES = 2,
	AT_TRANSACTION = 4,
	AT_SECONDS = 8,
	AT_FLAGS = 10,
	AT_CLIENT = 12,
	AT_YOUR = 16,
	AT_RELAY = 24,
	AT_MAC = 28,
	AT_SERVER_NAME = 44,
	AT_FILE = 108,
	AT_COOKIE = 236,
	AT_OPTIONS = 240,
};

enum {
	SERVER_NAME_BYTES = 64,
	FILE_BYTES = 128,
	REPLY_MIN_BYTES = 300, /* RFC 951, 3: some clients want a whole BOOTP packet */
	BOOT_REQUEST = 1,
	BOOT_REPLY = 2,
	HARDWARE_ETHERNET = 1,
	MAC_BYTES = 6,
	CHADDR_BYTES = 16,
};

enum option {
	OPTION_PAD = 0,
	OPTION_MASK = 1,
	OPTION_ROUTER = 3,
	OPTION_DNS = 6,
	OPTION_NAME = 12,
	OPTION_DOMAIN = 15,
	OPTION_BROADCAST = 28,
	OPTION_REQUESTED = 50,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_TYPE = 53,
	OPTION_SERVER = 54,
	OPTION_RENEW = 58,
	OPTION_REBIND = 59,
	OPTION_ID = 61,
	OPTION_END = 255,
};

#define COOKIE         0x63825363u
#define OVERLOAD_FILE  1u
#define OVERLOAD_SNAME 2u

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void be32_put(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

/* --- Parsing ------------------------------------------------------------- */

static void word_take(uint32_t *word, const uint8_t *value, size_t length)
{
	if (length == 4 && *word == 0)
		*word = be32(value);
}

/* -1 if it may not stand in a host's name (RFC 952; RFC 1123, 2.1). */
static int label_character(uint8_t byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A' + 'a';
	if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-')
		return byte;
	return -1;
}

/* The first label of the name, if it is one; a name with anything else in it is no name. */
static void name_take(char name[DHCP_NAME_MAX + 1], const uint8_t *value, size_t length)
{
	size_t used = 0;

	while (used < length && value[used] != '.' && value[used] != 0) {
		int character = label_character(value[used]);
		if (character < 0 || used == DHCP_NAME_MAX) {
			name[0] = 0;
			return;
		}
		name[used++] = (char)character;
	}
	name[used] = 0;
	if (used > 0 && (name[0] == '-' || name[used - 1] == '-'))
		name[0] = 0;
}

static void id_take(struct dhcp_message *message, const uint8_t *value, size_t length)
{
	if (length < 2 || message->id_bytes != 0) /* RFC 2132, 9.14: at least 2 */
		return;
	memcpy(message->id, value, length);
	message->id_bytes = (uint8_t)length;
}

static void option_take(struct dhcp_message *message, uint8_t code, const uint8_t *value,
			size_t length, unsigned *overload)
{
	switch (code) {
	case OPTION_REQUESTED: word_take(&message->requested, value, length); break;
	case OPTION_LEASE: word_take(&message->lease_s, value, length); break;
	case OPTION_SERVER: word_take(&message->server, value, length); break;
	case OPTION_TYPE:
		if (length == 1 && message->type == 0)
			message->type = value[0];
		break;
	case OPTION_NAME: name_take(message->name, value, length); break;
	case OPTION_ID: id_take(message, value, length); break;
	case OPTION_OVERLOAD:
		if (length == 1)
			*overload |= value[0];
		break;
	default: /* there are some 150 others */ break;
	}
}

/* Until the end mark, the end of the field, or an option that says it is longer. */
static void options_take(struct dhcp_message *message, const uint8_t *field, size_t bytes,
			 unsigned *overload)
{
	size_t at = 0;

	while (at < bytes && field[at] != OPTION_END) {
		if (field[at] == OPTION_PAD) {
			at++;
			continue;
		}
		if (bytes - at < 2 || (size_t)field[at + 1] > bytes - at - 2)
			return;
		option_take(message, field[at], field + at + 2, field[at + 1], overload);
		at += 2u + field[at + 1];
	}
}

static bool header_is_good(const uint8_t *bytes, size_t length)
{
	return length >= AT_OPTIONS && length <= DHCP_MESSAGE_MAX &&
	       bytes[AT_OPERATION] == BOOT_REQUEST && bytes[AT_HARDWARE] == HARDWARE_ETHERNET &&
	       bytes[AT_HARDWARE_BYTES] == MAC_BYTES && be32(bytes + AT_COOKIE) == COOKIE;
}

bool dhcp_message_parse(const uint8_t *bytes, size_t length, struct dhcp_message *message)
{
	unsigned overload = 0, ignored = 0;

	memset(message, 0, sizeof(*message));
	if (!header_is_good(bytes, length))
		return false;
	message->transaction = be32(bytes + AT_TRANSACTION);
	message->seconds = be16(bytes + AT_SECONDS);
	message->flags = be16(bytes + AT_FLAGS);
	message->client_address = be32(bytes + AT_CLIENT);
	message->relay_address = be32(bytes + AT_RELAY);
	memcpy(message->mac, bytes + AT_MAC, MAC_BYTES);
	options_take(message, bytes + AT_OPTIONS, length - AT_OPTIONS, &overload);
	if (overload & OVERLOAD_FILE)
		options_take(message, bytes + AT_FILE, FILE_BYTES, &ignored);
	if (overload & OVERLOAD_SNAME)
		options_take(message, bytes + AT_SERVER_NAME, SERVER_NAME_BYTES, &ignored);
	return message->type >= DHCP_DISCOVER && message->type <= DHCP_INFORM;
}

/* --- Building ------------------------------------------------------------ */

struct writer {
	uint8_t *out;
	size_t used;
};

/* All that is ever written fits: at most 80 bytes of words, 66 of a domain, 258 of an id. */
static void option_put(struct writer *writer, enum option code, const void *value, size_t length)
{
	if (writer->used + 2 + length + 1 > DHCP_REPLY_BYTES)
		return;
	writer->out[writer->used++] = (uint8_t)code;
	writer->out[writer->used++] = (uint8_t)length;
	memcpy(writer->out + writer->used, value, length);
	writer->used += length;
}

static void word_put(struct writer *writer, enum option code, uint32_t value)
{
	uint8_t bytes[4];

	be32_put(bytes, value);
	if (value != 0)
		option_put(writer, code, bytes, sizeof(bytes));
}

static void header_put(const struct dhcp_message *request, const struct dhcp_reply *reply,
		       uint8_t *out)
{
	memset(out, 0, DHCP_REPLY_BYTES);
	out[AT_OPERATION] = BOOT_REPLY;
	out[AT_HARDWARE] = HARDWARE_ETHERNET;
	out[AT_HARDWARE_BYTES] = MAC_BYTES;
	be32_put(out + AT_TRANSACTION, request->transaction);
	out[AT_FLAGS] = (uint8_t)(request->flags >> 8);
	out[AT_FLAGS + 1] = (uint8_t)request->flags;
	if (reply->type == DHCP_ACK) /* RFC 2131, table 3 */
		be32_put(out + AT_CLIENT, request->client_address);
	be32_put(out + AT_YOUR, reply->address);
	be32_put(out + AT_RELAY, request->relay_address);
	memcpy(out + AT_MAC, request->mac, MAC_BYTES);
	be32_put(out + AT_COOKIE, COOKIE);
}

size_t dhcp_reply_build(const struct dhcp_message *request, const struct dhcp_reply *reply,
			uint8_t out[DHCP_REPLY_BYTES])
{
	struct writer writer = { out, AT_OPTIONS };
	size_t domain_bytes = reply->domain == NULL ? 0 : strnlen(reply->domain, DHCP_NAME_MAX);

	_Static_assert(AT_MAC + CHADDR_BYTES == AT_SERVER_NAME, "figure 1");
	header_put(request, reply, out);
	option_put(&writer, OPTION_TYPE, &reply->type, 1);
	word_put(&writer, OPTION_SERVER, reply->server);
	word_put(&writer, OPTION_LEASE, reply->lease_s);
	word_put(&writer, OPTION_RENEW, reply->lease_s / 2); /* RFC 2131, 4.4.5 */
	word_put(&writer, OPTION_REBIND, (uint32_t)((uint64_t)reply->lease_s * 7 / 8));
	word_put(&writer, OPTION_MASK, reply->mask);
	word_put(&writer, OPTION_ROUTER, reply->router);
	word_put(&writer, OPTION_DNS, reply->dns);
	word_put(&writer, OPTION_BROADCAST, reply->broadcast);
	if (domain_bytes != 0)
		option_put(&writer, OPTION_DOMAIN, reply->domain, domain_bytes);
	if (request->id_bytes != 0) /* RFC 6842 */
		option_put(&writer, OPTION_ID, request->id, request->id_bytes);
	out[writer.used++] = OPTION_END;
	return writer.used < REPLY_MIN_BYTES ? REPLY_MIN_BYTES : writer.used;
}
