/* show crashes [N]: how services died, and the kernel; kept over warm reboots. */
#include "services/console/command.h"
#include "services/console/show_count.h"
#include "services/console/view.h"

#include <stdio.h>

#define RECORDS_DEFAULT 3u
#define STACK_A_ROW     4u
#define REGISTERS_A_ROW 4u
#define REGISTERS       18u

/* In the order of struct crash_record. */
static const char *const register_names[REGISTERS] = {
	"r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10",    "r9",
	"r8",  "rax", "rcx", "rdx", "rsi", "rdi", "rip", "rflags", "rsp",
};

static bool is_of_kernel(const struct crash_record *record)
{
	return record->slot == CRASH_OF_KERNEL;
}

static const char *cause_text(const struct crash_record *record)
{
	return is_of_kernel(record) ? "kernel panic" : view_cause_text(record->cause);
}

/* JSON's numbers are doubles to many a reader: 64 bits go as text. */
static void json_hex(struct json *json, struct text *out, const char *key, uint64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%#llx", (unsigned long long)value);
	json_word(json, out, key, digits);
}

static void crash_json_machine(struct json *json, struct text *out,
			       const struct crash_record *record)
{
	json_object(json, out, "registers");
	for (unsigned i = 0; i < REGISTERS; i++)
		json_hex(json, out, register_names[i], record->registers[i]);
	json_object_end(json, out);
	json_array(json, out, "stack");
	for (unsigned i = 0; i < CRASH_STACK_WORDS; i++)
		json_hex(json, out, NULL, record->stack[i]);
	json_array_end(json, out);
	json_array(json, out, "trace");
	for (unsigned i = 0; i < CRASH_TRACE_CALLS; i++)
		json_word(json, out, NULL, view_call_text(record->trace[i]));
	json_array_end(json, out);
}

static void crash_json(struct json *json, struct text *out, const struct crash_record *record)
{
	json_object(json, out, NULL);
	json_number(json, out, "sequence", record->sequence);
	json_number(json, out, "boot", record->boot);
	json_boolean(json, out, "earlier_boot", view_crash_is_earlier(record));
	json_boolean(json, out, "kernel", is_of_kernel(record));
	json_string(json, out, "service", record->name, NAME_BYTES);
	json_string(json, out, "image", record->image, NAME_BYTES);
	json_string(json, out, "build_id", record->build_id, sizeof(record->build_id));
	json_number(json, out, "generation", record->generation);
	json_number(json, out, "time_us", record->time_us);
	json_word(json, out, "cause", cause_text(record));
	json_hex(json, out, "detail", record->detail);
	json_hex(json, out, "address", record->address);
	json_string(json, out, "text", record->text, sizeof(record->text));
	if (!is_of_kernel(record))
		crash_json_machine(json, out, record);
	json_object_end(json, out);
}

static void crash_text_head(struct text *out, const struct crash_record *record)
{
	text_printf(out, "%u: ", record->sequence);
	text_foreign(out, record->name, NAME_BYTES);
	if (!is_of_kernel(record))
		text_printf(out, ", life %u", record->generation);
	text_printf(out, ", %s at %llu ms", cause_text(record),
		    (unsigned long long)(record->time_us / 1000));
	if (view_crash_is_earlier(record))
		text_printf(out, " of an earlier boot, %u of %u", record->boot,
			    view.crashes->boots);
	text_string(out, "\r\n");
	if (record->text[0] != '\0') {
		text_string(out, "   ");
		text_foreign(out, record->text, sizeof(record->text));
		text_string(out, "\r\n");
	}
}

static void crash_text_machine(struct text *out, const struct crash_record *record)
{
	for (unsigned i = 0; i < REGISTERS; i++)
		text_printf(out, "%s%6s %016llx", i % REGISTERS_A_ROW == 0 ? "\r\n  " : " ",
			    register_names[i], (unsigned long long)record->registers[i]);
	text_string(out, "\r\n");
	for (unsigned i = 0; i < CRASH_STACK_WORDS; i++) {
		if (i % STACK_A_ROW == 0)
			text_printf(out, "   %srsp+%02x:", i == 0 ? "stack " : "      ", 8 * i);
		text_printf(out, " %016llx", (unsigned long long)record->stack[i]);
		if (i % STACK_A_ROW == STACK_A_ROW - 1)
			text_string(out, "\r\n");
	}
	text_string(out, "   kernel calls, the latest last:");
	for (unsigned i = 0; i < CRASH_TRACE_CALLS; i++)
		text_printf(out, "%s%s", i % 8 == 0 ? "\r\n     " : " ",
			    view_call_text(record->trace[i]));
	text_string(out, "\r\n");
}

static void crash_text(struct text *out, const struct crash_record *record)
{
	crash_text_head(out, record);
	if (is_of_kernel(record))
		return;
	text_string(out, "   image ");
	text_foreign(out, record->image, NAME_BYTES);
	text_string(out, " of ");
	text_foreign(out, record->build_id, sizeof(record->build_id));
	text_printf(out, ", detail %#llx, address %#llx", (unsigned long long)record->detail,
		    (unsigned long long)record->address);
	crash_text_machine(out, record);
}

static bool crashes_open(struct job *job, struct text *out)
{
	uint32_t count, next = view_crash_next();

	if (!show_count_parse(job, out, RECORDS_DEFAULT, CRASH_RECORDS, &count))
		return false;
	job->position = view_crash_first();
	if (next > job->position + count)
		job->position = next - count;
	if (job->as_json) {
		json_object(&job->json, out, NULL);
		json_number(&job->json, out, "boot", view.crashes->boots);
		json_array(&job->json, out, "crashes");
	} else if (next <= 1) {
		text_string(out, "no crash since the last cold start\r\n");
	}
	return true;
}

/* One record; one that was cut short is none, and only said to be. */
static void crash_show(struct job *job, struct text *out, uint32_t sequence)
{
	struct crash_record record;
	bool whole = view_crash_get(sequence, &record);

	if (whole && job->as_json)
		crash_json(&job->json, out, &record);
	else if (whole)
		crash_text(out, &record);
	else if (!job->as_json)
		text_printf(out, "%u: the record was cut short\r\n", sequence);
}

bool show_crashes(struct job *job, struct text *out)
{
	if (job->step == 0 && !crashes_open(job, out))
		return false;
	if (job->position < view_crash_next() && job->step < CRASH_RECORDS) {
		crash_show(job, out, (uint32_t)job->position++);
		return true;
	}
	if (job->as_json) {
		json_array_end(&job->json, out);
		json_object_end(&job->json, out);
		text_string(out, "\r\n");
	}
	return false;
}
