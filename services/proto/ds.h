/*
 * DS, the data store: published names and values, subscriptions, and private
 * backup state.
 *
 * Who may call: every service whose manifest lists ds. DS calls nobody and
 * answers at once; subscribers are told by a notification and then CHECK.
 *
 * A name is 1 to 31 printable characters, dots between words ("port.0.link"). A
 * name belongs to who published it first; others get E_DENIED. A value is 0 to
 * DS_VALUE_BYTES bytes. Names starting with "service."
 * and "alert." are RS's; DS publishes its alerts (services/proto/rs.h).
 *
 * All of it lives in the preserved region "ds.state" and outlives DS and the
 * publisher. Every op is safe to repeat after E_DEAD.
 */
#ifndef PROTO_DS_H
#define PROTO_DS_H

#include "kernel/abi/message.h"

#define DS_NAME_BYTES 32
#define DS_VALUE_BYTES 128
#define DS_ENTRIES_MAX 256
#define DS_SUBSCRIPTIONS_MAX 64
#define DS_BACKUP_BYTES 4096

enum ds_op {
	/* name in payload; value through the grant. E_FULL, E_DENIED, E_ARGUMENT */
	DS_PUBLISH = 0x100,
	/* -> length, and the value copied through the grant. E_ABSENT */
	DS_RETRIEVE = 0x101,
	DS_WITHDRAW = 0x102, /* E_ABSENT, E_DENIED */
	/* A name, or a prefix that ends in '*'. E_FULL. Known names count as changed. */
	DS_SUBSCRIBE = 0x103,
	/* -> the next changed name that we subscribed to and its value. E_AGAIN: none */
	DS_CHECK = 0x104,
	/* The nth entry, for listing: name and value. E_ABSENT: no more */
	DS_ENTRY = 0x105,
	/* The caller's own backup state, at most DS_BACKUP_BYTES, through the grant */
	DS_BACKUP_STORE = 0x106, /* E_FULL, E_TOO_LARGE */
	DS_BACKUP_LOAD = 0x107, /* -> length. E_ABSENT */
};

struct ds_request {
	char name[DS_NAME_BYTES];
	uint32_t grant; /* GRANT_READ to publish and store, GRANT_WRITE to be given */
	uint32_t length_bytes; /* of what the grant covers */
	uint32_t index; /* DS_ENTRY */
};

struct ds_reply {
	char name[DS_NAME_BYTES]; /* DS_CHECK, DS_ENTRY */
	uint32_t length_bytes; /* of the value */
	uint32_t owner; /* slot of the publisher */
	uint32_t removed; /* DS_CHECK: 1 if the name was withdrawn */
};

_Static_assert(sizeof(struct ds_request) <= MESSAGE_PAYLOAD_BYTES, "payload");
_Static_assert(sizeof(struct ds_reply) <= MESSAGE_PAYLOAD_BYTES, "payload");

#endif
