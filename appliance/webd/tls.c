/* See tls.h. */
#include "appliance/webd/tls.h"

#include "services/runtime/socket.h"
#include "services/runtime/tls_port.h"

#include <string.h>

static struct {
	bool set;
	mbedtls_ssl_config config;
	mbedtls_x509_crt certificate;
	mbedtls_pk_context key;
} server;

/* In the order of our liking; what is not here is not spoken (RFC 9325, 4.2). */
static const int suites[] = {
	MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
	MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	0,
};

static const uint16_t groups[] = {
	MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};

static const uint16_t signatures[] = {
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_NONE,
};

static bool config_make(void)
{
	mbedtls_ssl_config *config = &server.config;

	if (mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return false;
	mbedtls_ssl_conf_rng(config, tls_port_random, NULL);
	mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
	mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE);
	mbedtls_ssl_conf_ciphersuites(config, suites);
	mbedtls_ssl_conf_groups(config, groups);
	mbedtls_ssl_conf_sig_algs(config, signatures);
	return mbedtls_ssl_conf_own_cert(config, &server.certificate, &server.key) == 0;
}

bool tls_server_set(const struct certificate_record *record)
{
	if (server.set) {
		mbedtls_ssl_config_free(&server.config);
		mbedtls_x509_crt_free(&server.certificate);
		mbedtls_pk_free(&server.key);
	}
	mbedtls_ssl_config_init(&server.config);
	mbedtls_x509_crt_init(&server.certificate);
	mbedtls_pk_init(&server.key);
	server.set = certificate_load(record, &server.certificate, &server.key, tls_port_random) &&
		     config_make();
	return server.set;
}

/* --- The socket, as mbedTLS wants it ------------------------------------------------- */

static int socket_send(void *context, const unsigned char *bytes, size_t count)
{
	ssize_t sent = send(*(const int *)context, bytes, count, MSG_DONTWAIT);

	if (sent >= 0)
		return (int)sent;
	return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int socket_receive(void *context, unsigned char *bytes, size_t room_bytes)
{
	ssize_t got = recv(*(const int *)context, bytes, room_bytes, MSG_DONTWAIT);

	if (got >= 0)
		return (int)got;
	return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
}

bool tls_open(mbedtls_ssl_context *tls, int *fd)
{
	mbedtls_ssl_init(tls);
	if (!server.set || mbedtls_ssl_setup(tls, &server.config) != 0) {
		mbedtls_ssl_free(tls);
		return false;
	}
	mbedtls_ssl_set_bio(tls, fd, socket_send, socket_receive, NULL);
	return true;
}

void tls_close(mbedtls_ssl_context *tls)
{
	mbedtls_ssl_free(tls);
}

static int outcome(int result)
{
	if (result > 0)
		return result;
	if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
		return TLS_AGAIN;
	return TLS_CLOSED;
}

int tls_handshake(mbedtls_ssl_context *tls)
{
	int result = mbedtls_ssl_handshake_step(tls);

	if (result == MBEDTLS_ERR_SSL_WANT_WRITE)
		return TLS_FULL;
	if (result != 0)
		return outcome(result);
	return mbedtls_ssl_is_handshake_over(tls) ? 1 : 0;
}

ssize_t tls_read(mbedtls_ssl_context *tls, void *bytes, size_t room_bytes)
{
	return outcome(mbedtls_ssl_read(tls, bytes, room_bytes));
}

ssize_t tls_write(mbedtls_ssl_context *tls, const void *bytes, size_t count)
{
	return outcome(mbedtls_ssl_write(tls, bytes, count));
}

void tls_notify_close(mbedtls_ssl_context *tls)
{
	(void)mbedtls_ssl_close_notify(tls);
}
