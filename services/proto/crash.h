/* What services in images for tests can be told to do wrong: services/runtime/crash.h. */
#ifndef PROTO_CRASH_H
#define PROTO_CRASH_H

/* How `service crash NAME HOW` makes a service fail (images for tests). */
#define CRASH_TABLE(X)                                                                             \
	X(EXCEPTION, 1, "exception")                                                               \
	X(PANIC, 2, "panic")                                                                       \
	X(EXIT, 3, "exit")                                                                         \
	X(HANG, 4, "hang") /* waits for ever, deaf to its heartbeat */                             \
	X(SPIN, 5, "spin") /* loops for ever */                                                    \
	/* and the attempts that isolation has to stop: */                                         \
	X(WILD_WRITE, 6, "wild-write") /* another service's memory */                              \
	X(WILD_READ, 7, "wild-read")   /* the kernel's memory */                                   \
	X(WRITE_TEXT, 8, "write-text")                                                             \
	X(EXECUTE_DATA, 9, "execute-data")                                                         \
	X(NULL_POINTER, 10, "null")                                                                \
	X(STACK_OVERFLOW, 11, "stack-overflow")                                                    \
	X(BAD_PORT, 12, "bad-port")     /* port I/O that is not ours; then exits */                \
	X(BAD_CALL, 13, "bad-call")     /* undeclared kernel calls; then exits */                  \
	X(BAD_IPC, 14, "bad-ipc")       /* a call to an undeclared target; then exits */           \
	X(BAD_DMA, 15, "bad-dma")       /* drivers: a DMA register outside our regions */          \
	X(PRIVILEGED, 16, "privileged") /* a privileged instruction */                             \
	X(BAD_IO, 17, "bad-io")         /* an I/O instruction for a port that is not ours */

enum crash_how {
#define X(name, number, text) CRASH_##name = (number),
	CRASH_TABLE(X)
#undef X
};

#endif
