/*
 * How alerts are mailed, as config compiled it from the document: region
 * "alertconf", written by config only, mapped by alertd only, as it holds a
 * password. Two copies, as in netconf.h.
 */
#ifndef PROTO_ALERTCONF_H
#define PROTO_ALERTCONF_H

#include <stdint.h>

#define ALERTCONF_VERSION        1u
#define ALERTCONF_RECIPIENTS_MAX 4
#define ALERTCONF_ADDRESS_BYTES  96 /* a mail address and the zero */

enum alertconf_security {
	SMTP_PLAIN = 0,
	SMTP_STARTTLS = 1, /* RFC 3207; refused if the server does not offer it */
	SMTP_TLS = 2,      /* RFC 8314, 3.3: TLS from the first byte */
};

/* What is mailed: bit, word in the document. */
#define ALERTCONF_EVENT_TABLE(X)                                                                   \
	X(CRASH, 0, "crash")                 /* a service died */                                  \
	X(GIVE_UP, 1, "give-up")             /* and is not restarted any more */                   \
	X(RECOVERED, 2, "recovered")         /* it is back, and quiet */                           \
	X(REBOOT, 3, "reboot")               /* of the machine, and why */                         \
	X(WAN, 4, "wan")                     /* down, up, another address */                       \
	X(LOGIN, 5, "login")                 /* failures */                                        \
	X(CONFIGURATION, 6, "configuration") /* changed, by whom */                                \
	X(DISK, 7, "disk")                   /* trouble */

enum alertconf_event {
#define X(name, bit, word) ALERTCONF_EVENT_##name = 1 << (bit),
	ALERTCONF_EVENT_TABLE(X)
#undef X
};

struct alertconf {
	uint32_t crc32;
	uint32_t version;    /* ALERTCONF_VERSION */
	uint32_t serial;     /* counts the changes of this region since boot */
	uint32_t enabled;    /* 0 or 1; if 1, server, from and to are there */
	uint32_t events;     /* enum alertconf_event, OR-ed */
	uint32_t interval_s; /* at most one mail in this time */
	uint16_t port;
	uint16_t security; /* enum alertconf_security */
	char server[64];   /* IPv4 address or name */
	char user[96];     /* "": no AUTH */
	char password[128];
	uint32_t to_count;
	char from[ALERTCONF_ADDRESS_BYTES];
	char to[ALERTCONF_RECIPIENTS_MAX][ALERTCONF_ADDRESS_BYTES];
};

struct alertconf_region {
	uint32_t current; /* 0 or 1; anything else: none yet */
	struct alertconf copies[2];
};

#define ALERTCONF_REGION_BYTES 4096u
_Static_assert(sizeof(struct alertconf_region) <= ALERTCONF_REGION_BYTES, "region size");

#endif
