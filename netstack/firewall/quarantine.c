#include "netstack/firewall/quarantine.h"

#include <string.h>

void quarantine_open(struct quarantine *quarantine, bool preserved)
{
	if (preserved && quarantine->magic == QUARANTINE_MAGIC)
		return;
	memset(quarantine, 0, sizeof *quarantine);
	quarantine->magic = QUARANTINE_MAGIC;
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
	return false;
}

bool quarantine_life_ended(struct quarantine *quarantine, bool by_itself, bool explained,
			   uint64_t died_us)
{
	if (!by_itself || died_us - quarantine->life_begun_us >= FIREWALL_SHORT_LIFE_US) {
		quarantine->short_lives = 0;
		return false;
	}
	if (!explained)
		quarantine->short_lives++;
	if (quarantine->short_lives < FIREWALL_SHORT_LIVES_MAX)
		return false;
	quarantine->short_lives = 0;
	return true;
}

void quarantine_life_begins(struct quarantine *quarantine, uint64_t now_us)
{
	quarantine->life_begun_us = now_us;
}
