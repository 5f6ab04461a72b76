/* Which word was meant. Pure. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

/* Letters to insert, delete or replace to make one of the other; looks at 31 at most. */
unsigned nearest_distance(const char *left, const char *right);

/* More letters differ than this: something else was meant. */
unsigned nearest_limit(const char *word);

#endif
