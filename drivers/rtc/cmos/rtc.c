/*
 * The battery clock as a service. It publishes what the chip says in the region
 * "rtc.drv", at first to the second, then as exactly as it could see a second
 * begin, and looks again now and then. And when the clock of the service `time`
 * comes from a time server and the chip is more than 2 s off, it sets the chip.
 *
 *	LOOKING --a second began--> RESTING --LOOK_AGAIN_US, or set--> LOOKING
 *	   \------no clock, or it stands still-----^
 *
 * State kept: none. The next life reads the chip again; the page says meanwhile
 * what the last one saw. Each wait is a deadline of the event loop.
 */
#include "services/proto/rtc.h"

#include "drivers/rtc/cmos/chip.h"
#include "drivers/rtc/cmos/registers.h"
#include "services/runtime/civil.h"
#include "services/runtime/crc32.h"
#include "services/runtime/service.h"
#include "services/runtime/wallclock.h"

#include <stddef.h>
#include <string.h>

#define US_A_SECOND      1000000
#define LOOK_US          20000u            /* a second is seen to begin to this exactness */
#define STANDS_STILL_US  (2 * US_A_SECOND) /* no second has begun for so long */
#define LOOK_AGAIN_US    600000000u        /* a PC's crystals part by less than 0.2 s meanwhile */
#define OFF_US           (2 * US_A_SECOND)
#define TRUSTED_ERROR_US US_A_SECOND /* what a clock has to know to set another by it */

enum phase { LOOKING, RESTING };

static struct rtc_page *page;
static const struct clock_page *clock_shared;

static enum phase phase;
static uint64_t next_us;             /* of what is due in that phase */
static uint64_t begun_us, before_us; /* LOOKING: since when, and when it was looked at last */
static int64_t second;               /* LOOKING: seen last; 0: none yet */
static unsigned updating;            /* readings in a row during an update */
static uint64_t set_us;              /* when the chip was set last; 0: never */
static uint32_t writes;
static bool wanted; /* `time` says that its clock has changed */

static uint32_t page_sum(void)
{
	return crc32_of(&page->version, sizeof(*page) - offsetof(struct rtc_page, version));
}

static void page_write(enum rtc_state state, int64_t unix_s, uint64_t at_us, uint32_t error_us)
{
	__atomic_store_n(&page->sequence, page->sequence | 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	page->version = RTC_PAGE_VERSION;
	page->state = state;
	page->unix_s = unix_s;
	page->time_us = at_us;
	page->writes = writes;
	page->error_us = error_us;
	page->crc32 = crc32_of(&page->version, sizeof(*page) - offsetof(struct rtc_page, version));
	__atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELEASE);
	service_notify(service_slot("time"));
}

/* --- Looking ----------------------------------------------------------------- */

static void look_begin(uint64_t now_us)
{
	phase = LOOKING;
	next_us = begun_us = now_us;
	second = 0;
	updating = 0;
}

static void rest(uint64_t now_us)
{
	phase = RESTING;
	next_us = now_us + LOOK_AGAIN_US;
}

static void trouble_note(enum rtc_state state, uint64_t now_us)
{
	static const char *const texts[] = {
		[RTC_ABSENT] = "there is no battery clock",
		[RTC_IMPLAUSIBLE] = "the battery clock shows no date: it was never set, or its "
				    "battery is empty",
		[RTC_STUCK] = "the battery clock stands still",
	};

	if (page->state != state)
		log_warning("%s", texts[state]);
	page_write(state, 0, now_us, 0);
	rest(now_us);
}

/* What the chip showed between `began_us` and now. */
static void second_take(int64_t unix_s, uint64_t began_us, uint64_t now_us)
{
	if (second != 0 && unix_s != second) {
		page_write(RTC_VALID, unix_s, now_us, (uint32_t)(now_us - before_us));
		rest(now_us);
		return;
	}
	if (second == 0 && page->state != RTC_VALID)
		page_write(RTC_VALID, unix_s, now_us, US_A_SECOND);
	if (now_us - begun_us >= STANDS_STILL_US) {
		trouble_note(RTC_STUCK, now_us);
		return;
	}
	second = unix_s;
	before_us = began_us;
	next_us = now_us + LOOK_US;
}

static void look(uint64_t began_us)
{
	struct cmos_registers registers;
	int64_t unix_s = 0;

	if (chip_read(&registers) != OK)
		service_panic("the manifest does not give us the clock's ports");
	uint64_t now_us = time_us();
	enum cmos_reading reading = cmos_decode(&registers, &unix_s);
	updating = reading == CMOS_UPDATING ? updating + 1 : 0;
	switch (reading) {
	case CMOS_GOOD: second_take(unix_s, began_us, now_us); break;
	case CMOS_UPDATING:
		if (updating > CMOS_UPDATING_TRIES)
			trouble_note(RTC_STUCK, now_us);
		else
			next_us = now_us + CMOS_UPDATING_US;
		break;
	case CMOS_NO_CHIP: trouble_note(RTC_ABSENT, now_us); break;
	case CMOS_IMPLAUSIBLE: trouble_note(RTC_IMPLAUSIBLE, now_us); break;
	}
}

/* --- Setting ----------------------------------------------------------------- */

/* Is the chip right by `at`, as far as we know? */
static bool chip_is_right(const struct wallclock *at, uint64_t now_us)
{
	int64_t shown_us = page->unix_s * US_A_SECOND + (int64_t)(now_us - page->time_us);
	int64_t off_us = at->unix_us - shown_us;

	return page->state == RTC_VALID && off_us <= OFF_US && off_us >= -OFF_US;
}

static void chip_set(const struct wallclock *at, uint64_t now_us)
{
	struct cmos_registers registers;
	char text[CIVIL_TEXT_BYTES];
	int64_t nearest_s = (at->unix_us + US_A_SECOND / 2) / US_A_SECOND;

	if (chip_read(&registers) != OK || !cmos_encode(nearest_s, &registers) ||
	    chip_write(&registers) != OK)
		return;
	civil_format(nearest_s * US_A_SECOND, 0, 0, text);
	log_notice("the battery clock is set to %s", text);
	set_us = now_us;
	writes++;
	look_begin(now_us);
}

/* A chip that does not take it is asked again only after LOOK_AGAIN_US. */
static void setting_consider(uint64_t now_us)
{
	struct wallclock at;

	if (page->state == RTC_UNREAD || page->state == RTC_ABSENT ||
	    (set_us != 0 && now_us - set_us < LOOK_AGAIN_US))
		return;
	if (wallclock_read(clock_shared, now_us, &at) && at.source == CLOCK_SNTP &&
	    at.error_us <= TRUSTED_ERROR_US && !chip_is_right(&at, now_us))
		chip_set(&at, now_us);
}

/* --- The loop ---------------------------------------------------------------- */

static void notified(uint64_t sources)
{
	(void)sources;
	wanted = true;
}

static uint64_t work(uint64_t now_us)
{
	if (phase == RESTING && (wanted || now_us >= next_us)) {
		wanted = false;
		setting_consider(now_us);
	}
	if (phase == RESTING && now_us >= next_us)
		look_begin(now_us);
	if (phase == LOOKING && now_us >= next_us)
		look(now_us);
	return next_us;
}

static enum status start(void)
{
	struct cmos_registers registers;

	page = region("rtc.drv", sizeof(*page));
	clock_shared = region("clock", sizeof(*clock_shared));
	/* Set, but never let go: the firmware was, or somebody before it. */
	if (chip_read(&registers) == OK && registers.d != 0xff && (registers.b & B_SET))
		if (chip_go(&registers) != OK)
			return E_DENIED;
	if (page->crc32 != page_sum() || page->version != RTC_PAGE_VERSION)
		memset(page, 0, sizeof(*page));
	writes = page->writes;
	wanted = true;
	set_us = 0;
	look_begin(time_us());
	return OK;
}

int main(void)
{
	static const struct service rtc = { .start = start, .notified = notified, .work = work };

	return service_run(&rtc);
}
