/* GET /crashes, GET /crashes/N: records of this boot and, after a warm one, of those before. */
#include "appliance/webd/api.h"
#include "services/runtime/exception.h"

#include <inttypes.h>
#include <stdio.h>

static const char *call_text(uint32_t call)
{
	switch (call) {
#define X(name, number, text)                                                                      \
	case number: return text;
		SYSCALL_TABLE(X)
#undef X
	default: return "unknown";
	}
}

/* Of an exception which one, and of a page fault where; of a panic its own words. */
static void text_write(struct json *json, const struct crash_record *record)
{
	char text[sizeof(record->text)];

	if (record->text[0] != '\0' || record->cause != EXIT_EXCEPTION) {
		json_text(json, "text", record->text, sizeof(record->text));
		return;
	}
	if (record->detail == EXCEPTION_PAGE_FAULT)
		snprintf(text, sizeof(text), "%s at 0x%" PRIx64, exception_text(record->detail),
			 record->address);
	else
		snprintf(text, sizeof(text), "%s", exception_text(record->detail));
	json_string(json, "text", text);
}

static void members_write(struct json *json, const struct crash_record *record)
{
	json_number(json, "n", record->sequence);
	json_text(json, "service", record->name, sizeof(record->name));
	json_string(json, "cause", world_cause_text(record->cause));
	if (record->boot == world.crashes->boots)
		api_time_write(json, "time", record->time_us);
	else
		json_null(json, "time");
	json_thousandths(json, "uptime", record->time_us / 1000);
	json_boolean(json, "earlier_boot", record->boot != world.crashes->boots);
	json_number(json, "generation", record->generation);
	text_write(json, record);
}

enum app_outcome api_crashes(struct exchange *exchange)
{
	struct json *json = response_json(exchange->response, 200);
	struct crash_record record;
	uint32_t first, next;

	json_array(json, NULL);
	world_crash_range(&first, &next);
	while (next-- > first) {
		if (!world_crash_get(next, &record))
			continue;
		json_object(json, NULL);
		members_write(json, &record);
		json_object_end(json);
	}
	json_array_end(json);
	return api_done(exchange);
}

static void registers_write(struct json *json, const struct crash_record *record)
{
	static const char *const names[] = { "r15", "r14", "r13", "r12", "rbp",    "rbx",
					     "r11", "r10", "r9",  "r8",  "rax",    "rcx",
					     "rdx", "rsi", "rdi", "rip", "rflags", "rsp" };

	json_object(json, "registers");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_hex(json, names[i], record->registers[i]);
	json_object_end(json);
}

static void inside_write(struct json *json, const struct crash_record *record)
{
	registers_write(json, record);
	json_hex(json, "detail", record->detail);
	json_hex(json, "address", record->address);
	json_array(json, "stack");
	for (unsigned i = 0; i < CRASH_STACK_WORDS; i++)
		json_hex(json, NULL, record->stack[i]);
	json_array_end(json);
	json_array(json, "trace");
	for (unsigned i = 0; i < CRASH_TRACE_CALLS; i++)
		if (record->trace[i] != UINT32_MAX)
			json_string(json, NULL, call_text(record->trace[i]));
	json_array_end(json);
	json_text(json, "image", record->image, sizeof(record->image));
	json_text(json, "build", record->build_id, sizeof(record->build_id));
}

enum app_outcome api_crash(struct exchange *exchange)
{
	struct crash_record record;
	uint32_t first, next;
	uint64_t number;

	world_crash_range(&first, &next);
	if (!api_number_read(exchange->words[0], &number) || number < first || number >= next ||
	    !world_crash_get((uint32_t)number, &record))
		return api_problem(exchange, 404, "there is no such record");
	struct json *json = response_json(exchange->response, 200);
	json_object(json, NULL);
	members_write(json, &record);
	inside_write(json, &record);
	json_object_end(json);
	return api_done(exchange);
}
