/*
 * What a connection answers: a request's head is judged and its body let in, the whole request
 * goes to the application, and what that says becomes the connection's head and body to send.
 */
#ifndef WEBD_CONN_ANSWER_H
#define WEBD_CONN_ANSWER_H

#include "appliance/webd/conn.h"

/* The head has arrived: lets its body in, or answers without it. On port 80: mostly a redirection.
 */
void conn_answer_head(struct conn *conn);
/* The whole request has: answers, now, LATER, or with EVENTS. */
void conn_answer_request(struct conn *conn);
/* Another piece of what the answer waits for (LATER). */
void conn_answer_later(struct conn *conn);
void conn_refuse(struct conn *conn, unsigned status);
/* The body is sent, or not wanted. */
void conn_body_drop(struct conn *conn);

#endif
