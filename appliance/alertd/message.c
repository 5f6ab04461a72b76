#include "appliance/alertd/message.h"

#include "services/runtime/civil.h"
#include "services/runtime/event.h"
#include "services/runtime/page.h"

#include <stdio.h>
#include <string.h>

#define US_A_SECOND   1000000
#define SUBJECT_CHARS 70u /* RFC 5322, 2.1.1: lines should have at most 78 */

/* Whatever it is: no control characters, no bytes beyond ASCII, so that it ends no line. */
static void put_plain(struct page *page, const char *text, size_t bytes, size_t most)
{
	for (size_t i = 0; i < bytes && i < most && text[i] != 0; i++) {
		char byte = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
		page_print(page, "%c", byte);
	}
}

static void put_address(struct page *page, const char address[ALERTCONF_ADDRESS_BYTES])
{
	page_print(page, "<");
	put_plain(page, address, ALERTCONF_ADDRESS_BYTES, ALERTCONF_ADDRESS_BYTES);
	page_print(page, ">");
}

/* RFC 5322, 3.3: "Sat, 21 Nov 2026 12:46:24 +0000" */
static void put_date(struct page *page, const struct message_facts *facts)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int32_t offset = facts->utc_offset_minutes;
	unsigned away = (unsigned)(offset < 0 ? -offset : offset);
	struct civil at;

	if (facts->unix_us == 0 || !civil_of_unix(facts->unix_us / US_A_SECOND + offset * 60, &at))
		return;
	page_print(page, "Date: %.3s, %u %.3s %04d %02u:%02u:%02u %c%02u%02u\r\n",
		   days + 3 * at.weekday, at.day, months + 3 * (at.month - 1), (int)at.year,
		   at.hour, at.minute, at.second, offset < 0 ? '-' : '+', away / 60 % 100,
		   away % 60);
}

/* The worst of them, as that is what one wants to read on a telephone. */
static void put_subject(struct page *page, const struct message_facts *facts,
			const struct alert_queue *queue, uint32_t count)
{
	const struct alert *worst = &queue->alerts[0];

	for (uint32_t i = 1; i < count; i++)
		if (queue->alerts[i].severity > worst->severity)
			worst = &queue->alerts[i];
	page_print(page, "Subject: [");
	put_plain(page, facts->hostname, strlen(facts->hostname), SUBJECT_CHARS / 2);
	page_print(page, "] ");
	if (count == 0) {
		page_print(page, "test");
	} else {
		put_plain(page, worst->text, worst->text_bytes, SUBJECT_CHARS);
		if (count > 1)
			page_print(page, " (and %u more)", (unsigned)(count - 1));
	}
	page_print(page, "\r\n");
}

static void put_head(struct page *page, const struct message_facts *facts,
		     const struct alert_queue *queue, uint32_t count)
{
	const struct alertconf *conf = facts->conf;

	page_print(page, "From: ");
	put_address(page, conf->from);
	for (uint32_t i = 0; i < conf->to_count; i++) {
		page_print(page, "%s", i == 0 ? "\r\nTo: " : ",\r\n ");
		put_address(page, conf->to[i]);
	}
	page_print(page, "\r\n");
	put_subject(page, facts, queue, count);
	put_date(page, facts);
	page_print(page, "Message-ID: <%08x%08x.%08x%08x@", (unsigned)facts->id[0],
		   (unsigned)facts->id[1], (unsigned)facts->id[2], (unsigned)facts->id[3]);
	put_plain(page, facts->hostname, strlen(facts->hostname), SUBJECT_CHARS);
	page_print(page, ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n"
			 "Auto-Submitted: auto-generated\r\n\r\n");
}

static void put_alert(struct page *page, const struct message_facts *facts,
		      const struct alert *alert)
{
	static const char *const severities[] = { "note", "warning", "critical" };
	char time[CIVIL_TEXT_BYTES];

	if (alert->unix_us != 0)
		civil_format(alert->unix_us, facts->utc_offset_minutes, 0, time);
	else
		snprintf(time, sizeof(time), "%llu s after %s start",
			 (unsigned long long)(alert->last_us / US_A_SECOND),
			 alert->earlier ? "an earlier" : "the");
	page_print(page, "%s  %s: ", time, severities[alert->severity]);
	put_plain(page, alert->text, alert->text_bytes, EVENT_TEXT_BYTES);
	page_print(page, "\r\n    %s, of ", event_kind_text(alert->kind));
	put_plain(page, alert->service, NAME_BYTES, NAME_BYTES);
	if (alert->count > 1)
		page_print(page, ", %u times", (unsigned)alert->count);
	page_print(page, "\r\n\r\n");
}

size_t message_compose(const struct message_facts *facts, const struct alert_queue *queue,
		       uint32_t count, char out[MESSAGE_BYTES])
{
	/* More than ALERTS_MAX alerts take. */
	struct page page = { .text = out, .room_bytes = MESSAGE_BYTES };
	uint32_t lost = queue->dropped - queue->dropped_told;

	put_head(&page, facts, queue, count);
	if (count == 0)
		page_print(&page, "This mail was asked for, to try the settings. They work.\r\n");
	for (uint32_t i = 0; i < count; i++)
		put_alert(&page, facts, &queue->alerts[i]);
	if (count != 0 && lost != 0)
		page_print(&page, "%u more could not be kept until they were mailed.\r\n",
			   (unsigned)lost);
	return page.used_bytes;
}
