/* service list, service show NAME. JSON shapes: README.md. */
#include "services/console/command.h"
#include "services/console/show_policy.h"
#include "services/console/view.h"

#include <string.h>

#define KIB(bytes) ((unsigned long)((bytes) / 1024))

static void service_json_refusals(struct json *json, struct text *out,
				  const struct refusals *refusals)
{
	json_object(json, out, "refusals");
	json_number(json, out, "call", refusals->call);
	json_number(json, out, "target", refusals->target);
	json_number(json, out, "port", refusals->port);
	json_number(json, out, "dma", refusals->dma);
	json_number(json, out, "memory", refusals->memory);
	json_number(json, out, "last_call", refusals->last_call);
	json_number(json, out, "last_value", refusals->last_value);
	json_object_end(json, out);
}

/* The members that list and show have in common. */
static void service_json_members(struct json *json, struct text *out,
				 const struct view_service *service)
{
	json_string(json, out, "name", service->name, NAME_BYTES);
	json_number(json, out, "slot", service->slot);
	json_word(json, out, "state", service->state);
	json_number(json, out, "generation", service->kernel.generation);
	json_number(json, out, "restarts", service->rs.restarts);
	json_number(json, out, "deaths_in_row", service->rs.deaths_in_row);
	json_word(json, out, "cause", service->cause);
	json_number(json, out, "cpu_us", service->kernel.cpu_us);
	json_number(json, out, "memory_bytes", service->kernel.memory_bytes);
	json_number(json, out, "complaints", service->kernel.complaints);
	json_number(json, out, "started_us", service->kernel.started_us);
	json_number(json, out, "last_death_us", service->kernel.died_us);
	json_number(json, out, "ready_us", service->rs.last_ready_us);
	service_json_refusals(json, out, &service->kernel.refusals);
}

static uint32_t refusals_sum(const struct refusals *refusals)
{
	return refusals->call + refusals->target + refusals->port + refusals->dma +
	       refusals->memory;
}

static void service_list_row(const struct view_service *service, struct text *out)
{
	text_foreign(out, service->name, NAME_BYTES);
	text_printf(out, "%*s %-9s %5u %8u  %-17s %8llu %6lu K %7u\r\n",
		    (int)(10 - strnlen(service->name, 10)), "", service->state,
		    service->kernel.generation, service->rs.restarts, service->cause,
		    (unsigned long long)(service->kernel.cpu_us / 1000),
		    KIB(service->kernel.memory_bytes), refusals_sum(&service->kernel.refusals));
}

bool service_list(struct job *job, struct text *out)
{
	struct view_service service;

	if (job->step == 0 && job->as_json) {
		json_object(&job->json, out, NULL);
		json_array(&job->json, out, "services");
	} else if (job->step == 0) {
		text_string(out, "service    state      life restarts  last death by       "
				 "cpu ms   memory refused\r\n");
	}
	if (view_service_get(job->step, &service)) {
		if (!job->as_json) {
			service_list_row(&service, out);
			return true;
		}
		json_object(&job->json, out, NULL);
		service_json_members(&job->json, out, &service);
		json_object_end(&job->json, out);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}

static void service_json_device(struct json *json, struct text *out,
				const struct device_info *device)
{
	static const char *const buses[] = { "none", "pci", "isa" };

	json_object(json, out, "device");
	json_word(json, out, "bus", device->bus < 3 ? buses[device->bus] : "unknown");
	json_number(json, out, "vendor", device->vendor);
	json_number(json, out, "device", device->device);
	json_number(json, out, "pci_address", device->pci_address);
	json_number(json, out, "port_base", device->port_base);
	json_number(json, out, "memory_base", device->memory_base);
	json_number(json, out, "memory_bytes", device->memory_bytes);
	json_number(json, out, "irq_line", device->irq_line);
	json_object_end(json, out);
}

static void service_show_json(struct json *json, struct text *out,
			      const struct view_service *service)
{
	const struct service_entry *kernel = &service->kernel;
	char complainer[NAME_BYTES];

	view_service_name(kernel->complainer, complainer);
	json_object(json, out, NULL);
	service_json_members(json, out, service);
	json_number(json, out, "messages", kernel->messages);
	json_number(json, out, "budget_exhausted", kernel->budget_exhausted);
	json_number(json, out, "irqs", kernel->irqs);
	json_number(json, out, "irq_deadlines", kernel->irq_deadlines);
	json_number(json, out, "exit_detail", kernel->exit_detail);
	json_number(json, out, "exit_address", kernel->exit_address);
	json_number(json, out, "exit_rip", kernel->exit_rip);
	json_number(json, out, "exit_rsp", kernel->exit_rsp);
	json_string(json, out, "exit_text", kernel->exit_text, sizeof(kernel->exit_text));
	json_word(json, out, "complaint", view_complaint_text(kernel->complaint));
	json_word(json, out, "complainer", kernel->complaints ? complainer : "none");
	json_number(json, out, "heartbeat_sent_us", service->rs.heartbeat_sent_us);
	json_number(json, out, "heartbeat_seen_us", service->rs.heartbeat_seen_us);
	show_program_json(json, out, service);
	show_policy_json(json, out, service);
	service_json_device(json, out, &kernel->device);
	json_object_end(json, out);
	text_string(out, "\r\n");
}

static void service_show_death(const struct view_service *service, struct text *out)
{
	const struct service_entry *kernel = &service->kernel;

	if (kernel->exit_cause == EXIT_NONE)
		return;
	text_printf(out, "last death   %s at %llu ms, detail %#llx, address %#llx\r\n",
		    service->cause, (unsigned long long)(kernel->died_us / 1000),
		    (unsigned long long)kernel->exit_detail,
		    (unsigned long long)kernel->exit_address);
	text_printf(out, "             rip %#llx rsp %#llx ", (unsigned long long)kernel->exit_rip,
		    (unsigned long long)kernel->exit_rsp);
	text_foreign(out, kernel->exit_text, sizeof(kernel->exit_text));
	text_string(out, "\r\n");
}

static void service_show_blame(const struct view_service *service, struct text *out)
{
	const struct refusals *refusals = &service->kernel.refusals;
	char complainer[NAME_BYTES];

	text_printf(
		out,
		"refused      %u calls, %u targets, %u ports, %u DMA, %u memory; last: call %u, "
		"value %#llx\r\n",
		refusals->call, refusals->target, refusals->port, refusals->dma, refusals->memory,
		refusals->last_call, (unsigned long long)refusals->last_value);
	if (service->kernel.complaints == 0)
		return;
	view_service_name(service->kernel.complainer, complainer);
	text_printf(out, "complaints   %u, the last by ", service->kernel.complaints);
	text_foreign(out, complainer, sizeof(complainer));
	text_printf(out, ": %s\r\n", view_complaint_text(service->kernel.complaint));
}

static void service_show_device(const struct device_info *device, struct text *out)
{
	if (device->bus == DEVICE_NONE)
		return;
	text_printf(out, "device       %04x:%04x", device->vendor, device->device);
	if (device->port_count != 0)
		text_printf(out, ", ports from %#x", device->port_base);
	if (device->memory_bytes != 0)
		text_printf(out, ", memory from %#x", device->memory_base);
	if (device->irq_line != IRQ_LINE_NONE)
		text_printf(out, ", interrupt %u", device->irq_line);
	text_string(out, "\r\n");
}

static void service_show_text(const struct view_service *service, struct text *out)
{
	const struct service_entry *kernel = &service->kernel;

	text_string(out, "service      ");
	text_foreign(out, service->name, NAME_BYTES);
	text_printf(out, ", slot %u\r\n", service->slot);
	text_printf(out, "state        %s, life %u, %u restarts, %u deaths in a row\r\n",
		    service->state, kernel->generation, service->rs.restarts,
		    service->rs.deaths_in_row);
	show_program_text(out, service);
	show_policy_text(out, service);
	text_printf(out, "started      at %llu ms, ready at %llu ms\r\n",
		    (unsigned long long)(kernel->started_us / 1000),
		    (unsigned long long)(service->rs.last_ready_us / 1000));
	text_printf(out, "processor    %llu ms, budget exhausted %llu times, %llu calls made\r\n",
		    (unsigned long long)(kernel->cpu_us / 1000),
		    (unsigned long long)kernel->budget_exhausted,
		    (unsigned long long)kernel->messages);
	text_printf(out, "memory       %lu KiB\r\n", KIB(kernel->memory_bytes));
	service_show_device(&kernel->device, out);
	text_printf(out, "interrupts   %u, %u of them not acknowledged in time\r\n", kernel->irqs,
		    kernel->irq_deadlines);
	service_show_blame(service, out);
	service_show_death(service, out);
}

bool service_show(struct job *job, struct text *out)
{
	struct view_service service;

	if (!view_service_get(view_service_find(job->arguments[0]), &service))
		return job_fail(job, out, "no service is named '%s'", job->arguments[0]);
	if (job->as_json)
		service_show_json(&job->json, out, &service);
	else
		service_show_text(&service, out);
	return false;
}
