#include "netstack/firewall/silence.h"

#include "netstack/firewall/arp.h"

/* --- When --------------------------------------------------------------------------------- */

/* How long a port where nothing was sent may hear nothing. */
static uint32_t idle_ms(const struct silence *silence, bool quiet)
{
	if (!quiet || silence->idle_ms <= SILENCE_IDLE_MS)
		return SILENCE_IDLE_MS;
	return silence->idle_ms < SILENCE_IDLE_LONGEST_MS ? silence->idle_ms
							  : SILENCE_IDLE_LONGEST_MS;
}

static void something_arrived(struct silence *silence, const struct silence_signs *signs,
			      uint32_t now_ms)
{
	bool answered = silence->questions != 0 && !silence->blamed;

	silence->idle_ms = answered ? 2 * idle_ms(silence, signs->quiet) : 0;
	silence->rx_seen = signs->rx_produced;
	silence->tx_seen = signs->tx_produced;
	silence->heard_ms = now_ms;
	silence->questions = 0;
	silence->alone = false;
	if (now_ms - silence->blamed_ms <= SILENCE_HELPED_MS)
		silence->blamed = false;
}

static void blame(struct silence *silence, uint32_t now_ms)
{
	uint32_t remembered_ms = silence->wait_ms + SILENCE_WAIT_LONGEST_MS;
	bool again = silence->blamed && now_ms - silence->blamed_ms < remembered_ms;

	silence->wait_ms = again ? 2 * silence->wait_ms : SILENCE_WAIT_FIRST_MS;
	if (silence->wait_ms > SILENCE_WAIT_LONGEST_MS)
		silence->wait_ms = SILENCE_WAIT_LONGEST_MS;
	silence->blamed = true;
	silence->blamed_ms = now_ms;
	silence->questions = 0;
}

static uint32_t left_ms(uint32_t since_ms, uint32_t wait_ms, uint32_t now_ms)
{
	uint32_t passed_ms = now_ms - since_ms;

	return passed_ms < wait_ms ? wait_ms - passed_ms : 0;
}

/* Until a multiple of half the time that it may be idle, but not longer than that. */
static uint32_t idle_left_ms(const struct silence *silence, bool quiet, uint32_t now_ms)
{
	uint32_t patience_ms = idle_ms(silence, quiet);
	uint32_t at_ms = silence->heard_ms + patience_ms;

	patience_ms -= at_ms % (patience_ms / 2);
	return left_ms(silence->heard_ms, patience_ms, now_ms);
}

/* Until the next question, or the complaint, is due if nothing arrives. */
static uint32_t due_in_ms(const struct silence *silence, const struct silence_signs *signs,
			  uint32_t now_ms)
{
	bool sending = signs->tx_produced != silence->tx_seen && !silence->alone;
	uint32_t blamed_left_ms = left_ms(silence->blamed_ms, silence->wait_ms, now_ms);
	uint32_t left = sending ? left_ms(silence->heard_ms, SILENCE_SENDING_MS, now_ms)
				: idle_left_ms(silence, signs->quiet, now_ms);

	if (left != 0)
		return left;
	/* One question after the complaint, to hear whether it has helped. */
	if (silence->blamed && blamed_left_ms != 0)
		return silence->questions == 0
			       ? left_ms(silence->blamed_ms, SILENCE_SENDING_MS, now_ms)
			       : blamed_left_ms;
	return silence->questions == 0 ? 0 : left_ms(silence->asked_ms, SILENCE_PERIOD_MS, now_ms);
}

uint32_t silence_due_in_ms(const struct silence *silence, const struct silence_signs *signs,
			   uint32_t now_ms)
{
	return signs->listens ? due_in_ms(silence, signs, now_ms) : UINT32_MAX;
}

enum silence_step silence_look(struct silence *silence, const struct silence_signs *signs,
			       uint32_t now_ms)
{
	if (!signs->listens || signs->rx_produced != silence->rx_seen)
		something_arrived(silence, signs, now_ms);
	/* A driver that does not send is another matter: then a question proves nothing. */
	if (!signs->all_sent || due_in_ms(silence, signs, now_ms) != 0)
		return SILENCE_NOTHING;
	if (silence->questions >= SILENCE_QUESTIONS) {
		blame(silence, now_ms);
		return SILENCE_BLAME;
	}
	silence->questions++;
	silence->asked_ms = now_ms;
	return SILENCE_ASK;
}

/* --- Whom --------------------------------------------------------------------------------- */

/* Has it answered, and is it behind this port, as far as we know? */
static bool is_witness(const struct firewall *fw, const struct neighbour *neighbour, uint8_t port)
{
	if (!neighbour_is_known(neighbour) || neighbour->zone != fw->settings.zone[port])
		return false;
	return neighbour->zone != ZONE_LAN || fw->settings.lan_port_count == 1 ||
	       bridge_lookup(&fw->bridge, &neighbour->mac, fw->now_s) == port;
}

/* The first witness from `index` on, and before `end`; `end` if there is none. */
static uint16_t witness_next(const struct firewall *fw, uint8_t port, uint16_t index, uint16_t end)
{
	for (; (index = neighbour_next(&fw->neighbours, index)) < end; index++)
		if (is_witness(fw, &fw->neighbours.entries[index], port))
			return index;
	return end;
}

/* Takes the next neighbour in turn, or the one before if there is none any more. */
static bool witness_find(struct silence *silence, const struct firewall *fw, uint8_t port)
{
	uint16_t index = witness_next(fw, port, silence->next, NEIGHBOURS);
	const struct neighbour *neighbour;

	if (index == NEIGHBOURS)
		index = witness_next(fw, port, 0, silence->next);
	neighbour = &fw->neighbours.entries[index];
	if (!is_witness(fw, neighbour, port))
		return silence->witness != 0;
	silence->next = (uint16_t)((index + 1) % NEIGHBOURS);
	silence->witness = neighbour->address;
	silence->witness_mac = neighbour->mac;
	return true;
}

void silence_ask(struct silence *silence, struct firewall *fw, uint8_t port)
{
	bool directly = silence->questions % 2 != 0; /* else everybody, in case its MAC is new */

	if (fw->settings.valid && witness_find(silence, fw, port) &&
	    arp_question(fw, port, silence->witness, directly ? &silence->witness_mac : NULL))
		return;
	silence->alone = true;
	silence->idle_ms = 2 * idle_ms(silence, true);
	silence->questions = 0;
	silence->heard_ms = fw->now_ms;
}
