/*
 * The time stamp counter is measured once against the 8254. The alarm is the
 * local APIC's timer in one-shot mode, or the 8254's counter 0 without one.
 * Sources: Intel 8254 datasheet (231164), SDM vol. 3, chapter 11 (APIC).
 */
#include "kernel/time.h"

#include "kernel/cpu.h"
#include "kernel/log.h"
#include "kernel/memory.h"

#define PIT_HZ         1193182ull
#define PIT_COUNTER0   0x40
#define PIT_COUNTER2   0x42
#define PIT_CONTROL    0x43
#define PIT_ONE_SHOT0  0x30 /* counter 0, both bytes, mode 0 */
#define PIT_ONE_SHOT2  0xb0
#define PIT_GATE       0x61 /* bit 0: gate of counter 2; bit 5: its output */
#define PIT_WINDOW_US  10000ull
#define PIT_POLLS_MAX  10000000u /* of about 1 us each on hardware */
#define PIT_LONGEST_US 50000ull

#define APIC_BASE          0xfee00000ull
#define APIC_SPURIOUS      0xf0
#define APIC_EOI           0xb0
#define APIC_LVT_TIMER     0x320
#define APIC_LVT_LINT0     0x350
#define APIC_LVT_LINT1     0x360
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE  0x3e0
#define APIC_ENABLE        0x100u
#define APIC_MASKED        0x10000u
#define APIC_EXTERNAL      0x700u /* the PICs' output, "virtual wire" */
#define APIC_NMI           0x400u
#define APIC_DIVIDE_16     3u
#define APIC_LONGEST_US    16000000ull /* in 32 bits up to 268 MHz */

static uint64_t origin_tsc, tsc_khz, us_multiplier; /* 2^32 us a tick */
static uint64_t apic_khz;
static uint64_t alarm_us = TIME_NEVER;    /* the timer is set for this */
static uint64_t deadline_us = TIME_NEVER; /* the earliest that is no slice's end */
static int apic;

static volatile uint32_t *apic_register(unsigned offset)
{
	return (volatile uint32_t *)(DIRECT_MAP + APIC_BASE + offset);
}

/*
 * Ticks of the TSC, and of the APIC timer, in PIT_WINDOW_US. An interruption
 * of the (virtual) processor can only make it longer.
 */
static uint64_t window_measure(uint64_t *apic_ticks)
{
	uint16_t count = (uint16_t)(PIT_HZ * PIT_WINDOW_US / 1000000);

	out8(PIT_GATE, (uint8_t)((in8(PIT_GATE) & ~3u) | 1));
	out8(PIT_CONTROL, PIT_ONE_SHOT2);
	out8(PIT_COUNTER2, (uint8_t)count);
	if (apic)
		*apic_register(APIC_TIMER_INITIAL) = UINT32_MAX;
	uint64_t start = rdtsc();
	out8(PIT_COUNTER2, (uint8_t)(count >> 8));
	for (unsigned polls = 0; !(in8(PIT_GATE) & 0x20); polls++)
		if (polls == PIT_POLLS_MAX)
			halt("the 8254 timer does not count");
	uint64_t ticks = rdtsc() - start;
	if (apic)
		*apic_ticks = UINT32_MAX - *apic_register(APIC_TIMER_CURRENT);
	return ticks;
}

static void apic_start(void)
{
	*apic_register(APIC_SPURIOUS) = APIC_ENABLE | VECTOR_SPURIOUS;
	*apic_register(APIC_LVT_LINT0) = APIC_EXTERNAL;
	*apic_register(APIC_LVT_LINT1) = APIC_NMI;
	*apic_register(APIC_TIMER_DIVIDE) = APIC_DIVIDE_16;
	*apic_register(APIC_LVT_TIMER) = APIC_MASKED | VECTOR_TIMER;
}

void time_init(uint64_t boot_tsc, int have_apic)
{
	uint64_t best = UINT64_MAX, apic_best = 0;

	apic = have_apic;
	if (apic)
		apic_start();
	/* One that was interrupted is longer by chance, so three alike were not. */
	for (unsigned i = 0, alike = 0; i < 100 && alike < 3; i++) {
		uint64_t apic_ticks = 0, ticks = window_measure(&apic_ticks);

		alike = ticks + ticks / 500 < best ? 1 : alike + (ticks < best + best / 500);
		if (ticks < best) {
			best = ticks;
			apic_best = apic_ticks;
		}
	}
	origin_tsc = boot_tsc;
	tsc_khz = best * 1000 / PIT_WINDOW_US;
	us_multiplier = (1000ull << 32) / tsc_khz;
	apic_khz = apic_best * 1000 / PIT_WINDOW_US;
	if (apic) {
		*apic_register(APIC_TIMER_INITIAL) = 0;
		*apic_register(APIC_LVT_TIMER) = VECTOR_TIMER;
	}
}

uint64_t time_now_us(void)
{
	return (uint64_t)(((unsigned __int128)(rdtsc() - origin_tsc) * us_multiplier) >> 32);
}

uint64_t time_tsc_khz(void)
{
	return tsc_khz;
}

static void alarm_set(uint64_t at_us)
{
	uint64_t now_us = time_now_us(), delay_us = at_us > now_us ? at_us - now_us : 1;

	alarm_us = at_us;
	if (apic) {
		if (delay_us > APIC_LONGEST_US)
			delay_us = APIC_LONGEST_US;
		*apic_register(APIC_TIMER_INITIAL) = (uint32_t)(delay_us * apic_khz / 1000) + 1;
		return;
	}
	if (delay_us > PIT_LONGEST_US)
		delay_us = PIT_LONGEST_US;
	uint64_t count = delay_us * PIT_HZ / 1000000 + 1;
	out8(PIT_CONTROL, PIT_ONE_SHOT0);
	out8(PIT_COUNTER0, (uint8_t)count);
	out8(PIT_COUNTER0, (uint8_t)(count >> 8));
}

void time_slice_by(uint64_t end_us)
{
	if (end_us < alarm_us)
		alarm_set(end_us);
}

void time_alarm_by(uint64_t by_us)
{
	if (by_us < deadline_us)
		deadline_us = by_us;
	time_slice_by(by_us);
}

void time_slice_drop(void)
{
	if (alarm_us < deadline_us)
		alarm_set(deadline_us);
}

uint64_t time_alarm_taken(void)
{
	uint64_t due_us = alarm_us;

	alarm_us = deadline_us = TIME_NEVER;
	return due_us;
}

void time_apic_end_of_interrupt(void)
{
	if (apic)
		*apic_register(APIC_EOI) = 0;
}
