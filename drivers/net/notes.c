#include "drivers/net/notes.h"

#include "services/runtime/crc32.h"

#include <string.h>

#define NOTES_MAGIC 0x3143494eu /* "NIC1" */

struct notes {
	uint32_t magic;
	uint32_t crc32; /* of the facts */
	uint32_t facts[NOTES_FACTS];
	uint64_t position;
};
_Static_assert(sizeof(struct notes) <= sizeof(((struct netq_driver *)0)->driver_private), "room");

static struct notes *notes_of(struct netq_driver *own)
{
	return (struct notes *)own->driver_private;
}

void notes_forget(struct netq_driver *own)
{
	netq_store(&notes_of(own)->magic, 0);
}

void notes_write(struct netq_driver *own, const uint32_t facts[NOTES_FACTS])
{
	struct notes *notes = notes_of(own);

	memcpy(notes->facts, facts, sizeof notes->facts);
	notes->crc32 = crc32_of(notes->facts, sizeof notes->facts);
	netq_store(&notes->magic, NOTES_MAGIC);
}

bool notes_read(const struct netq_driver *own, uint32_t facts[NOTES_FACTS])
{
	const struct notes *notes = (const struct notes *)own->driver_private;

	if (netq_load(&notes->magic) != NOTES_MAGIC ||
	    crc32_of(notes->facts, sizeof notes->facts) != notes->crc32)
		return false;
	memcpy(facts, notes->facts, sizeof notes->facts);
	return true;
}

void notes_position_set(struct netq_driver *own, uint32_t produced, uint32_t place)
{
	uint64_t position = (uint64_t)produced << 32 | place;

	__atomic_store_n(&notes_of(own)->position, position, __ATOMIC_RELEASE);
}

struct notes_position notes_position_get(const struct netq_driver *own)
{
	const struct notes *notes = (const struct notes *)own->driver_private;
	uint64_t position = __atomic_load_n(&notes->position, __ATOMIC_ACQUIRE);

	return (struct notes_position){ .produced = (uint32_t)(position >> 32),
					.place = (uint32_t)position };
}
