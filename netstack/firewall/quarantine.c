#include "netstack/firewall/quarantine.h"

#include "services/runtime/crc32.h"

#include <string.h>

/* Of what a packet is, but not of when it came and how often it was dropped since. */
static uint32_t packet_crc(const struct quarantine_packet *packet)
{
	uint32_t crc = crc32_of(&packet->port, sizeof packet->port);

	crc = crc32_more(crc, &packet->length_bytes, sizeof packet->length_bytes);
	return crc32_more(crc, packet->bytes, packet->length_bytes);
}

static bool packet_checks_out(const struct quarantine_packet *packet)
{
	return packet->length_bytes <= QUARANTINE_FRAME_BYTES &&
	       packet->crc32 == packet_crc(packet);
}

/* A flipped bit in the count must not cost the flows. */
static void short_lives_set(struct quarantine *quarantine, uint32_t lives)
{
	quarantine->short_lives = lives;
	quarantine->short_lives_check = lives * 0x9e3779b1u;
}

static void packets_check(struct quarantine *quarantine)
{
	uint64_t latest = 0;

	for (unsigned i = 0; i < QUARANTINE_PACKETS; i++) {
		struct quarantine_packet *packet = &quarantine->packets[i];

		if (packet->sequence == 0)
			continue;
		if (packet->sequence % QUARANTINE_PACKETS != i || packet->sequence == UINT64_MAX ||
		    !packet_checks_out(packet))
			packet->sequence = 0;
		else if (packet->sequence > latest)
			latest = packet->sequence;
	}
	quarantine->sequence = latest;
}

void quarantine_open(struct quarantine *quarantine, bool preserved)
{
	if (!preserved || quarantine->magic != QUARANTINE_MAGIC) {
		memset(quarantine, 0, sizeof *quarantine);
		quarantine->magic = QUARANTINE_MAGIC;
	}
	packets_check(quarantine);
	if (!packet_checks_out(&quarantine->suspect))
		quarantine->suspect.length_bytes = 0;
	if (quarantine->short_lives_check != quarantine->short_lives * 0x9e3779b1u)
		short_lives_set(quarantine, 0);
}

static bool packet_is(const struct quarantine_packet *packet, const uint8_t *frame, unsigned bytes)
{
	return packet->length_bytes == bytes && bytes <= QUARANTINE_FRAME_BYTES &&
	       memcmp(packet->bytes, frame, bytes) == 0;
}

bool quarantine_holds(struct quarantine *quarantine, const uint8_t *frame, unsigned bytes)
{
	for (unsigned i = 0; i < QUARANTINE_PACKETS; i++) {
		struct quarantine_packet *packet = &quarantine->packets[i];

		if (packet->sequence == 0 || !packet_is(packet, frame, bytes))
			continue;
		packet->dropped++;
		return true;
	}
	return false;
}

/* In place of the oldest. */
static void suspect_quarantine(struct quarantine *quarantine, uint64_t now_us)
{
	uint64_t sequence = quarantine->sequence + 1;
	struct quarantine_packet *packet = &quarantine->packets[sequence % QUARANTINE_PACKETS];

	packet->sequence = 0;
	packet->time_us = now_us;
	packet->dropped = 0;
	packet->port = quarantine->suspect.port;
	packet->length_bytes = quarantine->suspect.length_bytes;
	packet->crc32 = quarantine->suspect.crc32;
	memcpy(packet->bytes, quarantine->suspect.bytes, sizeof packet->bytes);
	__atomic_store_n(&packet->sequence, sequence, __ATOMIC_RELEASE);
	quarantine->suspect.length_bytes = 0;
	__atomic_store_n(&quarantine->sequence, sequence, __ATOMIC_RELEASE);
}

bool quarantine_blame(struct quarantine *quarantine, const uint8_t *frame, unsigned bytes,
		      unsigned port, uint64_t now_us)
{
	struct quarantine_packet *suspect = &quarantine->suspect;

	if (frame == NULL || bytes == 0 || bytes > QUARANTINE_FRAME_BYTES) {
		suspect->length_bytes = 0;
		return false;
	}
	if (packet_is(suspect, frame, bytes)) {
		suspect_quarantine(quarantine, now_us);
		return true;
	}
	suspect->port = (uint16_t)port;
	memcpy(suspect->bytes, frame, bytes);
	suspect->length_bytes = (uint16_t)bytes;
	suspect->crc32 = packet_crc(suspect);
	return false;
}

bool quarantine_life_ended(struct quarantine *quarantine, bool by_itself, bool explained,
			   uint64_t died_us)
{
	if (!by_itself || died_us - quarantine->life_begun_us >= FIREWALL_SHORT_LIFE_US) {
		short_lives_set(quarantine, 0);
		return false;
	}
	if (!explained)
		short_lives_set(quarantine, quarantine->short_lives + 1);
	if (quarantine->short_lives < FIREWALL_SHORT_LIVES_MAX)
		return false;
	short_lives_set(quarantine, 0);
	return true;
}

void quarantine_life_begins(struct quarantine *quarantine, uint64_t now_us)
{
	quarantine->life_begun_us = now_us;
}
