/* What parts of the service ask of its loop. */
#ifndef WEBD_WEBD_H
#define WEBD_WEBD_H

#include "appliance/webd/password.h"

void webd_account_set(const struct password_record *record);
/* Seals what outlives us. */
void webd_state_save(void);

#endif
