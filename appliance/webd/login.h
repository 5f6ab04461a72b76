/*
 * The account and logging in to it: one name, one password, worked out in slices
 * for one request at a time. Pure but for what world.h asks of others.
 *
 *	the store is being read --> FIRST_VISIT (none is kept) or SET
 */
#ifndef WEBD_LOGIN_H
#define WEBD_LOGIN_H

#include "appliance/webd/app.h"
#include "appliance/webd/password.h"

#define LOGIN_USER "admin"

enum login_account {
	LOGIN_UNKNOWN, /* what the store has is not known yet */
	LOGIN_FIRST_VISIT,
	LOGIN_SET,
};

/* What the store had; NULL: nothing. */
void login_account_set(const struct password_record *record);
enum login_account login_account_state(void);

/* True while some request's password is worked on. */
bool login_is_busy(void);
/* All begin what is answered later; not while busy. */
enum app_outcome login_begin(struct exchange *exchange, bool user_is_right, const char *password);
enum app_outcome login_setup_begin(struct exchange *exchange, const char *password);
/* Checks the old one and, if it is right, hashes the new one: then all sessions end but the
 * asker's. */
enum app_outcome login_change_begin(struct exchange *exchange, const char *old_password,
				    const char *new_password);

#endif
