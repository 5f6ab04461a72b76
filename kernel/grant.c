/*
 * Grants lie in the granter's slot and die with its life. An id carries a
 * sequence number that changes with each use of its index, and a copy looks
 * everything up anew, so nothing stale is ever followed.
 */
#include "kernel/grant.h"

#include "kernel/string.h"
#include "kernel/usermem.h"

#define DELEGATION_DEPTH_MAX 4
#define COPY_BYTES_MAX       65536 /* the kernel is not interrupted meanwhile */

/* What a grant finally means. */
struct loan {
	const struct slot *owner;
	uint64_t address, bytes;
	unsigned access;
};

static struct grant *grant_of(struct slot *slot, uint64_t id)
{
	struct grant *grant = &slot->grants[id % SERVICE_GRANTS_MAX];

	return id && grant->id == id ? grant : NULL;
}

static enum status grant_add(struct slot *self, struct grant grant)
{
	for (uint32_t i = 0; i < SERVICE_GRANTS_MAX; i++) {
		if (self->grants[i].id)
			continue;
		self->grant_sequence = (self->grant_sequence + 1) & 0xffffff;
		if (!self->grant_sequence)
			self->grant_sequence = 1;
		grant.id = i | self->grant_sequence << 8;
		self->grants[i] = grant;
		self->frame.rdx = grant.id;
		return OK;
	}
	return E_FULL;
}

static bool access_valid(uint64_t access)
{
	return access && !(access & ~(uint64_t)(GRANT_READ | GRANT_WRITE));
}

enum status grant_create(struct slot *self, uint64_t grantee, uint64_t address, uint64_t bytes,
			 uint64_t access)
{
	if (grantee >= slot_count || !access_valid(access))
		return E_ARGUMENT;
	if (!usermem_pointer(self, address, bytes, access & GRANT_WRITE)) {
		slot_refuse(self, &self->entry->refusals.memory, address);
		return E_FAULT;
	}
	return grant_add(self, (struct grant){
				       .grantee = (uint16_t)grantee,
				       .access = (uint8_t)access,
				       .address = address,
				       .bytes = bytes,
			       });
}

enum status grant_delegate(struct slot *self, uint64_t granter, uint64_t id, uint64_t grantee,
			   uint64_t access)
{
	if (granter >= slot_count || grantee >= slot_count || !access_valid(access))
		return E_ARGUMENT;
	const struct grant *grant = grant_of(&slots[granter], id);

	if (!grant || grant->grantee != self->index || (access & ~(uint64_t)grant->access))
		return E_GRANT;
	return grant_add(self, (struct grant){
				       .grantee = (uint16_t)grantee,
				       .access = (uint8_t)access,
				       .delegated = true,
				       .granter = (uint32_t)granter,
				       .granter_id = (uint32_t)id,
			       });
}

enum status grant_revoke(struct slot *self, uint64_t id)
{
	struct grant *grant = grant_of(self, id);

	if (!grant)
		return E_GRANT;
	grant->id = 0;
	return OK;
}

void grants_clear(struct slot *slot)
{
	for (unsigned i = 0; i < SERVICE_GRANTS_MAX; i++)
		slot->grants[i].id = 0;
}

/* Follows delegations to who owns the memory; every step has to hold at this moment. */
static bool loan_resolve(const struct slot *grantee, uint64_t granter, uint64_t id,
			 struct loan *loan)
{
	loan->access = GRANT_READ | GRANT_WRITE;
	for (unsigned depth = 0; depth < DELEGATION_DEPTH_MAX && granter < slot_count; depth++) {
		struct slot *owner = &slots[granter];
		const struct grant *grant = grant_of(owner, id);

		if (!grant || grant->grantee != grantee->index)
			return false;
		loan->access &= grant->access;
		if (!grant->delegated) {
			loan->owner = owner;
			loan->address = grant->address;
			loan->bytes = grant->bytes;
			return true;
		}
		grantee = owner;
		granter = grant->granter;
		id = grant->granter_id;
	}
	return false;
}

/* The granter's memory for a copy of ours, or NULL. */
static void *lent_pointer(const struct slot *self, const struct copy *copy,
			  enum grant_access access)
{
	struct loan loan;

	if (!loan_resolve(self, copy->granter, copy->id, &loan) || !(loan.access & access))
		return NULL;
	if (copy->offset > loan.bytes || copy->bytes > loan.bytes - copy->offset)
		return NULL;
	return usermem_pointer(loan.owner, loan.address + copy->offset, copy->bytes,
			       access == GRANT_WRITE);
}

static void *own_pointer(struct slot *self, uint64_t address, uint64_t bytes, bool write)
{
	void *pointer = usermem_pointer(self, address, bytes, write);

	if (!pointer)
		slot_refuse(self, &self->entry->refusals.memory, address);
	return pointer;
}

enum status grant_copy(struct slot *self, const struct copy *copy, enum grant_access access)
{
	if (copy->bytes > COPY_BYTES_MAX)
		return E_TOO_LARGE;
	void *own = own_pointer(self, copy->address, copy->bytes, access == GRANT_READ);
	void *lent = lent_pointer(self, copy, access);

	if (!own)
		return E_FAULT;
	if (!lent)
		return E_GRANT;
	if (access == GRANT_READ)
		memmove(own, lent, copy->bytes);
	else
		memmove(lent, own, copy->bytes);
	return OK;
}
