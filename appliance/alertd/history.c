/* See history.h. Others read the records while we write them: `change` is 0 meanwhile. */
#include "appliance/alertd/history.h"

#include "services/runtime/crc32.h"

#include <string.h>

static uint16_t check_of(const struct alert_record *record)
{
	struct alert_record plain = *record;

	plain.change = 0;
	plain.check = 0;
	return (uint16_t)crc32_of(&plain, sizeof(plain));
}

bool history_record_is_sound(const struct alert_record *record, unsigned at)
{
	return record->change != 0 && record->number != 0 && record->number % ALERT_HISTORY == at &&
	       record->sent <= ALERT_IS_LOST && record->severity <= EVENT_CRITICAL &&
	       record->text_bytes <= EVENT_TEXT_BYTES && record->service[NAME_BYTES - 1] == 0 &&
	       record->check == check_of(record);
}

void history_init(struct history *history, struct alert_record records[ALERT_HISTORY],
		  bool same_boot)
{
	*history = (struct history){ .records = records, .next_number = 1, .next_change = 1 };
	for (unsigned at = 0; at < ALERT_HISTORY; at++) {
		if (!same_boot || !history_record_is_sound(&records[at], at)) {
			memset(&records[at], 0, sizeof(records[at]));
			continue;
		}
		if (records[at].number >= history->next_number)
			history->next_number = records[at].number + 1;
		if (records[at].change >= history->next_change)
			history->next_change = records[at].change + 1;
	}
}

static void record_write(struct history *history, struct alert_record *record,
			 const struct alert_record *wanted)
{
	__atomic_store_n(&record->change, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy((char *)record + sizeof(record->change),
	       (const char *)wanted + sizeof(wanted->change),
	       sizeof(*record) - sizeof(record->change));
	record->check = check_of(record);
	__atomic_store_n(&record->change, history->next_change++, __ATOMIC_RELEASE);
}

static bool is_below_bound(const struct history *history, const struct alert_record *record)
{
	return record->number < history->mail_bound;
}

/* The record that the alert repeats, or NULL. */
static struct alert_record *repeated_find(const struct history *history, const struct alert *alert,
					  enum alert_sent sent)
{
	for (unsigned at = 0; at < ALERT_HISTORY; at++) {
		struct alert_record *record = &history->records[at];
		bool waits = record->sent == ALERT_IS_QUEUED || record->sent == ALERT_IS_FAILED;
		if (record->number != 0 && record->kind == alert->kind &&
		    strncmp(record->service, alert->service, NAME_BYTES) == 0 &&
		    (sent == ALERT_IS_QUEUED ? waits : record->sent == sent) &&
		    !is_below_bound(history, record) &&
		    alert->last_us - record->time_us < HISTORY_REPEAT_US)
			return record;
	}
	return NULL;
}

void history_add(struct history *history, const struct alert *alert, enum alert_sent sent)
{
	struct alert_record *repeated = repeated_find(history, alert, sent);
	struct alert_record record = { .number = history->next_number };

	if (repeated != NULL)
		record = *repeated;
	record.time_us = alert->last_us;
	record.count += alert->count;
	record.sent = sent;
	record.kind = alert->kind;
	record.severity = alert->severity;
	record.text_bytes = (uint16_t)alert->text_bytes;
	memcpy(record.service, alert->service, sizeof(record.service));
	memcpy(record.text, alert->text, sizeof(record.text));
	record_write(history, &history->records[record.number % ALERT_HISTORY], &record);
	if (repeated == NULL)
		history->next_number++;
}

static void sent_set(struct history *history, struct alert_record *record, enum alert_sent sent)
{
	struct alert_record changed = *record;

	changed.sent = sent;
	record_write(history, record, &changed);
}

void history_lost(struct history *history, const struct alert *alert)
{
	struct alert_record *record = repeated_find(history, alert, ALERT_IS_QUEUED);

	if (record != NULL)
		sent_set(history, record, ALERT_IS_LOST);
}

void history_mail_begin(struct history *history)
{
	history->mail_bound = history->next_number;
}

void history_mail_end(struct history *history, bool sent)
{
	for (unsigned at = 0; at < ALERT_HISTORY; at++) {
		struct alert_record *record = &history->records[at];
		bool waits = record->sent == ALERT_IS_QUEUED ||
			     (sent && record->sent == ALERT_IS_FAILED);
		if (record->number != 0 && is_below_bound(history, record) && waits)
			sent_set(history, record, sent ? ALERT_IS_SENT : ALERT_IS_FAILED);
	}
	history->mail_bound = 0;
}
