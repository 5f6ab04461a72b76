/*
 * The texts that READ gives, made when they are asked for and kept until another
 * one is. Pure.
 */
#ifndef CONFIG_TEXTS_H
#define CONFIG_TEXTS_H

#include "services/config/desk.h"
#include "services/config/ledger.h"

struct texts_source {
	const struct ledger *ledger;
	const struct candidate *candidate; /* the asking client's; NULL: none */
	uint32_t edition;                  /* changes with anything that a text is made of */
};

/* *text stays until the next call. E_ABSENT; E_FULL: no memory. */
must_use enum status texts_get(const struct texts_source *source, uint32_t slot,
			       const struct config_request *request, const char **text,
			       size_t *length);

#endif
