/* show version. */
#include "services/console/command.h"
#include "services/console/view.h"

static const struct {
	uint32_t bit;
	const char *name;
} features[] = {
	{ CPU_SMEP, "smep" }, { CPU_SMAP, "smap" }, { CPU_UMIP, "umip" },
	{ CPU_APIC, "apic" }, { CPU_NX, "nx" },
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

static void version_json(struct json *json, struct text *out)
{
	struct crash_record failure;

	json_object(json, out, NULL);
	json_word(json, out, "name", "Bulkhead");
	json_string(json, out, "build_id", view.manifest->build_id,
		    sizeof(view.manifest->build_id));
	json_number(json, out, "uptime_us", view.now_us);
	json_number(json, out, "tsc_khz", view.kernel->tsc_khz);
	json_number(json, out, "interrupts", view.kernel->interrupts);
	json_number(json, out, "irq_storms", view.kernel->irq_storms);
	json_number(json, out, "idle_us", view.kernel->idle_us);
	json_number(json, out, "services", view_service_count());
	json_number(json, out, "boots_since_cold_start", view.crashes->boots);
	json_boolean(json, out, "warm", view.kernel->warm != 0);
	if (view_crash_of_kernel(&failure))
		json_string(json, out, "kernel_failure", failure.text, sizeof(failure.text));
	json_array(json, out, "features");
	for (unsigned i = 0; i < FEATURES; i++)
		if (view.kernel->features & features[i].bit)
			json_word(json, out, NULL, features[i].name);
	json_array_end(json, out);
	json_object_end(json, out);
	text_string(out, "\r\n");
}

/* Nothing is said of a cold start. */
static void version_text_boot(struct text *out)
{
	struct crash_record failure;

	if (view.kernel->warm)
		text_printf(out, "started %u times since the last cold start\r\n",
			    view.crashes->boots);
	if (view_crash_of_kernel(&failure)) {
		text_string(out, "the kernel failed before this boot: ");
		text_foreign(out, failure.text, sizeof(failure.text));
		text_string(out, "\r\n");
	}
}

static void version_text(struct text *out)
{
	text_string(out, "Bulkhead ");
	text_foreign(out, view.manifest->build_id, sizeof(view.manifest->build_id));
	text_printf(out, ", %u services\r\nup %llu s, idle for %llu s of it\r\nprocessor %llu kHz,",
		    view_service_count(), (unsigned long long)(view.now_us / 1000000),
		    (unsigned long long)(view.kernel->idle_us / 1000000),
		    (unsigned long long)view.kernel->tsc_khz);
	for (unsigned i = 0; i < FEATURES; i++)
		text_printf(out, " %s%s", view.kernel->features & features[i].bit ? "" : "no ",
			    features[i].name);
	text_printf(out, "\r\n%llu interrupts, %llu storms\r\n",
		    (unsigned long long)view.kernel->interrupts,
		    (unsigned long long)view.kernel->irq_storms);
	version_text_boot(out);
}

bool show_version(struct job *job, struct text *out)
{
	if (job->as_json)
		version_json(&job->json, out);
	else
		version_text(out);
	return false;
}
