/* The authority: its certificate and its CRL, for everybody, and what an owner compares. */
#include "appliance/webd/api.h"
#include "appliance/webd/certificate.h"

#include <string.h>

static enum app_outcome answer(struct exchange *exchange, const char *type, const uint8_t *bytes,
			       size_t count)
{
	response_text(exchange->response, type, (const char *)bytes, count);
	return APP_ANSWERED;
}

enum app_outcome api_authority_certificate(struct exchange *exchange)
{
	const struct certificate_record *record = world.certificate;

	if (record == NULL)
		return api_problem(exchange, 503, "it is still being made");
	return answer(exchange, "application/x-x509-ca-cert", record->authority.certificate,
		      record->authority.certificate_bytes);
}

enum app_outcome api_authority_crl(struct exchange *exchange)
{
	const struct certificate_record *record = world.certificate;

	if (record == NULL)
		return api_problem(exchange, 503, "it is still being made");
	return answer(exchange, "application/pkix-crl", record->crl, record->crl_bytes);
}

void api_authority_write(struct json *json, const char *key)
{
	const struct certificate_record *record = world.certificate;
	char name[AUTHORITY_NAME_BYTES], fingerprint[AUTHORITY_FINGERPRINT_BYTES];

	if (record == NULL) {
		json_null(json, key);
		return;
	}
	authority_name(&record->authority, name);
	authority_fingerprint(&record->authority, fingerprint);
	json_object(json, key);
	json_string(json, "name", name + strlen("CN="));
	json_string(json, "sha256", fingerprint);
	json_object_end(json);
}
