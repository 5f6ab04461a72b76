/* The NE2000 driver: one image, started once for each port that has such a card. */
#include "drivers/net/ne2k/ne2k.h"

static struct nic nic;

static enum status start(void)
{
	nic_start(&nic, &ne2k_ops);
	return OK;
}

/* Frames to send, or another receive mode: the work that follows sees to it. */
static void notified(uint64_t sources)
{
	(void)sources;
}

static void interrupt(unsigned lines)
{
	(void)lines;
	nic_interrupt(&nic);
}

static uint64_t work(uint64_t now_us)
{
	return nic_work(&nic, now_us);
}

static const struct service service = {
	.start = start,
	.notified = notified,
	.interrupt = interrupt,
	.work = work,
};

int main(void)
{
	return service_run(&service);
}
