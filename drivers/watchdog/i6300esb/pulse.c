#include "drivers/watchdog/i6300esb/pulse.h"

void pulse_begin(struct pulse *pulse, uint64_t beat, uint64_t now_us)
{
	*pulse = (struct pulse){ .beat = beat, .changed_us = now_us };
}

bool pulse_feel(struct pulse *pulse, uint64_t beat, uint64_t silent_us, uint64_t now_us)
{
	if (beat != pulse->beat)
		pulse_begin(pulse, beat, now_us);
	return now_us - pulse->changed_us < silent_us;
}
