#include "appliance/alertd/transport.h"

#include "appliance/alertd/authorities.h"
#include "services/runtime/socket.h"
#include "services/runtime/tls_port.h"

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <string.h>

#define MATCHES_MAX 8u /* authorities of the same name: renewed certificates */

static int socket_fd = -1;
static bool tls;
static mbedtls_ssl_config config;
static mbedtls_ssl_context session;
static char server_name[64];
static const char *why = "";

void transport_init(void)
{
	tls = false;
	socket_fd = -1;
}

void transport_begin(int fd)
{
	transport_end();
	socket_fd = fd;
}

void transport_end(void)
{
	if (tls) {
		(void)mbedtls_ssl_close_notify(&session);
		mbedtls_ssl_free(&session);
		mbedtls_ssl_config_free(&config);
	}
	tls = false;
	socket_fd = -1;
}

const char *transport_tls_why(void)
{
	return why;
}

/* --- The socket, as mbedTLS wants it ------------------------------------------------- */

static int socket_send(void *context, const unsigned char *bytes, size_t count)
{
	ssize_t sent = send(socket_fd, bytes, count, MSG_DONTWAIT);

	(void)context;
	if (sent >= 0)
		return (int)sent;
	return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_CONN_EOF;
}

static int socket_receive(void *context, unsigned char *bytes, size_t room_bytes)
{
	ssize_t got = recv(socket_fd, bytes, room_bytes, MSG_DONTWAIT);

	(void)context;
	if (got >= 0)
		return (int)got;
	return errno == EAGAIN ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_CONN_EOF;
}

/* --- Certificates --------------------------------------------------------------------- */

static bool is_issuer(const struct authority *authority, const mbedtls_x509_crt *chain)
{
	for (; chain != NULL; chain = chain->next)
		if (chain->issuer_raw.len == authority->subject_bytes &&
		    memcmp(chain->issuer_raw.p, authority->der + authority->subject_at,
			   authority->subject_bytes) == 0)
			return true;
	return false;
}

/* Only those that the chain names are unpacked: all of them would be most of our memory. */
static void authorities_find(const mbedtls_x509_crt *chain, mbedtls_x509_crt *found)
{
	unsigned matches = 0;

	for (unsigned i = 0; i < authority_count && matches < MATCHES_MAX; i++)
		if (is_issuer(&authorities[i], chain) &&
		    mbedtls_x509_crt_parse_der_nocopy(found, authorities[i].der,
						      authorities[i].der_bytes) == 0)
			matches++;
}

static const char *verify_text(uint32_t flags)
{
	if (flags & (MBEDTLS_X509_BADCERT_FUTURE | MBEDTLS_X509_BADCERT_EXPIRED))
		return "the mail server's certificate has expired, or our clock is wrong";
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		return "the mail server's certificate is for another name";
	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return "the mail server's certificate is of no authority that is known";
	return "the mail server's certificate is not good enough";
}

/* RFC 6125 (name) and RFC 5280, 6 (chain), before a byte of the mail leaves. */
static bool peer_is_server(void)
{
	const mbedtls_x509_crt *chain = mbedtls_ssl_get_peer_cert(&session);
	mbedtls_x509_crt trusted;
	uint32_t flags = UINT32_MAX;

	if (chain == NULL) {
		why = "the mail server shows no certificate";
		return false;
	}
	mbedtls_x509_crt_init(&trusted);
	authorities_find(chain, &trusted);
	int failed = mbedtls_x509_crt_verify((mbedtls_x509_crt *)chain, &trusted, NULL, server_name,
					     &flags, NULL, NULL);
	mbedtls_x509_crt_free(&trusted);
	if (failed != 0)
		why = verify_text(flags);
	return failed == 0;
}

/* --- TLS ------------------------------------------------------------------------------- */

/* The chain is looked at by peer_is_server, as mbedTLS would want all authorities unpacked. */
static bool config_make(void)
{
	mbedtls_ssl_config_init(&config);
	if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return false;
	mbedtls_ssl_conf_rng(&config, tls_port_random, NULL);
	mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
	mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_NONE);
	return true;
}

bool transport_tls_begin(const char *name)
{
	strncpy(server_name, name, sizeof(server_name) - 1);
	mbedtls_ssl_init(&session);
	tls = true;
	why = "there is no memory for TLS";
	if (!config_make() || mbedtls_ssl_setup(&session, &config) != 0 ||
	    mbedtls_ssl_set_hostname(&session, server_name) != 0)
		return false;
	mbedtls_ssl_set_bio(&session, NULL, socket_send, socket_receive, NULL);
	why = "the mail server does not speak TLS as it should";
	return true;
}

static int outcome(int result)
{
	if (result > 0)
		return result;
	if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE ||
	    result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
		return TRANSPORT_AGAIN;
	return TRANSPORT_ENDED;
}

int transport_tls_step(void)
{
	int result = mbedtls_ssl_handshake_step(&session);

	if (result == MBEDTLS_ERR_SSL_WANT_WRITE)
		return TRANSPORT_FULL;
	if (result != 0)
		return outcome(result);
	if (!mbedtls_ssl_is_handshake_over(&session))
		return 0;
	return peer_is_server() ? 1 : TRANSPORT_ENDED;
}

ssize_t transport_read(void *bytes, size_t room_bytes)
{
	if (tls)
		return outcome(mbedtls_ssl_read(&session, bytes, room_bytes));
	ssize_t got = recv(socket_fd, bytes, room_bytes, MSG_DONTWAIT);
	if (got > 0)
		return got;
	return got < 0 && errno == EAGAIN ? TRANSPORT_AGAIN : TRANSPORT_ENDED;
}

ssize_t transport_write(const void *bytes, size_t count)
{
	if (tls)
		return outcome(mbedtls_ssl_write(&session, bytes, count));
	ssize_t sent = send(socket_fd, bytes, count, MSG_DONTWAIT);
	if (sent > 0)
		return sent;
	return sent < 0 && errno == EAGAIN ? TRANSPORT_AGAIN : TRANSPORT_ENDED;
}
