#include "services/runtime/wear.h"

static void earn_back(struct wear *wear, uint64_t now_us)
{
	uint64_t earned = (now_us - wear->since_us) / WEAR_REST_US;

	if (earned >= wear->spent) {
		wear->spent = 0;
		return;
	}
	wear->spent -= (uint32_t)earned;
	wear->since_us += earned * WEAR_REST_US;
}

bool wear_allows(struct wear *wear, uint64_t now_us, uint64_t *next_us)
{
	earn_back(wear, now_us);
	*next_us = wear->since_us + WEAR_REST_US;
	return wear->spent < WEAR_BURST;
}

void wear_spend(struct wear *wear, uint64_t now_us)
{
	earn_back(wear, now_us);
	if (wear->spent++ == 0)
		wear->since_us = now_us;
}
