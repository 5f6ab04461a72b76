/* A record as a syslog message (RFC 5424). Pure. */
#ifndef LOG_SYSLOG_H
#define LOG_SYSLOG_H

#include "services/proto/logring.h"

#include <stddef.h>
#include <stdint.h>

#define SYSLOG_MESSAGE_BYTES 480u /* RFC 5424, 6.1: what every receiver takes */
#define SYSLOG_FRAME_BYTES   (SYSLOG_MESSAGE_BYTES + 4u) /* with "480 " before it */

/*
 * `unix_us` 0: not known; `host` "": not known. Control characters of the text
 * become '?'. Returns the length, at most SYSLOG_MESSAGE_BYTES.
 */
size_t syslog_message(const struct log_ring_record *record, int64_t unix_us, const char *host,
		      char out[SYSLOG_MESSAGE_BYTES]);

/* The same as a frame of a stream: RFC 6587, 3.4.1, octet counting. */
size_t syslog_frame(const struct log_ring_record *record, int64_t unix_us, const char *host,
		    char out[SYSLOG_FRAME_BYTES]);

#endif
