/* `config show`, `compare`, `history` and `help`: texts of config's, laid out. */
#include "services/console/config_commands.h"
#include "services/console/place.h"

#include <string.h>

#define ROW_BYTES 1024u /* what a step prints at most, about */
#define INDENT    2u

/* The text being shown, in the session's snapshot. */
struct shown {
	uint32_t at, length;
	uint32_t depth;
	bool in_string, escaped;
	char text[SNAPSHOT_BYTES - 32];
};
_Static_assert(sizeof(struct shown) <= SNAPSHOT_BYTES, "it fits");

static enum status text_load(struct job *job, enum config_what what, uint32_t serial)
{
	struct shown *shown = job->snapshot;
	struct config_reply reply;
	enum status status = config_read(what, serial, 0, shown->text, sizeof(shown->text), &reply);

	shown->at = shown->depth = 0;
	shown->in_string = shown->escaped = false;
	shown->length = status == OK ? reply.length_bytes : 0;
	return status == OK && reply.total_bytes > reply.length_bytes ? E_TOO_LARGE : status;
}

static void line_begin(const struct shown *shown, struct text *out)
{
	text_string(out, "\r\n");
	for (unsigned i = 0; i < shown->depth * INDENT; i++)
		text_string(out, " ");
}

/* A byte inside a text of the document: as it is, but nothing that a terminal obeys. */
static void string_byte(struct shown *shown, char byte, struct text *out)
{
	if (shown->escaped)
		shown->escaped = false;
	else if (byte == '\\')
		shown->escaped = true;
	else if (byte == '"')
		shown->in_string = false;
	text_printf(out, "%c", (unsigned char)byte < ' ' || byte == 0x7f ? '?' : byte);
}

/* JSON without blanks in, one value a line out. */
static void layout_byte(struct shown *shown, char byte, struct text *out)
{
	char next = shown->at < shown->length ? shown->text[shown->at] : '\0';

	if (byte == '}' || byte == ']') {
		shown->depth -= shown->depth > 0;
		if (shown->at >= 2 && shown->text[shown->at - 2] != '{' &&
		    shown->text[shown->at - 2] != '[')
			line_begin(shown, out);
	}
	text_printf(out, "%c", byte);
	shown->in_string = byte == '"';
	if (byte == ':')
		text_string(out, " ");
	if (byte == '{' || byte == '[') {
		shown->depth++;
		if (next != '}' && next != ']')
			line_begin(shown, out);
	}
	if (byte == ',')
		line_begin(shown, out);
}

static bool text_show(struct job *job, struct text *out)
{
	struct shown *shown = job->snapshot;
	uint32_t end = shown->at + ROW_BYTES / 8;

	while (shown->at < shown->length && (shown->at < end || job->as_json) &&
	       text_room(out) > 256) {
		char byte = shown->text[shown->at++];

		if (shown->in_string || job->as_json)
			string_byte(shown, byte, out);
		else
			layout_byte(shown, byte, out);
	}
	if (shown->at < shown->length)
		return true;
	text_string(out, "\r\n");
	return false;
}

/* Only what stands at `pointer` is shown. */
static bool text_narrow(struct shown *shown, const char *pointer)
{
	size_t begin, end;

	if (!place_locate(shown->text, shown->length, pointer, &begin, &end))
		return false;
	shown->at = (uint32_t)begin;
	shown->length = (uint32_t)end;
	return true;
}

/* The first call loads, the others print. */
static bool text_command(struct job *job, struct text *out, enum config_what what, uint32_t serial,
			 const char *pointer)
{
	if (job->position == 0) {
		enum status status = text_load(job, what, serial);

		if (status != OK)
			return config_fail(job, out, status, NULL);
		if (!text_narrow(job->snapshot, pointer))
			return job_fail(job, out, "%.63s: there is nothing at that place", pointer);
		job->position = 1;
	}
	return text_show(job, out);
}

bool config_show(struct job *job, struct text *out)
{
	unsigned count = job->argument_count;
	bool last_is_place = count > 0 && job->arguments[count - 1][0] == '/';
	const char *pointer = last_is_place ? job->arguments[count - 1] : "";
	const char *which = count > last_is_place ? job->arguments[0] : "running";
	uint32_t serial = 0;

	if (count > 1 && !last_is_place)
		return job_fail(job, out, "'%s' is no place such as /lan/address",
				job->arguments[1]);
	if (strcmp(which, "running") == 0)
		return text_command(job, out, CONFIG_RUNNING, 0, pointer);
	if (strcmp(which, "candidate") == 0)
		return text_command(job, out, CONFIG_CANDIDATE, 0, pointer);
	if (!config_serial_read(which, &serial))
		return job_fail(job, out,
				"'%s' is neither running, candidate, a serial nor a place", which);
	return text_command(job, out, CONFIG_HISTORY, serial, pointer);
}

bool config_compare(struct job *job, struct text *out)
{
	return text_command(job, out, CONFIG_DIFFERENCES, 0, "");
}

bool config_history(struct job *job, struct text *out)
{
	return text_command(job, out, CONFIG_LOG, 0, "");
}

/* A place a step; without a pointer all of them. */
bool config_help(struct job *job, struct text *out)
{
	const char *pointer = job->argument_count > 0 ? job->arguments[0] : "/";
	const struct place *place;

	if (job->step >= place_count && job->position == 0)
		return job_fail(job, out, "%.63s: there is no such setting", pointer);
	if (job->step >= place_count)
		return false;
	place = &places[job->step];
	if (!place_fits(place, pointer, false))
		return true;
	job->position++;
	text_printf(out, "%s\r\n    %s\r\n", place->pointer, place->allowed);
	if (place->help[0] != '\0')
		text_printf(out, "    %s\r\n", place->help);
	return true;
}
