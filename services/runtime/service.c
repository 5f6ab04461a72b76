/* The frame of every service's life; see service.h. */
#include "services/runtime/service.h"

#include "services/runtime/turn.h"

int service_run(const struct service *service)
{
	enum status status = service->start();

	if (status != OK)
		service_panic("cannot start: %s", status_text(status));
	for (;;)
		service_turn(service);
}
