/*
 * time: what time it is, as a service. From the battery clock at once, then from
 * time servers by SNTP, into the region "clock", which outlives us: the next
 * life goes on with what it finds there.
 *
 * Pure and tested on the host: sntp.c (packets), discipline.c (the clock),
 * schedule.c (whom to ask when). Here they meet sockets and regions.
 */
#include "services/proto/rtc.h"
#include "services/runtime/civil.h"
#include "services/runtime/crc32.h"
#include "services/runtime/event.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/random.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "services/runtime/wallclock.h"
#include "services/runtime/wish.h"
#include "services/time/discipline.h"
#include "services/time/exchange.h"
#include "services/time/schedule.h"

#include <stddef.h>
#include <string.h>

#define US_A_SECOND 1000000
#define AGAIN_US    100000u
#define CALM_US     16000                       /* a correction so small makes the polls rarer */
#define TELL_US     US_A_SECOND                 /* a jump so large is an event */
#define LOST_US     (3 * 3600ull * US_A_SECOND) /* no server for so long is an event */

static struct clock_page *shared; /* two: see clockpage.h */
static const struct rtc_page *rtc_shared;
static const struct netconf_region *netconf_shared;

static struct netconf conf;
static struct discipline discipline;
static struct schedule schedule;
static bool lost;
static uint64_t asked_since_us; /* the servers now configured */

/* --- The region ---------------------------------------------------------------- */

static void page_write(struct clock_page *to)
{
	struct clock_page *from = &discipline.page;
	const size_t head_bytes = offsetof(struct clock_page, version);

	from->crc32 = crc32_of((const uint8_t *)from + head_bytes, sizeof(*from) - head_bytes);
	from->sequence = (to->sequence | 1) + 1;
	__atomic_store_n(&to->sequence, from->sequence - 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	memcpy((uint8_t *)to + sizeof(to->sequence), (uint8_t *)from + sizeof(to->sequence),
	       sizeof(*to) - sizeof(to->sequence));
	__atomic_store_n(&to->sequence, from->sequence, __ATOMIC_RELEASE);
}

static void publish(void)
{
	page_write(&shared[1]);
	page_write(&shared[0]);
}

static bool rtc_read(struct rtc_page *copy)
{
	uint32_t before = __atomic_load_n(&rtc_shared->sequence, __ATOMIC_ACQUIRE);

	memcpy(copy, rtc_shared, sizeof(*copy));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return (before & 1) == 0 && copy->sequence == before &&
	       __atomic_load_n(&rtc_shared->sequence, __ATOMIC_RELAXED) == before &&
	       copy->version == RTC_PAGE_VERSION &&
	       copy->crc32 == crc32_of(&copy->version,
				       sizeof(*copy) - offsetof(struct rtc_page, version)) &&
	       copy->unix_s >= 0 && copy->unix_s < UINT32_MAX && copy->time_us <= time_us() &&
	       copy->error_us <= US_A_SECOND;
}

/* --- What changes ---------------------------------------------------------------- */

static void change_tell(enum clock_change change, const char *by)
{
	int64_t moved_us = discipline.moved_us;
	uint64_t size_us = moved_us < 0 ? (uint64_t)-moved_us : (uint64_t)moved_us;
	char now[CIVIL_TEXT_BYTES];
	struct wallclock at;

	if (change != CLOCK_STEPPED || !wallclock_at(&discipline.page, time_us(), &at))
		return;
	civil_format(at.unix_us, 0, 3, now);
	if (size_us >= TELL_US)
		event_publish(EVENT_CLOCK_STEPPED, EVENT_WARNING,
			      "the clock jumped by %s%llu.%03llu s to %s, as %s says",
			      moved_us < 0 ? "-" : "", (unsigned long long)(size_us / US_A_SECOND),
			      (unsigned long long)(size_us / 1000 % 1000), now, by);
	else
		log_notice("it is %s, as %s says", now, by);
}

static void rtc_follow(void)
{
	struct rtc_page rtc;

	if (!rtc_read(&rtc))
		return;
	enum clock_change change = discipline_rtc(&discipline, &rtc);
	if (change == CLOCK_KEPT)
		return;
	publish();
	change_tell(change, "the battery clock");
}

static unsigned server_count(void)
{
	return conf.version != 0 && conf.time.enabled ? conf.time.server_count : 0;
}

/* Other servers, or another way to them: they are asked at once. */
static void configuration_follow(uint64_t now_us)
{
	static struct netconf before; /* too large for the stack */

	memcpy(&before, &conf, sizeof(before));
	if (!netconf_copy_update(netconf_shared, &conf) ||
	    (memcmp(&before.time, &conf.time, sizeof(conf.time)) == 0 &&
	     memcmp(&before.wan, &conf.wan, sizeof(conf.wan)) == 0 &&
	     before.gateway == conf.gateway))
		return;
	exchange_end();
	asked_since_us = now_us;
	schedule_begin(&schedule, server_count(), now_us);
}

/* --- Servers --------------------------------------------------------------------- */

static const char *server_name(void)
{
	return conf.time.servers[schedule.server % NETCONF_TIME_SERVERS_MAX];
}

static void answer_take(const struct sntp_answer *answer, uint64_t now_us)
{
	uint64_t before_us = discipline.page.synchronised_us;
	enum clock_change change = discipline_answer(&discipline, answer);
	int64_t slew_us = discipline.page.slew_us;

	if (change == CLOCK_DOUBTED) {
		schedule_doubted(&schedule, now_us);
		publish();
		return;
	}
	strncpy(discipline.page.server, server_name(), CLOCK_SERVER_BYTES - 1);
	publish();
	change_tell(change, discipline.page.server);
	if (before_us == 0 && change == CLOCK_SLEWED)
		log_notice("the clock now follows %s", discipline.page.server);
	if (lost)
		event_publish(EVENT_CLOCK_FOUND, EVENT_INFO, "time server %s answers",
			      discipline.page.server);
	lost = false;
	schedule_answered(&schedule, now_us,
			  change == CLOCK_SLEWED && slew_us < CALM_US && slew_us > -CALM_US);
	service_notify(service_slot("rtc"));
}

static void loss_look(uint64_t now_us)
{
	uint64_t heard_us = discipline.page.synchronised_us;

	if (heard_us < asked_since_us)
		heard_us = asked_since_us;
	if (lost || server_count() == 0 || now_us < heard_us + LOST_US)
		return;
	lost = true;
	event_publish(EVENT_CLOCK_LOST, EVENT_WARNING, "no time server has answered for %u hours",
		      (unsigned)(LOST_US / US_A_SECOND / 3600));
}

static void servers_work(uint64_t now_us)
{
	struct sntp_answer answer;
	enum sntp_kiss kiss;

	switch (exchange_work(now_us, &discipline.page, &answer, &kiss)) {
	case EXCHANGE_NONE:
	case EXCHANGE_BUSY: return;
	case EXCHANGE_ANSWERED: answer_take(&answer, now_us); return;
	case EXCHANGE_KISSED:
		log_notice("time server %s asks to be left alone", server_name());
		schedule_kissed(&schedule, now_us, kiss == SNTP_KISS_LEAVE);
		break;
	case EXCHANGE_FAILED: schedule_failed(&schedule, now_us); break;
	}
	loss_look(now_us);
	publish();
}

/* Whom to ask now; returns when to look again at the latest. */
static uint64_t servers_ask(uint64_t now_us)
{
	uint64_t deadline_us, next_us;

	if (!exchange_is_busy() && schedule_due(&schedule, now_us, &next_us) != SCHEDULE_NONE) {
		exchange_begin(server_name(), conf.lan.address, now_us);
		servers_work(now_us);
	}
	if (!exchange_is_busy()) {
		(void)schedule_due(&schedule, now_us, &next_us);
		return next_us;
	}
	struct pollfd poll = { .fd = exchange_fd(&deadline_us), .events = POLLIN };
	int ready = poll.fd < 0 ? 0 : socket_watch(&poll, 1);
	if (ready > 0)
		return now_us;
	return ready < 0 ? now_us + AGAIN_US : deadline_us;
}

/* --- The loop -------------------------------------------------------------------- */

static uint64_t work(uint64_t now_us)
{
	uint64_t next_us = service_rest_until_us(now_us, SERVICE_LONG_REST_US);

	configuration_follow(now_us);
	rtc_follow();
	servers_work(now_us);
	uint64_t ask_us = servers_ask(now_us);
	if (!event_work() && next_us > now_us + AGAIN_US)
		next_us = now_us + AGAIN_US;
	return ask_us < next_us ? ask_us : next_us;
}

static enum status start(void)
{
	struct clock_page found;

	shared = region("clock", 2 * sizeof(*shared));
	rtc_shared = region("rtc.drv", sizeof(*rtc_shared));
	netconf_shared = region("netconf", sizeof(*netconf_shared));
	random_init();
	exchange_init();
	bool sound = !wish_clean_start("clock") &&
		     (wallclock_copy(&shared[0], &found) || wallclock_copy(&shared[1], &found));
	discipline_init(&discipline, sound ? &found : NULL);
	publish();
	return OK;
}

int main(void)
{
	static const struct service time = { .start = start, .work = work };

	return service_run(&time);
}
