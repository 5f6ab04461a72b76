/* The recovery policy of a service: steps that the manifest lists and RS takes. */
#ifndef PROTO_RECOVERY_H
#define PROTO_RECOVERY_H

/* One step of a recovery policy, taken in order; see services/rs. */
enum recovery_step {
	RECOVERY_END = 0,
	RECOVERY_LOG = 1,
	RECOVERY_DUMP = 2,
	RECOVERY_RESTART = 3, /* argument: the longest back-off, ms */
	RECOVERY_RESTART_DEPENDENTS = 4,
	RECOVERY_ALERT = 5,
	RECOVERY_DEGRADE = 6,
	RECOVERY_REBOOT = 7,
	RECOVERY_GIVE_UP = 8, /* argument: after so many deaths in a row */
};

#endif
