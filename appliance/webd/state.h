/*
 * What outlives webd: sessions, the account and the certificate, in the preserved
 * region "webd.state", which webd alone maps. Two copies, each with a checksum, so
 * that a death in the middle of a change leaves the one before. Pure.
 */
#ifndef WEBD_STATE_H
#define WEBD_STATE_H

#include "appliance/webd/certificate.h"
#include "appliance/webd/password.h"
#include "appliance/webd/session.h"

#define STATE_VERSION      2u
#define STATE_REGION_BYTES 8192u

struct state {
	uint32_t crc32; /* zlib's, of what follows */
	uint32_t version;
	uint64_t sequence;                     /* the later of two copies counts */
	uint32_t has_account, has_certificate; /* 0 or 1 */
	uint32_t is_loaded;                    /* 1: what the store has is in here */
	uint32_t reserved;
	struct sessions sessions;
	struct password_record account;
	struct certificate_record certificate;
};

struct state_region {
	struct state copies[2];
};
_Static_assert(sizeof(struct state_region) <= STATE_REGION_BYTES, "region size");

/* False: there is none that checks out; *state is then empty. */
bool state_load(const struct state_region *region, struct state *state);
/* Neither copy is there any more: a later one must not be taken for the latest. */
void state_forget(struct state_region *region);
void state_save(struct state_region *region, struct state *state);

#endif
