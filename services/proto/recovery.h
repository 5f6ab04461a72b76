/*
 * The recovery policy of a service: steps that the manifest lists, or that the
 * administrator sets, and RS takes at each death of the service.
 *
 * N: the step applies from the Nth death in a row on; without it, from the first.
 */
#ifndef PROTO_RECOVERY_H
#define PROTO_RECOVERY_H

/* One step of a recovery policy; see services/rs/recovery.h. */
enum recovery_step {
	RECOVERY_END = 0,
	RECOVERY_LOG = 1,
	RECOVERY_DUMP = 2,
	RECOVERY_RESTART = 3, /* argument: the longest back-off, ms */
	RECOVERY_RESTART_DEPENDENTS = 4, /* N */
	RECOVERY_ALERT = 5, /* N */
	RECOVERY_DEGRADE = 6, /* N */
	RECOVERY_REBOOT = 7, /* N */
	RECOVERY_GIVE_UP = 8, /* N */
	RECOVERY_LAST_CONFIGURATION = 9, /* N */
	RECOVERY_RESET_DEVICE = 10, /* N */
	RECOVERY_CLEAN_START = 11, /* N */
};

/* The steps by name, as the manifest and the administrator write them. */
#define RECOVERY_STEP_TABLE(X)                                                                     \
	X(LOG, "log")                                                                              \
	X(DUMP, "dump")                                                                            \
	X(RESTART, "restart")                                                                      \
	X(RESTART_DEPENDENTS, "restart-dependents")                                                \
	X(ALERT, "alert")                                                                          \
	X(DEGRADE, "degrade")                                                                      \
	X(REBOOT, "reboot")                                                                        \
	X(GIVE_UP, "give-up")                                                                      \
	X(LAST_CONFIGURATION, "last-configuration")                                                \
	X(RESET_DEVICE, "reset-device")                                                            \
	X(CLEAN_START, "clean-start")

#endif
