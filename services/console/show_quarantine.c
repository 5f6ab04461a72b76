/* show quarantine: the packets that killed the firewall twice, and how often they came again. */
#include "services/console/command.h"
#include "services/console/view.h"

#include <stdio.h>
#include <string.h>

#define BYTES_SHOWN 64u /* as text; JSON has them all */

/* A copy of the job->step'th packet, the oldest first; false: there is none, or it is just
 * changing. */
static bool packet_copy(uint64_t sequence, struct quarantine_packet *copy)
{
	const struct quarantine_packet *shared =
		&view.quarantine->packets[sequence % QUARANTINE_PACKETS];

	if (__atomic_load_n(&shared->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	memcpy(copy, shared, sizeof(*copy));
	if (copy->length_bytes > QUARANTINE_FRAME_BYTES)
		copy->length_bytes = QUARANTINE_FRAME_BYTES;
	return copy->sequence == sequence;
}

static void packet_hex(const struct quarantine_packet *packet, unsigned bytes,
		       char text[2 * QUARANTINE_FRAME_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	for (i = 0; i < bytes && i < packet->length_bytes; i++) {
		text[2 * i] = digits[packet->bytes[i] >> 4];
		text[2 * i + 1] = digits[packet->bytes[i] & 15];
	}
	text[2 * i] = '\0';
}

static void port_name(const struct quarantine_packet *packet, char name[NAME_BYTES])
{
	if (packet->port < NETQ_PORTS_MAX)
		(void)snprintf(name, NAME_BYTES, "port%u", packet->port);
	else
		(void)snprintf(name, NAME_BYTES, "inet");
}

static void packet_show(struct job *job, struct text *out, const struct quarantine_packet *packet)
{
	static char hex[2 * QUARANTINE_FRAME_BYTES + 1];
	char port[NAME_BYTES];

	port_name(packet, port);
	packet_hex(packet, job->as_json ? QUARANTINE_FRAME_BYTES : BYTES_SHOWN, hex);
	if (!job->as_json) {
		text_printf(out,
			    "from %s, %u bytes, at %llu ms, dropped %llu times since\r\n  %s%s\r\n",
			    port, packet->length_bytes,
			    (unsigned long long)(packet->time_us / 1000),
			    (unsigned long long)packet->dropped, hex,
			    packet->length_bytes > BYTES_SHOWN ? "..." : "");
		return;
	}
	json_object(&job->json, out, NULL);
	json_word(&job->json, out, "port", port);
	json_number(&job->json, out, "length_bytes", packet->length_bytes);
	json_number(&job->json, out, "time_us", packet->time_us);
	json_number(&job->json, out, "dropped", packet->dropped);
	json_word(&job->json, out, "bytes", hex);
	json_object_end(&job->json, out);
}

static uint64_t oldest(uint64_t latest)
{
	return latest > QUARANTINE_PACKETS ? latest - QUARANTINE_PACKETS + 1 : 1;
}

bool show_quarantine(struct job *job, struct text *out)
{
	static struct quarantine_packet packet; /* too large for the stack */
	uint64_t latest =
		view.quarantine->magic == QUARANTINE_MAGIC ? view.quarantine->sequence : 0;

	if (job->step == 0 && job->as_json) {
		json_object(&job->json, out, NULL);
		json_array(&job->json, out, "packets");
	} else if (job->step == 0 && latest == 0) {
		text_string(out, "no packet has killed the firewall twice\r\n");
	}
	if (job->step < QUARANTINE_PACKETS) {
		if (packet_copy(oldest(latest) + job->step, &packet))
			packet_show(job, out, &packet);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
