/*
 * Invariants: a slot in WAIT_SEND has its bit in its partner's `senders`, and
 * only then; a slot in WAIT_REPLY has had its message received by its partner's
 * present life. Both end when the partner replies or dies, or at the deadline.
 */
#include "kernel/ipc.h"

#include "kernel/log.h"
#include "kernel/schedule.h"
#include "kernel/time.h"

/* The frame's rax and rdx are what the kernel call will have returned. */
static void wait_end(struct slot *slot, enum status status, uint64_t value)
{
	slot->frame.rax = status;
	slot->frame.rdx = value;
	slot->deadline_us = TIME_NEVER;
	slot->entry->rests = 0; /* even before it runs, or RS would take its work for done */
	schedule_admit(slot);
}

static void wait_begin(struct slot *slot, enum wait wait, uint64_t timeout_us)
{
	slot->wait = wait;
	if (timeout_us == TIMEOUT_NEVER)
		return;
	uint64_t now_us = time_now_us();

	slot->deadline_us = timeout_us < TIME_NEVER - now_us ? now_us + timeout_us : TIME_NEVER;
	time_alarm_by(slot->deadline_us);
}

static void message_copy(const struct slot *from, struct slot *to)
{
	const struct message *source = &from->buffer->message;
	struct message *target = &to->buffer->message;

	target->op = source->op;
	target->status = source->status;
	target->from = (endpoint_t){ from->index, from->generation };
#pragma GCC unroll 8
	for (unsigned i = 0; i < MESSAGE_PAYLOAD_BYTES / 8; i++)
		target->payload.words[i] = source->payload.words[i];
}

/* --- Receiving ----------------------------------------------------------- */

static bool notified(const struct slot *slot)
{
	return slot->sources | slot->events;
}

static void notifications_take(struct slot *slot)
{
	slot->buffer->sources = slot->sources;
	slot->buffer->events = slot->events;
	slot->sources = slot->events = 0;
	slot->notified_last = true;
}

/* The next sender behind the last one, so that none is passed over for ever. */
static struct slot *sender_take(struct slot *self)
{
	uint64_t behind = self->senders & ~((2ull << self->last_sender) - 1);
	unsigned index = (unsigned)__builtin_ctzll(behind ? behind : self->senders);

	self->senders &= ~(1ull << index);
	self->last_sender = index;
	return &slots[index];
}

static void message_take(struct slot *self)
{
	struct slot *sender = sender_take(self);

	message_copy(sender, self);
	sender->wait = WAIT_REPLY;
	self->notified_last = false;
}

enum status ipc_receive(struct slot *self, uint64_t timeout_us)
{
	self->entry->turns++;
	if (notified(self) && !(self->notified_last && self->senders)) {
		notifications_take(self);
		self->frame.rdx = RECEIVED_NOTIFICATION;
		return OK;
	}
	if (self->senders) {
		message_take(self);
		self->frame.rdx = RECEIVED_MESSAGE;
		return OK;
	}
	if (timeout_us == TIMEOUT_NONE)
		return E_TIMEOUT;
	wait_begin(self, WAIT_RECEIVE, timeout_us);
	return OK;
}

/* --- Calling and replying ------------------------------------------------ */

static bool generation_valid(const struct slot *slot, uint32_t generation)
{
	return generation == ANY_GENERATION || generation == slot_generation(slot);
}

enum status ipc_call(struct slot *self, uint64_t to, uint64_t timeout_us)
{
	uint32_t index = (uint32_t)to, generation = (uint32_t)(to >> 32);

	if (index >= slot_count || !(self->service->call_targets >> index & 1)) {
		slot_refuse(self, &self->entry->refusals.target, index);
		return E_DENIED;
	}
	struct slot *target = &slots[index];

	if (!generation_valid(target, generation)) {
		self->frame.rdx = slot_generation(target);
		return E_DEAD;
	}
	self->entry->messages++;
	if (target->wait != WAIT_RECEIVE && timeout_us == TIMEOUT_NONE)
		return E_TIMEOUT;
	self->partner = index;
	if (target->wait == WAIT_RECEIVE) {
		message_copy(self, target);
		target->notified_last = false;
		wait_end(target, OK, RECEIVED_MESSAGE);
		wait_begin(self, WAIT_REPLY, timeout_us);
	} else {
		target->senders |= slot_bit(self);
		wait_begin(self, WAIT_SEND, timeout_us);
	}
	return OK;
}

/* The slot `to` names, if it waits for our reply. */
static enum status caller_find(struct slot *self, uint64_t to, struct slot **caller)
{
	uint32_t index = (uint32_t)to, generation = (uint32_t)(to >> 32);

	if (index >= slot_count)
		return E_ARGUMENT;
	*caller = &slots[index];
	if (generation != (*caller)->generation)
		return E_STALE;
	if ((*caller)->wait != WAIT_REPLY || (*caller)->partner != self->index)
		return E_NOT_WAITING;
	return OK;
}

enum status ipc_reply(struct slot *self, uint64_t to)
{
	struct slot *caller;
	enum status status = caller_find(self, to, &caller);

	if (status != OK)
		return status;
	message_copy(self, caller);
	wait_end(caller, OK, 0);
	return OK;
}

enum status ipc_reply_receive(struct slot *self, uint64_t to, uint64_t timeout_us)
{
	/* A caller that waits no longer is no concern of the server's. */
	ipc_reply(self, to);
	return ipc_receive(self, timeout_us);
}

enum status ipc_reply_fault(struct slot *self, uint64_t to)
{
	struct slot *caller;
	enum status status = caller_find(self, to, &caller);

	if (status == OK)
		slot_die(caller, EXIT_FAULTED, self->index, 0);
	return status;
}

/* --- Notifications ------------------------------------------------------- */

static void notification_deliver(struct slot *slot)
{
	if (slot->wait != WAIT_RECEIVE)
		return;
	notifications_take(slot);
	wait_end(slot, OK, RECEIVED_NOTIFICATION);
}

enum status ipc_notify(struct slot *self, uint64_t index)
{
	if (index >= slot_count || !(self->service->notify_targets >> index & 1)) {
		slot_refuse(self, &self->entry->refusals.target, index);
		return E_DENIED;
	}
	struct slot *target = &slots[index];

	if (!slot_alive(target))
		return E_DEAD;
	target->sources |= slot_bit(self);
	notification_deliver(target);
	return OK;
}

void ipc_event(struct slot *slot, uint64_t events)
{
	if (!slot_alive(slot))
		return;
	slot->events |= events;
	notification_deliver(slot);
}

/* --- Ends of waits ------------------------------------------------------- */

void ipc_forget(struct slot *slot)
{
	if (slot->wait == WAIT_SEND)
		slots[slot->partner].senders &= ~slot_bit(slot);
	slot->deadline_us = TIME_NEVER;
}

void ipc_time_out(struct slot *slot)
{
	ipc_forget(slot);
	wait_end(slot, E_TIMEOUT, 0);
}

void ipc_release(struct slot *slot)
{
	for (unsigned i = 0; i < slot_count; i++) {
		struct slot *waiter = &slots[i];

		if ((waiter->wait == WAIT_SEND || waiter->wait == WAIT_REPLY) &&
		    waiter->partner == slot->index)
			wait_end(waiter, E_DEAD, slot_generation(slot));
	}
	slot->senders = 0;
}
