/*
 * One turn of a service's life: its work that is due, then one event. Apart
 * from service_run, which turns for ever, so that it can be tested.
 */
#ifndef RUNTIME_TURN_H
#define RUNTIME_TURN_H

#include "services/runtime/service.h"

void service_turn(const struct service *service);

#endif
