/*
 * The pci service: finds the devices once, hands them to driver slots,
 * and says in the data store what it found. A restart finds the same devices,
 * the kernel's table says which are given away, and nobody is disturbed.
 */
#include "services/pci/assignment.h"
#include "services/runtime/ds.h"
#include "services/runtime/service.h"

#include <stdio.h>
#include <string.h>

#define PUBLISH_RETRY_US 100000u

static struct assignment assignment;
static unsigned published; /* of assignment.found */

static enum status start(void)
{
	assignment.manifest = region("manifest", sizeof(struct manifest));
	assignment.table = region("ktable", sizeof(struct kernel_table));
	assignment.self = service_info()->self.slot;
	assignment_make(&assignment);
	log_info("%u PCI functions, %u network devices", assignment.scan.functions,
		 assignment.networks);
	return OK;
}

/* One name at a time: the data store may be busy restarting. */
static uint64_t work(uint64_t now_us)
{
	char name[DS_NAME_BYTES];
	enum status status;

	if (published == assignment.found_count)
		return SERVICE_NO_DEADLINE;
	(void)snprintf(name, sizeof name, "pci.%u", published);
	status = ds_publish(name, assignment.found[published].text,
			    strlen(assignment.found[published].text));
	if (status == E_TIMEOUT)
		return now_us + PUBLISH_RETRY_US;
	if (status != OK)
		log_warning("%s could not be published: %s", name, status_text(status));
	published++;
	return now_us;
}

static const struct service service = {
	.start = start,
	.work = work,
};

int main(void)
{
	return service_run(&service);
}
