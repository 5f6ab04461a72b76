#include "services/time/discipline.h"

#include "services/runtime/wallclock.h"

#define US_A_SECOND      1000000
#define RATE_INTERVAL_US (64 * (uint64_t)US_A_SECOND) /* over less a crystal shows nothing */
#define RATE_GAIN        4 /* the share of what a measurement says that is believed */
#define ONE_BILLION      1000000000

static int64_t magnitude(int64_t value)
{
	return value < 0 ? -value : value;
}

void discipline_init(struct discipline *discipline, const struct clock_page *found)
{
	*discipline = (struct discipline){ .doubted = false };
	if (found != NULL)
		discipline->page = *found;
	discipline->page.version = CLOCK_PAGE_VERSION;
}

/* From now on the clock shows `at_us` + offset, and no correction is under way. */
static void rebase(struct clock_page *page, uint64_t at_us, int64_t unix_us)
{
	page->base_us = at_us;
	page->offset_us = unix_us - (int64_t)at_us;
	page->slew_us = 0;
}

static void step(struct discipline *discipline, uint64_t at_us, int64_t unix_us)
{
	struct wallclock shown;
	bool running = wallclock_at(&discipline->page, at_us, &shown);

	discipline->moved_us = running ? unix_us - shown.unix_us : 0;
	discipline->page.steps += running;
	discipline->doubted = false;
	rebase(&discipline->page, at_us, unix_us);
}

/* `off_us` is spread over the time that it takes. */
static void slew(struct discipline *discipline, uint64_t at_us, int64_t shown_us, int64_t off_us)
{
	discipline->doubted = false;
	rebase(&discipline->page, at_us, shown_us);
	discipline->page.slew_us = off_us;
}

/* What the clock has gone wrong by since `page` was right, beyond what may be the measurement. */
static void rate_learn(struct clock_page *page, uint64_t at_us, int64_t off_us, uint32_t noise_us)
{
	uint64_t passed_us = at_us - page->synchronised_us;
	bool slewed = wallclock_slewed(page, at_us) == page->slew_us;

	if (page->synchronised_us == 0 || at_us <= page->synchronised_us ||
	    passed_us < RATE_INTERVAL_US || !slewed || magnitude(off_us) <= noise_us)
		return;
	int64_t real_us = off_us < 0 ? off_us + noise_us : off_us - noise_us;
	int64_t rate = page->rate_ppb + real_us * ONE_BILLION / (int64_t)passed_us / RATE_GAIN;
	if (rate > CLOCK_RATE_MAX_PPB)
		rate = CLOCK_RATE_MAX_PPB;
	if (rate < -CLOCK_RATE_MAX_PPB)
		rate = -CLOCK_RATE_MAX_PPB;
	page->rate_ppb = (int32_t)rate;
}

enum clock_change discipline_rtc(struct discipline *discipline, const struct rtc_page *rtc)
{
	struct clock_page *page = &discipline->page;
	struct wallclock shown;

	if (rtc->state != RTC_VALID || page->source == CLOCK_SNTP ||
	    (page->source == CLOCK_CMOS && rtc->time_us <= page->base_us))
		return CLOCK_KEPT;
	int64_t unix_us = rtc->unix_s * US_A_SECOND + rtc->error_us / 2;
	bool running = wallclock_at(page, rtc->time_us, &shown);
	bool near = running && magnitude(unix_us - shown.unix_us) < US_A_SECOND;
	if (near && rtc->error_us >= US_A_SECOND)
		return CLOCK_KEPT; /* it cannot say it better than it did */
	bool small = running && magnitude(unix_us - shown.unix_us) < CLOCK_STEP_US;
	if (small)
		slew(discipline, rtc->time_us, shown.unix_us, unix_us - shown.unix_us);
	else
		step(discipline, rtc->time_us, unix_us);
	page->error_us = rtc->error_us / 2 + 1;
	page->source = CLOCK_CMOS;
	return small ? CLOCK_SLEWED : CLOCK_STEPPED;
}

/* Does this answer say what the doubted one did? */
static bool is_confirmed(const struct discipline *discipline, const struct sntp_answer *answer)
{
	int64_t apart_us = magnitude(answer->offset_us - discipline->claim_us);

	return discipline->doubted &&
	       apart_us <= CLOCK_STEP_US + (int64_t)discipline->claim_error_us + answer->error_us;
}

static enum clock_change doubt(struct discipline *discipline, const struct sntp_answer *answer)
{
	if (discipline->doubted)
		discipline->page.drops[CLOCK_DROP_UNCONFIRMED]++;
	discipline->doubted = true;
	discipline->claim_us = answer->offset_us;
	discipline->claim_error_us = answer->error_us;
	return CLOCK_DOUBTED;
}

enum clock_change discipline_answer(struct discipline *discipline, const struct sntp_answer *answer)
{
	struct clock_page *page = &discipline->page;
	struct wallclock shown;
	bool running = wallclock_at(page, answer->time_us, &shown);
	int64_t unix_us = (int64_t)answer->time_us + answer->offset_us;
	int64_t off_us = running ? unix_us - shown.unix_us : 0;
	bool far = !running || magnitude(off_us) >= CLOCK_STEP_US;

	if (far && running && !is_confirmed(discipline, answer))
		return doubt(discipline, answer);
	if (!far && discipline->doubted)
		page->drops[CLOCK_DROP_UNCONFIRMED]++;
	if (far) {
		step(discipline, answer->time_us, unix_us);
	} else {
		rate_learn(page, answer->time_us, off_us, answer->error_us);
		slew(discipline, answer->time_us, shown.unix_us, off_us);
	}
	page->source = CLOCK_SNTP;
	page->error_us = answer->error_us;
	page->stratum = answer->stratum;
	page->synchronised_us = answer->time_us;
	page->answers++;
	return far ? CLOCK_STEPPED : CLOCK_SLEWED;
}
