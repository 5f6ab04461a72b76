#include "services/log/syslog.h"

#include "services/runtime/civil.h"

#include <stdio.h>
#include <string.h>

/* RFC 5424, 6.2.1 */
#define FACILITY_KERNEL 0u
#define FACILITY_LOCAL0 16u
#define SEVERITY_ERROR  3u /* and our next levels are the next severities, to debug */
#define SEVERITY_DEBUG  7u
#define SEQUENCE_MAX    2147483647u /* RFC 5424, 7.3.1; then it is 1 again */

static unsigned priority(const struct log_ring_record *record)
{
	unsigned severity = SEVERITY_ERROR + record->level;

	if (severity > SEVERITY_DEBUG)
		severity = SEVERITY_DEBUG;
	return (record->slot == LOG_FROM_KERNEL ? FACILITY_KERNEL : FACILITY_LOCAL0) * 8 + severity;
}

/* PRINTUSASCII, or NILVALUE. */
static void word_put(const char *word, size_t room_bytes, char *out)
{
	size_t used = 0;

	for (; used + 1 < room_bytes && word[used] != 0; used++)
		out[used] = word[used] > ' ' && word[used] < 0x7f ? word[used] : '?';
	if (used == 0)
		out[used++] = '-';
	out[used] = 0;
}

size_t syslog_message(const struct log_ring_record *record, int64_t unix_us, const char *host,
		      char out[SYSLOG_MESSAGE_BYTES])
{
	char time[CIVIL_TEXT_BYTES], service[NAME_BYTES], name[64];
	char head[SYSLOG_MESSAGE_BYTES];

	(void)civil_format(unix_us == 0 ? -1 : unix_us, 0, 6, time);
	word_put(record->service, sizeof(service), service);
	word_put(host, sizeof(name), name);
	int wanted = snprintf(head, sizeof(head),
			      "<%u>1 %s %s %s %u - [meta sequenceId=\"%u\" sysUpTime=\"%llu\"] ",
			      priority(record), time, name, service, (unsigned)record->generation,
			      (unsigned)((record->sequence - 1) % SEQUENCE_MAX + 1),
			      (unsigned long long)(record->time_us / 10000));
	size_t used = wanted < 0 ? 0 : (size_t)wanted;
	size_t text_bytes = record->length_bytes <= LOG_TEXT_BYTES ? record->length_bytes : 0;

	memcpy(out, head, used);
	for (size_t i = 0; i < text_bytes && used < SYSLOG_MESSAGE_BYTES; i++) {
		uint8_t byte = (uint8_t)record->text[i];
		out[used++] = byte >= ' ' && byte != 0x7f ? record->text[i] : '?';
	}
	return used;
}

size_t syslog_frame(const struct log_ring_record *record, int64_t unix_us, const char *host,
		    char out[SYSLOG_FRAME_BYTES])
{
	char message[SYSLOG_MESSAGE_BYTES];
	size_t bytes = syslog_message(record, unix_us, host, message);
	int head = snprintf(out, SYSLOG_FRAME_BYTES, "%u ", (unsigned)bytes);

	memcpy(out + head, message, bytes);
	return (size_t)head + bytes;
}
