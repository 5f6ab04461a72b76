/*
 * A function that runs in a child, an instruction at a time: for tests that begin
 * a new life on what each of its stores leaves, as if the child had died there.
 */
#ifndef UNIT_STEPPED_H
#define UNIT_STEPPED_H

#include <stdbool.h>
#include <sys/types.h>

/* The child stands before `function`. It ends with status 0 after it, or the test fails. */
pid_t stepped_start(void (*function)(void *context), void *context);
/* Executes one more instruction of the child; false: it has come to its end. */
bool stepped_on(pid_t child);

#endif
