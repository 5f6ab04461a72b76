#define _GNU_SOURCE
/* A mail server may answer anything: it ends with a reason, and the password is in no line told. */
#include "appliance/alertd/smtp.h"

#include <stdlib.h>
#include <string.h>

#define SECRET "hunter2hunter2"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void tell(char who, const char *line, size_t bytes)
{
	if (who == 'C' && memmem(line, bytes, SECRET, strlen(SECRET)) != NULL)
		abort();
}

static void drain(struct smtp *smtp)
{
	for (int i = 0; i < 10000 && smtp->step == SMTP_SEND; i++) {
		size_t count;
		const char *out = smtp_output(smtp, &count);
		if (count == 0 || count > SMTP_OUT_BYTES)
			abort();
		if (!smtp->secure && memmem(out, count, "aHVudGVy", 8) != NULL)
			abort(); /* SECRET in base64, in the clear */
		(void)smtp_sent(smtp, count);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct alertconf conf = { .security = SMTP_STARTTLS,
					       .user = "me",
					       .password = SECRET,
					       .from = "a@b",
					       .to_count = 2,
					       .to = { "c@d", "e@f" } };
	static const char text[] = ".x\r\ny\r\n";
	const struct smtp_mail mail = { &conf, "gate", text, sizeof(text) - 1 };
	struct smtp smtp;

	smtp_begin(&smtp, &mail, size % 2, tell);
	for (size_t at = 0; at < size;) {
		size_t part = 1 + bytes[at] % 32;
		part = part < size - at ? part : size - at;
		(void)smtp_input(&smtp, (const char *)bytes + at, part);
		at += part;
		if (smtp.step == SMTP_START_TLS)
			smtp_tls_ready(&smtp);
		drain(&smtp);
	}
	(void)smtp_ended(&smtp);
	if (smtp.step < SMTP_SENT || (smtp.step != SMTP_SENT && smtp.why == NULL))
		abort();
	return 0;
}
