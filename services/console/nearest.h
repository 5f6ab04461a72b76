/* Which word was meant. Pure. */
#ifndef CONSOLE_NEAREST_H
#define CONSOLE_NEAREST_H

/* Letters to insert, delete or replace to make one of the other; compares 63 at most. */
unsigned nearest_distance(const char *left, const char *right);
/* The command whose words are nearest to what was typed. */
const char *nearest_command(const char *typed);

#endif
