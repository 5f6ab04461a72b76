/* The handlers that app.c's table of routes names, by the file that has them. */
#ifndef WEBD_API_H
#define WEBD_API_H

#include "appliance/webd/alerts.h"
#include "appliance/webd/app.h"
#include "appliance/webd/world.h"
#include "services/proto/config.h"

typedef enum app_outcome (*app_handler)(struct exchange *exchange);

/* api_account.c */
enum app_outcome api_session_get(struct exchange *exchange);
enum app_outcome api_session_begin(struct exchange *exchange);
enum app_outcome api_session_end(struct exchange *exchange);
enum app_outcome api_setup(struct exchange *exchange);
enum app_outcome api_password_change(struct exchange *exchange);
/* api_overview.c, api_ports.c */
enum app_outcome api_overview(struct exchange *exchange);
enum app_outcome api_ports(struct exchange *exchange);
/* api_services.c */
enum app_outcome api_services(struct exchange *exchange);
enum app_outcome api_service_restart(struct exchange *exchange);
enum app_outcome api_service_stop(struct exchange *exchange);
enum app_outcome api_service_start(struct exchange *exchange);
enum app_outcome api_service_crash(struct exchange *exchange);
/* api_crashes.c */
enum app_outcome api_crashes(struct exchange *exchange);
enum app_outcome api_crash(struct exchange *exchange);
/* api_network.c */
enum app_outcome api_leases(struct exchange *exchange);
enum app_outcome api_connections(struct exchange *exchange);
enum app_outcome api_firewall(struct exchange *exchange);
/* api_config.c */
enum app_outcome api_config_running(struct exchange *exchange);
enum app_outcome api_config_schema(struct exchange *exchange);
enum app_outcome api_config_status(struct exchange *exchange);
enum app_outcome api_config_candidate_put(struct exchange *exchange);
enum app_outcome api_config_candidate_get(struct exchange *exchange);
enum app_outcome api_config_candidate_delete(struct exchange *exchange);
enum app_outcome api_config_differences(struct exchange *exchange);
enum app_outcome api_config_commit(struct exchange *exchange);
enum app_outcome api_config_confirm(struct exchange *exchange);
enum app_outcome api_config_rollback(struct exchange *exchange);
enum app_outcome api_config_history(struct exchange *exchange);
enum app_outcome api_config_history_entry(struct exchange *exchange);
/* api_alerts.c, api_logs.c */
enum app_outcome api_alerts(struct exchange *exchange);
enum app_outcome api_alerts_test(struct exchange *exchange);
enum app_outcome api_logs(struct exchange *exchange);
/* api_authority.c */
enum app_outcome api_authority_certificate(struct exchange *exchange);
enum app_outcome api_authority_crl(struct exchange *exchange);
/* api_events.c, api_metrics.c, files.c */
enum app_outcome api_events(struct exchange *exchange);
enum app_outcome api_metrics(struct exchange *exchange);
enum app_outcome files_answer(struct exchange *exchange);

/* Parts that stand in the overview and in events, too. */
void api_ports_write(struct json *json, const char *key);
void api_wan_write(struct json *json, const char *key);
void api_services_write(struct json *json, const char *key);
void api_config_status_write(struct json *json, const struct config_status *status);
void api_overview_write(struct json *json, const char *key);
void api_alert_write(struct json *json, const struct alert_record *alert);
void api_log_record_write(struct json *json, const struct log_ring_record *record);
void api_authority_write(struct json *json, const char *key);
/* hostname and version. */
void api_identity_write(struct json *json);
/* "KEY": Unix time in seconds of that moment since boot, or null. */
void api_time_write(struct json *json, const char *key, uint64_t time_us);
/* Decimal digits, nothing else, and it fits. */
bool api_number_read(const char *digits, uint64_t *number);
/* A decimal query parameter; `fallback` if it was not sent; false: it is no number. */
bool api_number_get(const struct exchange *exchange, const char *name, uint64_t fallback,
		    uint64_t *number);
/* Who has the answer is busy, or being restarted: for some seconds it is tried again, then 503. */
enum app_outcome api_again(struct exchange *exchange, const char *detail);
enum app_outcome api_problem(struct exchange *exchange, unsigned status, const char *detail);
enum app_outcome api_done(struct exchange *exchange);

#endif
