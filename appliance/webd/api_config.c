/* /config: the configuration, through the service that keeps it. */
#include "appliance/webd/api.h"

static enum app_outcome absent(struct exchange *exchange)
{
	return api_problem(exchange, 503, "the configuration service does not offer this yet");
}

enum app_outcome api_config_running(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_schema(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_status(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_candidate_put(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_candidate_get(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_candidate_delete(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_commit(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_confirm(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_rollback(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_history(struct exchange *exchange)
{
	return absent(exchange);
}

enum app_outcome api_config_history_entry(struct exchange *exchange)
{
	return absent(exchange);
}
