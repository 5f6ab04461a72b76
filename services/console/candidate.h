/* The words that a command's argument may be, for completion. Pure. */
#ifndef CONSOLE_CANDIDATE_H
#define CONSOLE_CANDIDATE_H

/* A complete_source (complete.h): names of services, ways to crash. */
const char *candidate_word(const char *kind, unsigned nth);

#endif
