/*
 * The console: a command line on the serial port and one on the screen, at the
 * same time, for the administrator who stands in front of the machine.
 *
 * It looks at the others' read-only regions (view.h) and asks RS and DS for the
 * rest. Each pass of console_work does a bounded number of short steps, so that
 * the heartbeat is answered whatever is printed and however slow a terminal is.
 *
 * The first prompt comes when every service has been started, or OPEN_LATEST_US
 * after our own start: who sees it can use the router.
 */
#include "services/console/session.h"
#include "services/console/view.h"
#include "services/runtime/service.h"

#include <stdio.h>

#define STEPS_A_PASS   16u
#define DRAIN_CHECK_US 4000u /* 8 KiB in each is well over what a serial line takes */
#define OPEN_CHECK_US  5000u
#define OPEN_LATEST_US 5000000u

struct outlet {
	const char *driver; /* service, and the first part of the regions' names */
	const char *own, *other;
	bool kernel_printed; /* the kernel's boot messages are there already */
	uint32_t slot;
	struct session session;
};

static struct outlet outlets[] = {
	{ .driver = "uart", .own = "uart.con", .other = "uart.drv", .kernel_printed = true },
	{ .driver = "vga", .own = "vga.con", .other = "vga.drv" },
};

#define OUTLETS (sizeof(outlets) / sizeof(outlets[0]))

static bool open;
static uint64_t started_us;

static void view_fill(void)
{
	view.manifest = region("manifest", sizeof(struct manifest));
	view.kernel = region("ktable", sizeof(struct kernel_table));
	view.log = region("klog", sizeof(struct kernel_log));
	view.wan_lease = region("wan.lease", sizeof(struct wan_lease_region));
	view.quarantine = region("quarantine", sizeof(struct quarantine));
	view.crashes = region("crashes", sizeof(struct crash_log));
	view.disks = region("disk.table", sizeof(struct disk_table));
	view.install = region("install.table", sizeof(struct install_table));
	view.store = region("store.table", sizeof(struct store_table));
	view.rs = region("rs.table", sizeof(struct rs_table));
	view.netconf = region("netconf", sizeof(struct netconf_region));
	view.clock = region("clock", sizeof(struct clock_page));
	view.firewall = region("fw.table", sizeof(struct fw_table));
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		char alias[NAME_BYTES];

		(void)snprintf(alias, sizeof(alias), "port%u.drv", port);
		if (region_find(alias) != NULL)
			view.ports[port] = region(alias, sizeof(struct netq_driver));
	}
	view.now_us = time_us();
}

static void outlet_start(struct outlet *outlet, bool restarted)
{
	struct session *session = &outlet->session;

	outlet->slot = service_slot(outlet->driver);
	terminal_init(&session->terminal, region(outlet->own, sizeof(struct tty_queue)),
		      region(outlet->other, sizeof(struct tty_queue)));
	if (restarted)
		feed_from_time(&session->feed,
			       view.kernel->services[service_info()->self.slot].died_us);
	else
		feed_from_boot(&session->feed, outlet->kernel_printed);
	session_init(session, restarted);
}

/* Once a boot: who reads the log has to know why the machine started again. */
static void kernel_failure_log(void)
{
	struct crash_record failure;

	if (view_crash_of_kernel(&failure))
		log_error("the kernel failed before this boot: %.*s", (int)sizeof(failure.text),
			  failure.text);
}

static enum status console_start(void)
{
	bool restarted = service_info()->restarted != 0;

	view_fill();
	if (!restarted)
		kernel_failure_log();
	started_us = view.now_us;
	open = restarted;
	for (unsigned i = 0; i < OUTLETS; i++)
		outlet_start(&outlets[i], restarted);
	return OK;
}

static void console_open(void)
{
	if (!view_settled(service_info()->self.slot) && view.now_us - started_us < OPEN_LATEST_US)
		return;
	open = true;
	for (unsigned i = 0; i < OUTLETS; i++)
		session_open(&outlets[i].session);
}

/* A pass of steps; notifies the driver once. */
static enum session_progress outlet_work(struct outlet *outlet)
{
	enum session_progress progress = SESSION_BUSY;

	for (unsigned i = 0; i < STEPS_A_PASS && progress == SESSION_BUSY; i++)
		progress = session_step(&outlet->session, view.now_us);
	if (terminal_notify_take(&outlet->session.terminal))
		service_notify(outlet->slot);
	return progress;
}

static uint64_t console_work(uint64_t now_us)
{
	uint64_t wait_us = open ? SERVICE_LONG_REST_US : OPEN_CHECK_US;

	view.now_us = now_us;
	if (!open)
		console_open();
	for (unsigned i = 0; i < OUTLETS; i++) {
		switch (outlet_work(&outlets[i])) {
		case SESSION_IDLE: break;
		case SESSION_BLOCKED:
			wait_us = wait_us < DRAIN_CHECK_US ? wait_us : DRAIN_CHECK_US;
			break;
		case SESSION_BUSY: wait_us = 0; break;
		}
	}
	return now_us + wait_us;
}

static const struct service console = {
	.start = console_start,
	/* Keys come as notifications, which end the wait; RS asks for our heartbeat when the log
	   grows. */
	.work = console_work,
};

int main(void)
{
	return service_run(&console);
}
