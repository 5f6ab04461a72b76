/*
 * install disk: says what would be lost, and with the code that it names, begins.
 * The installer answers at once; what came of it is seen in `install list`.
 */
#include "services/console/command.h"
#include "services/console/show_install.h"
#include "services/console/view.h"
#include "services/proto/install.h"
#include "services/runtime/service.h"

#include <stdlib.h>
#include <string.h>

/* Under the heartbeat's period, so that an installer that hangs does not take us with it. */
#define INSTALL_TIMEOUT_US 20000u
#define INSTALL_TRIES      50u /* the installer is the least urgent of all */

/* What a disk that cannot be installed to is told as; NULL: it can. */
static const char *obstacle(const struct install_disk *disk)
{
	switch ((enum install_finding)disk->finding) {
	case INSTALL_NOT_LOOKED: return "the disks are still being looked at; try again";
	case INSTALL_NO_DISK: return "there is no such disk; see 'install list'";
	case INSTALL_TOO_SMALL: return "that disk is too small: 40 MiB are needed";
	case INSTALL_UNREADABLE: return "that disk cannot be read";
	case INSTALL_EMPTY:
	case INSTALL_BULKHEAD:
	case INSTALL_PARTITIONS:
	case INSTALL_DATA: break;
	}
	return view.install->bundled ? NULL : "this system was not built to be installed";
}

static bool explain(struct text *out, const char *command, unsigned disk, bool keep)
{
	show_install_disk(out, disk);
	text_printf(out, "ALL OF IT WILL BE LOST. %s\r\n",
		    keep ? "All records go along: configuration and history, password, leases."
			 : "The installed system will begin with the factory default.");
	text_printf(out, "To go on, type:  %s %u %04x\r\n", command, disk,
		    view.install->disks[disk].code);
	return false;
}

static bool report(struct job *job, struct text *out, enum status status)
{
	switch (status) {
	case OK: text_string(out, "installation begun; see 'install list'\r\n"); return false;
	case E_STALE: return job_fail(job, out, "that is not the code of that disk as it is now");
	case E_STATE: return job_fail(job, out, "another installation is under way");
	case E_TIMEOUT: return job_fail(job, out, "install does not answer");
	case E_DEAD:
		return job_fail(job, out, "install died before it answered; look, and try again");
	default: return job_fail(job, out, "install: %s", status_text(status));
	}
}

static bool code_read(const char *text, uint32_t *code)
{
	char *end;

	*code = (uint32_t)strtoul(text, &end, 16);
	return end != text && *end == '\0' && strlen(text) <= 4;
}

/* Asks until there is an answer: the request may be repeated. */
static bool ask(struct job *job, struct text *out, const struct install_request *request)
{
	endpoint_t installer = { .slot = service_slot("install"), .generation = ANY_GENERATION };
	struct message message = { .op = INSTALL_BEGIN };

	memcpy(message.payload.bytes, request, sizeof(*request));
	enum status status = service_call(&installer, &message, INSTALL_TIMEOUT_US);

	if ((status == E_TIMEOUT || status == E_AGAIN) && job->step < INSTALL_TRIES)
		return true;
	return report(job, out, status);
}

static bool install(struct job *job, struct text *out, bool keep)
{
	const char *number = job->arguments[0];
	struct install_request request = { .keep = keep };

	if (number[0] < '0' || number[0] >= '0' + (int)BLOCK_DISKS_MAX || number[1] != '\0')
		return job_fail(job, out, "disks have the numbers 0 to %u", BLOCK_DISKS_MAX - 1);
	request.disk = (uint32_t)(number[0] - '0');
	const struct install_disk disk = view.install->disks[request.disk];
	const char *why_not = obstacle(&disk);

	if (why_not != NULL)
		return job_fail(job, out, "%s", why_not);
	if (job->argument_count == 1)
		return explain(out, job->command->words, request.disk, keep);
	if (!code_read(job->arguments[1], &request.code))
		return report(job, out, E_STALE);
	return ask(job, out, &request);
}

bool install_disk(struct job *job, struct text *out)
{
	return install(job, out, true);
}

bool install_blank(struct job *job, struct text *out)
{
	return install(job, out, false);
}
