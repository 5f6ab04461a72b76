/* The ways of `service crash NAME HOW`, for completion. */
#ifndef CONSOLE_ACT_H
#define CONSOLE_ACT_H

/* NULL behind the last. */
const char *act_crash_word(unsigned nth);

#endif
