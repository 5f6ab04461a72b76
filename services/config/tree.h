/*
 * A document as a tree: the place that a JSON pointer (RFC 6901) names, secrets,
 * and the text that is kept: without blanks. Pure.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "kernel/abi/status.h"
#include "services/config/refusal.h"
#include "services/config/schema.h"

struct cJSON;

#define TREE_POINTER_BYTES 128

/*
 * Puts `value` at `pointer` of *tree and takes it; objects and lists on the way are made.
 * E_ARGUMENT with the reason. The pointer "" is the whole tree.
 */
must_use enum status tree_set(struct cJSON **tree, const char *pointer, struct cJSON *value,
			      struct refusal *refusal);
must_use enum status tree_delete(struct cJSON *tree, const char *pointer, struct refusal *refusal);

/* Without blanks and without a zero; 0: it does not fit, or there is no memory. */
size_t tree_print(const struct cJSON *tree, char *text, size_t room);

/* Replaces every secret by CONFIG_SECRET. */
void tree_hide(struct cJSON *tree, const struct schema *schema);
/* The same in the member `name` of `holder`, which is the value of that place of a document. */
void tree_hide_at(struct cJSON *holder, const char *name, const char *pointer,
		  const struct schema *schema);
/* Replaces CONFIG_SECRET by the secret at that place of `first`, else of `second`, else nothing. */
void tree_reveal(struct cJSON *tree, const struct cJSON *first, const struct cJSON *second,
		 const struct schema *schema);
/* Takes out all but the secrets. True: there are any. */
bool tree_secrets_keep(struct cJSON *tree, const struct schema *schema);

#endif
