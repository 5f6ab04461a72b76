#include "services/time/sntp.h"

#include <string.h>

/* RFC 5905, 7.3, figure 8 */
enum {
	AT_FLAGS = 0, /* leap 2 bits, version 3, mode 3 */
	AT_STRATUM = 1,
	AT_ROOT_DELAY = 4,
	AT_ROOT_DISPERSION = 8,
	AT_REFERENCE_ID = 12,
	AT_ORIGIN = 24,
	AT_RECEIVE = 32,
	AT_TRANSMIT = 40,
};

#define VERSION       4u
#define VERSION_FIRST 1u
#define MODE_CLIENT   3u
#define MODE_SERVER   4u
#define LEAP_UNKNOWN  3u /* the server is not synchronised */
#define STRATUM_MAX   15u
#define UNIX_1900_S   2208988800ll /* from 1900, where NTP counts from, to 1970 */
#define PIVOT_UNIX_S                                                                               \
	1735689600ll /* 2025: what would be before it is of the next era (RFC 5905, 6) */
#define ERA_S           0x100000000ll
#define US_A_SECOND     1000000
#define SERVER_ERROR_US 1000u /* its time stamps and ours are not taken at the wire */

static uint32_t be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t be64(const uint8_t *at)
{
	return (uint64_t)be32(at) << 32 | be32(at + 4);
}

static void be64_put(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> (56 - 8 * i));
}

/* A time stamp: seconds from 1900, and 2^32 parts of one. */
static int64_t unix_us(uint64_t stamp)
{
	int64_t unix_s = (int64_t)(stamp >> 32) - UNIX_1900_S;

	if (unix_s < PIVOT_UNIX_S)
		unix_s += ERA_S;
	return unix_s * US_A_SECOND + (int64_t)((stamp & UINT32_MAX) * US_A_SECOND >> 32);
}

/* The short format: 16 bits of seconds, 16 of parts. */
static uint64_t short_us(uint32_t value)
{
	return (uint64_t)value * US_A_SECOND >> 16;
}

void sntp_request_build(const struct sntp_request *request, uint8_t out[SNTP_PACKET_BYTES])
{
	memset(out, 0, SNTP_PACKET_BYTES);
	out[AT_FLAGS] = VERSION << 3 | MODE_CLIENT;
	be64_put(out + AT_TRANSMIT, request->cookie);
}

static enum sntp_kiss kiss_of(const uint8_t *code)
{
	if (memcmp(code, "DENY", 4) == 0 || memcmp(code, "RSTR", 4) == 0)
		return SNTP_KISS_LEAVE;
	return memcmp(code, "RATE", 4) == 0 ? SNTP_KISS_RATE : SNTP_NO_KISS;
}

static enum clock_drop head_check(const uint8_t *bytes, size_t length,
				  const struct sntp_request *request)
{
	if (length < SNTP_PACKET_BYTES)
		return CLOCK_DROP_LENGTH;
	unsigned mode = bytes[AT_FLAGS] & 7u, version = bytes[AT_FLAGS] >> 3 & 7u;
	if (mode != MODE_SERVER || version < VERSION_FIRST || version > VERSION)
		return CLOCK_DROP_MODE;
	if (be64(bytes + AT_ORIGIN) != request->cookie)
		return CLOCK_DROP_ORIGIN;
	if (bytes[AT_STRATUM] == 0)
		return CLOCK_DROP_KISS;
	if (bytes[AT_FLAGS] >> 6 == LEAP_UNKNOWN)
		return CLOCK_DROP_LEAP;
	return bytes[AT_STRATUM] > STRATUM_MAX ? CLOCK_DROP_STRATUM : CLOCK_DROP_NONE;
}

enum clock_drop sntp_answer_parse(const uint8_t *bytes, size_t length,
				  const struct sntp_request *request, uint64_t now_us,
				  struct sntp_answer *answer, enum sntp_kiss *kiss)
{
	enum clock_drop drop = head_check(bytes, length, request);

	*kiss = drop == CLOCK_DROP_KISS ? kiss_of(bytes + AT_REFERENCE_ID) : SNTP_NO_KISS;
	if (drop != CLOCK_DROP_NONE)
		return drop;
	uint64_t received = be64(bytes + AT_RECEIVE), transmitted = be64(bytes + AT_TRANSMIT);
	int64_t there_us = unix_us(received), back_us = unix_us(transmitted);
	int64_t elapsed_us = (int64_t)(now_us - request->sent_us);
	if (received == 0 || transmitted == 0 || now_us < request->sent_us || back_us < there_us ||
	    back_us - there_us > elapsed_us + SERVER_ERROR_US)
		return CLOCK_DROP_TIMES;
	int64_t network_us = elapsed_us - (back_us - there_us);
	uint64_t delay_us = network_us < 0 ? 0 : (uint64_t)network_us;
	uint64_t error_us = delay_us / 2 + short_us(be32(bytes + AT_ROOT_DELAY)) / 2 +
			    short_us(be32(bytes + AT_ROOT_DISPERSION)) + SERVER_ERROR_US;
	if (error_us > SNTP_ERROR_MAX_US)
		return CLOCK_DROP_DISTANCE;
	/* RFC 4330, 5: ((T2 - T1) + (T3 - T4)) / 2 */
	*answer = (struct sntp_answer){
		.offset_us = (there_us - (int64_t)request->sent_us + back_us - (int64_t)now_us) / 2,
		.time_us = request->sent_us + (uint64_t)elapsed_us / 2,
		.delay_us = (uint32_t)delay_us,
		.error_us = (uint32_t)error_us,
		.stratum = bytes[AT_STRATUM],
	};
	return CLOCK_DROP_NONE;
}
