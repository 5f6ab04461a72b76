/*
 * Answers of a time server that may say anything: dropped with a reason, or
 * within their own bounds; and a clock that is moved by them never runs away
 * from what the last believed answer said, nor becomes unreadable.
 */
#include "services/runtime/crc32.h"
#include "services/runtime/wallclock.h"
#include "services/time/discipline.h"

#include <stdlib.h>
#include <string.h>

#define COOKIE  0x1122334455667788u
#define SENT_US 5000000u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void answer_check(const uint8_t *packet, size_t length, uint64_t elapsed_us,
			 struct discipline *discipline, uint64_t sent_us)
{
	struct sntp_request request = { .cookie = COOKIE, .sent_us = sent_us };
	struct sntp_answer answer;
	struct wallclock at;
	enum sntp_kiss kiss;
	enum clock_drop drop =
		sntp_answer_parse(packet, length, &request, sent_us + elapsed_us, &answer, &kiss);

	must(drop < CLOCK_DROPS && (kiss == SNTP_NO_KISS || drop == CLOCK_DROP_KISS));
	if (drop != CLOCK_DROP_NONE)
		return;
	must(answer.error_us <= SNTP_ERROR_MAX_US && answer.stratum >= 1 && answer.stratum <= 15);
	must(answer.time_us >= sent_us && answer.time_us <= sent_us + elapsed_us);
	if (discipline_answer(discipline, &answer) == CLOCK_DOUBTED)
		return;
	must(wallclock_at(&discipline->page, answer.time_us + 600000000u, &at));
	int64_t claimed = answer.offset_us + (int64_t)answer.time_us + 600000000;
	must(llabs(at.unix_us - claimed) <= 600 * CLOCK_RATE_MAX_PPB / 1000 + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const uint8_t origin[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };
	struct discipline discipline;
	uint64_t sent_us = SENT_US;

	discipline_init(&discipline, NULL);
	for (; size >= 2; sent_us += 70000000u) {
		uint8_t packet[SNTP_PACKET_BYTES + 8];
		size_t length = bytes[0] % (sizeof(packet) + 1);
		uint64_t elapsed_us = (uint64_t)(bytes[1] >> 1) * 16384;
		bool ours = bytes[1] & 1;

		bytes += 2, size -= 2;
		length = length < size ? length : size;
		memset(packet, 0, sizeof(packet));
		memcpy(packet, bytes, length);
		if (ours && length >= 32)
			memcpy(packet + 24, origin, sizeof(origin));
		answer_check(packet, length, elapsed_us, &discipline, sent_us);
		bytes += length, size -= length;
	}
	return 0;
}
