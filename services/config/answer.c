#include "services/config/answer.h"

bool answer_fits(const struct answer *answer, const struct question *question)
{
	const struct question *to = &answer->to;

	return to->token != 0 && to->token == question->token && to->slot == question->slot &&
	       to->op == question->op && to->offset_bytes == question->offset_bytes &&
	       to->edition == question->edition;
}

/* Other refusals cost nothing, or are those of a grant that was taken back. */
bool answer_lasts(const struct answer *answer)
{
	return answer->to.token != 0 &&
	       (answer->status == OK ||
		(answer->status == E_ARGUMENT && answer->refusal.reason[0] != '\0'));
}
