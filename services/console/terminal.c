/* See terminal.h. */
#include "services/console/terminal.h"

void terminal_init(struct terminal *terminal, struct tty_queue *own, const struct tty_queue *other)
{
	*terminal = (struct terminal){ 0 };
	tty_attach(&terminal->end, own, other);
	text_init(&terminal->text, terminal->bytes, sizeof(terminal->bytes));
}

/* True if the driver has taken nothing for too long. */
static bool terminal_is_dead(struct terminal *terminal, uint64_t now_us)
{
	uint32_t consumed = tty_index_load(&terminal->end.other->consumed);

	if (consumed != terminal->consumed || terminal->progress_us == 0 ||
	    tty_pending(&terminal->end) == 0) {
		terminal->consumed = consumed;
		terminal->progress_us = now_us;
	}
	return now_us - terminal->progress_us > TERMINAL_PATIENCE_US;
}

bool terminal_flush(struct terminal *terminal, uint64_t now_us)
{
	struct text *text = &terminal->text;
	bool dead = terminal_is_dead(terminal, now_us);
	size_t put = tty_put(&terminal->end, text->bytes + terminal->flushed,
			     text->length - terminal->flushed);

	terminal->flushed += put;
	terminal->appended |= put != 0;
	if (terminal->flushed < text->length && !dead)
		return false;
	terminal->flushed = 0;
	text_init(text, terminal->bytes, sizeof(terminal->bytes));
	return true;
}

bool terminal_notify_take(struct terminal *terminal)
{
	bool appended = terminal->appended;

	terminal->appended = false;
	return appended;
}
