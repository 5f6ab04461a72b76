/* Numbers that an outsider cannot foresee, for the ids of questions. */
#ifndef RUNTIME_RANDOM_H
#define RUNTIME_RANDOM_H

#include <stdint.h>

/* Once, before the other. */
void random_init(void);
uint32_t random_u32(void);

#endif
