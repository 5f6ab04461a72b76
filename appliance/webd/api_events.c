/* GET /events: the head of a stream that events.c fills. */
#include "appliance/webd/api.h"

enum app_outcome api_events(struct exchange *exchange)
{
	response_text(exchange->response, "text/event-stream", NULL, 0);
	exchange->response->is_endless = true;
	return APP_EVENTS;
}
