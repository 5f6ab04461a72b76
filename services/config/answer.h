/*
 * An answer for which nobody waited: its asker's time was up, as it may be when the
 * machine is busy. Asked again for the same with the same token, config gives it and
 * does not do the work, or the change, once more. Good until anything else
 * changes. Not kept over our death: there the ledger and the candidate know tokens. Pure.
 */
#ifndef CONFIG_ANSWER_H
#define CONFIG_ANSWER_H

#include "kernel/abi/status.h"
#include "services/config/refusal.h"
#include "services/proto/config.h"

#include <stdbool.h>
#include <stdint.h>

/* What was asked, and when: of a WRITE the chunk, too. */
struct question {
	uint64_t token; /* 0: whoever asks does not care */
	uint32_t slot, op, offset_bytes;
	uint32_t edition; /* of candidates and what runs */
};

struct answer {
	struct question to; /* token 0: none is kept */
	enum status status;
	struct config_reply reply;
	struct refusal refusal;
};

bool answer_fits(const struct answer *answer, const struct question *question);
/* Is it worth keeping: something was done, or the document is to blame that it was not? */
bool answer_lasts(const struct answer *answer);

#endif
