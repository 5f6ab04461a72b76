/* What service show and service policy tell of a policy, and of where the program comes from. */
#ifndef CONSOLE_SHOW_POLICY_H
#define CONSOLE_SHOW_POLICY_H

#include "services/console/json.h"
#include "services/console/text.h"
#include "services/console/view.h"

void show_policy_json(struct json *json, struct text *out, const struct view_service *service);
void show_policy_text(struct text *out, const struct view_service *service);
void show_program_json(struct json *json, struct text *out, const struct view_service *service);
void show_program_text(struct text *out, const struct view_service *service);

#endif
