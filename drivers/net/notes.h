/*
 * A driver's notes to its next life, in struct netq_driver.driver_private:
 *
 *	facts		what the device was told at its set-up, under a checksum
 *	position	where in the device's ring the next frame begins, and for
 *			which index of the queue that holds; one word, so never torn
 *
 * A life that ends between publishing frames and noting the position leaves one
 * that is too old; the descriptors published then tell more.
 */
#ifndef NET_NOTES_H
#define NET_NOTES_H

#include "services/proto/netq.h"

#include <stdbool.h>
#include <stdint.h>

#define NOTES_FACTS 8u

struct notes_position {
	uint32_t produced;
	uint32_t place;
};

/* Before the device is touched, so that a half-done set-up is never adopted. */
void notes_forget(struct netq_driver *own);
void notes_write(struct netq_driver *own, const uint32_t facts[NOTES_FACTS]);
/* False: there are none, or they are damaged. */
bool notes_read(const struct netq_driver *own, uint32_t facts[NOTES_FACTS]);

void notes_position_set(struct netq_driver *own, uint32_t produced, uint32_t place);
struct notes_position notes_position_get(const struct netq_driver *own);

#endif
