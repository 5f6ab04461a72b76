/*
 * TLS over a socket that never waits. One configuration for all connections:
 * versions 1.2 and 1.3, ephemeral curves, authenticated encryption.
 */
#ifndef WEBD_TLS_H
#define WEBD_TLS_H

#include "appliance/webd/certificate.h"

#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TLS_AGAIN  (-1) /* later: the socket gave nothing, or took nothing of a tls_write */
#define TLS_CLOSED (-2) /* the peer is gone, or broke the protocol */
#define TLS_FULL   (-3) /* later: the socket took nothing of the handshake */

/* The certificate. No connection may be open: they refer to the one before. */
bool tls_server_set(const struct certificate_record *record);

/* False: no memory. `fd` stays the caller's. */
bool tls_open(mbedtls_ssl_context *tls, int *fd);
void tls_close(mbedtls_ssl_context *tls);
/* One step of the handshake, a multiplication or two: 1 it is over, 0 go on, or TLS_AGAIN,
 * TLS_FULL, TLS_CLOSED. */
int tls_handshake(mbedtls_ssl_context *tls);
/* Bytes, at least 1; TLS_AGAIN, TLS_CLOSED. */
ssize_t tls_read(mbedtls_ssl_context *tls, void *bytes, size_t room_bytes);
/* After TLS_AGAIN the same bytes have to come again. */
ssize_t tls_write(mbedtls_ssl_context *tls, const void *bytes, size_t count);
/* Tells the peer that no more will come, if that can be done at once. */
void tls_notify_close(mbedtls_ssl_context *tls);

#endif
