/*
 * Every way an operation can end, in one table: code, name, and what it means
 * to the caller. Enum, texts and documentation are all generated from it.
 *
 * A status travels in messages and in registers, so codes are for ever: add at
 * the end, never renumber.
 */
#ifndef ABI_STATUS_H
#define ABI_STATUS_H

#define STATUS_TABLE(X)                                                        \
	X(OK, 0, "done")                                                       \
	X(E_CALL, 1, "no such kernel call, or operation")                      \
	X(E_DENIED, 2, "the manifest does not allow it")                       \
	X(E_ARGUMENT, 3, "an argument is out of its range")                    \
	X(E_DEAD, 4, "the other side died; its new generation is given")       \
	X(E_TIMEOUT, 5, "the time given has passed")                           \
	X(E_STALE, 6, "the generation or sequence number is an old one")       \
	X(E_NOT_WAITING, 7, "the one replied to waits for no reply from us")   \
	X(E_FAULT, 8, "the address is not ours, or not for this access")       \
	X(E_GRANT, 9, "no such grant, or it does not cover this")              \
	X(E_FULL, 10, "the table or queue is full")                            \
	X(E_ABSENT, 11, "there is nothing of that name or number")             \
	X(E_STATE, 12, "not possible in the present state")                    \
	X(E_DMA, 13, "the DMA address lies outside the driver's regions")      \
	X(E_DEVICE, 14, "the device does not answer as it should")             \
	X(E_EXISTS, 15, "there is one already")                                \
	X(E_DAMAGED, 16, "a checksum or a format does not check out")          \
	X(E_TOO_LARGE, 17, "longer than what it has to fit in")                \
	X(E_AGAIN, 18, "nothing at the moment; it would have to wait")         \
	X(E_REFUSED, 19, "the peer refused the connection")                    \
	X(E_RESET, 20, "the peer, or a failure, ended the connection")         \
	X(E_UNREACHABLE, 21, "there is no way to that address")                \
	X(E_CLOSED, 22, "the connection has been closed")

enum status {
#define X(name, code, text) name = (code),
	STATUS_TABLE(X)
#undef X
};

#define must_use __attribute__((warn_unused_result))

/* The meaning of `status` in words; "unknown status" for a foreign value. */
static inline const char *status_text(enum status status)
{
	switch (status) {
#define X(name, code, text)                                                    \
	case name:                                                             \
		return text;
		STATUS_TABLE(X)
#undef X
	}
	return "unknown status";
}

#endif
