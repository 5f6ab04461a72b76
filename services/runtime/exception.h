/*
 * The exceptions that a service can raise, by their vector (Intel SDM volume 3, 6.15). An entry
 * reads X(vector, text).
 */
#pragma once

#include <stdint.h>

#define EXCEPTION_TABLE(X)                                                                         \
	X(0, "divide error")                                                                       \
	X(1, "debug")                                                                              \
	X(3, "breakpoint")                                                                         \
	X(4, "overflow")                                                                           \
	X(5, "bound range")                                                                        \
	X(6, "invalid opcode")                                                                     \
	X(7, "no floating point")                                                                  \
	X(13, "general protection")                                                                \
	X(14, "page fault")                                                                        \
	X(16, "x87 floating point")                                                                \
	X(17, "alignment")                                                                         \
	X(19, "SIMD floating point")

#define EXCEPTION_PAGE_FAULT 14

static inline const char *exception_text(uint64_t vector)
{
	switch (vector) {
#define X(number, text)                                                                            \
	case number: return text;
		EXCEPTION_TABLE(X)
#undef X
	default: return "other";
	}
}
