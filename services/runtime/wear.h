/*
 * How often something that keeps changing may be written to the store, whose disk
 * may be flash that wears out: a few times in a row, then once in a while. All
 * zero is the beginning. Pure; times are time_us().
 */
#ifndef RUNTIME_WEAR_H
#define RUNTIME_WEAR_H

#include <stdbool.h>
#include <stdint.h>

#define WEAR_BURST   6u         /* writes in a row */
#define WEAR_REST_US 300000000u /* then one each five minutes: 294 in the first day */

struct wear {
	uint32_t spent;    /* of the burst */
	uint64_t since_us; /* when the first of them began to be earned back */
};

/* May it be written now? If not, *next_us is when. */
bool wear_allows(struct wear *wear, uint64_t now_us, uint64_t *next_us);
/* It is written. */
void wear_spend(struct wear *wear, uint64_t now_us);

#endif
