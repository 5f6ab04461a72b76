/*
 * The watchdog service: what is left when nobody else can help. RS watches all
 * services, this one as well, and the kernel watches RS; who watches both is a
 * timer outside of the processor. It is told to wait only while RS looks after
 * its services. So the machine is reset if RS is silent, if this loop does not run
 * any more, if the kernel runs neither, and if the bus does not carry the word.
 *
 * RS's pulse is the count of its looks in rs.table. It rests while all do, but the
 * kernel wakes it 12.5 ms after each kick, as after all that anybody does.
 */
#include "drivers/watchdog/i6300esb/pulse.h"
#include "drivers/watchdog/i6300esb/registers.h"
#include "drivers/watchdog/i6300esb/timer.h"
#include "services/proto/rs.h"
#include "services/runtime/service.h"

#define TIMEOUT_MS   2000u
#define KICK_US      250000u
#define RS_SILENT_US 1000000u /* the kernel restarts a silent RS in a tenth of it */

static const struct rs_table *rs;
static struct pulse pulse;
static bool rs_alive = true;
static uint64_t next_kick_us;

static uint64_t rs_beat(void)
{
	return __atomic_load_n(&rs->looks, __ATOMIC_RELAXED);
}

static enum status start(void)
{
	if (service_info()->device.memory_bytes < REGISTERS_BYTES)
		return E_ABSENT;
	rs = region("rs.table", sizeof(struct rs_table));
	pulse_begin(&pulse, rs_beat(), time_us());
	if (timer_has_reset())
		log_error("the watchdog reset the machine before this boot");
	timer_set(TIMEOUT_MS);
	log_notice("the machine is reset if it stands still for %u ms", TIMEOUT_MS);
	return OK;
}

/* Said while there is time: after a warm reboot nobody would know. */
static void rs_alive_set(bool alive)
{
	if (alive == rs_alive)
		return;
	rs_alive = alive;
	if (alive)
		log_error("rs is back");
	else
		log_error("rs is silent: the machine will be reset");
}

static uint64_t work(uint64_t now_us)
{
	if (now_us < next_kick_us)
		return next_kick_us;
	next_kick_us = now_us + KICK_US;
	rs_alive_set(pulse_feel(&pulse, rs_beat(), RS_SILENT_US, now_us));
	if (rs_alive)
		timer_kick();
	return next_kick_us;
}

int main(void)
{
	static const struct service watchdog = {
		.start = start,
		.work = work,
	};

	return service_run(&watchdog);
}
