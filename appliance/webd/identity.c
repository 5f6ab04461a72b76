/* See identity.h. */
#include "appliance/webd/identity.h"

#include "appliance/webd/keep.h"
#include "appliance/webd/tls.h"
#include "appliance/webd/webd.h"
#include "appliance/webd/world.h"
#include "services/runtime/civil.h"
#include "services/runtime/service.h"
#include "services/runtime/tls_port.h"

#include <string.h>

#define CLOCK_LOOK_US 1000000u

static struct state *state;
static struct certificate_job job;

_Static_assert(AUTHORITY_HOST_BYTES == NETCONF_HOST_BYTES, "a host name fits");
_Static_assert(AUTHORITY_DOMAIN_BYTES == sizeof(((struct netconf_dns *)0)->domain),
	       "a domain fits");

void identity_init(struct state *kept)
{
	state = kept;
	memset(&job, 0, sizeof(job));
}

static void text_copy(char *to, const char *from, size_t room_bytes)
{
	memcpy(to, from, strnlen(from, room_bytes - 1));
}

/* At `now_s`, 0 if that is not to be looked at. */
static struct certificate_want want_at(int64_t now_s)
{
	struct certificate_want want = { .names.address = world.netconf.lan.address,
					 .now_s = now_s };

	text_copy(want.names.hostname, world.netconf.hostname, AUTHORITY_HOST_BYTES);
	text_copy(want.names.domain, world.netconf.dns.domain, AUTHORITY_DOMAIN_BYTES);
	return want;
}

/* One that is made before the time is known has to be replaced, in front of its first visitor. */
static bool is_too_early(const struct certificate_want *want)
{
	return !state->has_certificate && world.clock != NULL && want->now_s == 0 &&
	       world.now_us < IDENTITY_CLOCK_US;
}

static void job_end(void)
{
	char until[CIVIL_TEXT_BYTES];
	bool same = state->has_certificate &&
		    state->certificate.authority.number == job.record.authority.number;

	state->certificate = job.record;
	state->has_certificate = 1;
	webd_state_save();
	keep_save(KEEP_CERTIFICATE);
	(void)civil_format(job.record.validity.last_s * 1000000, 0, 0, until);
	log_notice("made %s, good until %s",
		   same ? "a certificate" : "an authority and a certificate", until);
}

static void job_work(void)
{
	if (!certificate_work(&job, tls_port_random))
		service_panic("no certificate can be made");
	if (job.stage == CERTIFICATE_MADE)
		job_end();
}

/* Its authority is looked at when another certificate is made of what is left. */
static void damaged(void)
{
	log_error("the certificate is damaged; another is made");
	state->certificate.certificate_bytes = 0;
}

enum identity identity_work(void)
{
	struct certificate_want want = want_at(world_unix_s(world.now_us));

	if (job.stage != CERTIFICATE_MADE) {
		job_work();
		return IDENTITY_GOES_ON;
	}
	if (is_too_early(&want))
		return IDENTITY_WAITS;
	if (!state->has_certificate || certificate_is_due(&state->certificate, &want)) {
		certificate_begin(&job, state->has_certificate ? &state->certificate : NULL, &want);
		return IDENTITY_GOES_ON;
	}
	if (!tls_server_set(&state->certificate)) {
		damaged();
		return IDENTITY_GOES_ON;
	}
	world.certificate = &state->certificate;
	return IDENTITY_READY;
}

/* Names at once; the time as often as somebody might notice. */
bool identity_is_due(void)
{
	static uint64_t looked_us;
	bool looks = world.now_us - looked_us >= CLOCK_LOOK_US;
	struct certificate_want want = want_at(looks ? world_unix_s(world.now_us) : 0);

	if (looks)
		looked_us = world.now_us;
	return certificate_is_due(&state->certificate, &want);
}
