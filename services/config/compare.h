/* What is different between two documents, as JSON. Pure. */
#ifndef CONFIG_COMPARE_H
#define CONFIG_COMPARE_H

struct cJSON;

/*
 * [{"path":"/nat","before":true,"after":false}, ...] in the documents' order; what is not there on
 * one side has no such key. To be deleted by the caller; NULL: no memory.
 */
struct cJSON *compare(const struct cJSON *before, const struct cJSON *after);

#endif
