/* show memory: who has it. All of it was given out at boot. */
#include "services/console/command.h"
#include "services/console/view.h"

#define KIB(bytes) ((unsigned long)((bytes) / 1024))

static uint64_t memory_free_bytes(void)
{
	uint64_t total = view.kernel->memory_bytes, reserved = view.kernel->reserved_bytes;

	return reserved < total ? total - reserved : 0;
}

static void memory_summary(struct job *job, struct text *out)
{
	if (!job->as_json) {
		text_printf(out,
			    "%lu KiB in all, %lu KiB given out at boot, %lu KiB never used\r\n",
			    KIB(view.kernel->memory_bytes), KIB(view.kernel->reserved_bytes),
			    KIB(memory_free_bytes()));
		return;
	}
	json_object(&job->json, out, NULL);
	json_number(&job->json, out, "memory_bytes", view.kernel->memory_bytes);
	json_number(&job->json, out, "reserved_bytes", view.kernel->reserved_bytes);
	json_number(&job->json, out, "free_bytes", memory_free_bytes());
	json_array(&job->json, out, "services");
}

static void memory_service(struct job *job, struct text *out, const struct view_service *service)
{
	const struct manifest_service *entry = &view.manifest->services[service->slot];

	if (!job->as_json) {
		text_string(out, "service  ");
		text_foreign(out, service->name, NAME_BYTES);
		text_printf(out, ": %lu KiB, of it heap %lu, stack %lu\r\n",
			    KIB(service->kernel.memory_bytes), KIB(entry->heap_bytes),
			    KIB(entry->stack_bytes));
		return;
	}
	json_object(&job->json, out, NULL);
	json_string(&job->json, out, "name", service->name, NAME_BYTES);
	json_number(&job->json, out, "memory_bytes", service->kernel.memory_bytes);
	json_number(&job->json, out, "heap_bytes", entry->heap_bytes);
	json_number(&job->json, out, "stack_bytes", entry->stack_bytes);
	json_object_end(&job->json, out);
}

static void memory_region(struct job *job, struct text *out, const struct manifest_region *region)
{
	if (!job->as_json) {
		text_string(out, "region   ");
		text_foreign(out, region->name, NAME_BYTES);
		text_printf(out, ": %lu KiB\r\n", KIB(region->size_bytes));
		return;
	}
	json_object(&job->json, out, NULL);
	json_string(&job->json, out, "name", region->name, NAME_BYTES);
	json_number(&job->json, out, "size_bytes", region->size_bytes);
	json_object_end(&job->json, out);
}

/* Step 0, the services, the regions, each a step. */
bool show_memory(struct job *job, struct text *out)
{
	uint32_t services = view_service_count();
	uint32_t regions = view.manifest->region_count;
	struct view_service service;

	if (regions > REGION_MAX)
		regions = REGION_MAX;
	if (job->step == 0) {
		memory_summary(job, out);
		return true;
	}
	if (job->step <= services) {
		if (view_service_get(job->step - 1, &service))
			memory_service(job, out, &service);
		return true;
	}
	if (job->step == services + 1 && job->as_json) {
		json_array_end(&job->json, out);
		json_array(&job->json, out, "regions");
	}
	if (job->step <= services + regions) {
		memory_region(job, out, &view.manifest->regions[job->step - services - 1]);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
