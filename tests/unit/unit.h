/* cmocka, with what it wants included before it. */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

/* The order matters. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#endif
