/* Names, mail addresses and texts as a configuration writes them. Pure. */
#ifndef CONFIG_FORMAT_H
#define CONFIG_FORMAT_H

/* NULL, or what is wrong with `text` as such. */
const char *format_host(const char *text);  /* 192.168.1.1, ntp.example.net */
const char *format_email(const char *text); /* owner@example.net */
const char *format_line(const char *text);  /* anything on one line */
const char *format_token(const char *text); /* RFC 6750, 2.1 */
const char *format_step(const char *text);  /* restart:1000 */

#endif
