#include "netstack/firewall/silence.h"

#include "netstack/firewall/arp.h"

/* --- When --------------------------------------------------------------------------------- */

static void something_arrived(struct silence *silence, const struct silence_signs *signs,
			      uint32_t now_ms)
{
	silence->rx_seen = signs->rx_produced;
	silence->tx_seen = signs->tx_produced;
	silence->heard_ms = now_ms;
	silence->questions = 0;
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

/* Is the next question, or the complaint, due? */
static bool is_due(const struct silence *silence, const struct silence_signs *signs,
		   uint32_t now_ms)
{
	bool sending = signs->tx_produced != silence->tx_seen;
	uint32_t silent_ms = now_ms - silence->heard_ms;

	if (silent_ms < (sending ? SILENCE_SENDING_MS : SILENCE_IDLE_MS))
		return false;
	/* One question after the complaint, to hear whether it has helped. */
	if (silence->blamed && now_ms - silence->blamed_ms < silence->wait_ms)
		return silence->questions == 0 && now_ms - silence->blamed_ms >= SILENCE_SENDING_MS;
	return silence->questions == 0 || now_ms - silence->asked_ms >= SILENCE_PERIOD_MS;
}

enum silence_step silence_look(struct silence *silence, const struct silence_signs *signs,
			       uint32_t now_ms)
{
	if (!signs->listens || signs->rx_produced != silence->rx_seen)
		something_arrived(silence, signs, now_ms);
	/* A driver that does not send is another matter: then a question proves nothing. */
	if (!signs->all_sent || !is_due(silence, signs, now_ms))
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

/* Takes the next neighbour in turn, or the one before if there is none any more. */
static bool witness_find(struct silence *silence, const struct firewall *fw, uint8_t port)
{
	for (uint16_t i = 0; i < NEIGHBOURS; i++) {
		uint16_t index = (uint16_t)((silence->next + i) % NEIGHBOURS);
		const struct neighbour *neighbour = &fw->neighbours.entries[index];

		if (!is_witness(fw, neighbour, port))
			continue;
		silence->next = (uint16_t)((index + 1) % NEIGHBOURS);
		silence->witness = neighbour->address;
		silence->witness_mac = neighbour->mac;
		return true;
	}
	return silence->witness != 0;
}

void silence_ask(struct silence *silence, struct firewall *fw, uint8_t port)
{
	bool directly = silence->questions % 2 != 0; /* else everybody, in case its MAC is new */

	if (fw->settings.valid && witness_find(silence, fw, port) &&
	    arp_question(fw, port, silence->witness, directly ? &silence->witness_mac : NULL))
		return;
	silence->questions = 0;
	silence->heard_ms = fw->now_ms;
}
