/*
 * Rendezvous messages and notifications. A waiting slot's call returns by
 * having its saved rax and rdx set; so each wait has exactly one end.
 */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include "kernel/slot.h"

/* The kernel calls, as in abi/syscall.h; `to` is a packed endpoint. */
enum status ipc_call(struct slot *self, uint64_t to, uint64_t timeout_us);
enum status ipc_receive(struct slot *self, uint64_t timeout_us);
enum status ipc_reply(struct slot *self, uint64_t to);
enum status ipc_reply_receive(struct slot *self, uint64_t to, uint64_t timeout_us);
enum status ipc_reply_fault(struct slot *self, uint64_t to);
enum status ipc_notify(struct slot *self, uint64_t slot);

/* Sets events of EVENT_*; a dead slot has no ear. */
void ipc_event(struct slot *slot, uint64_t events);

/* The deadline of `slot` has passed. */
void ipc_time_out(struct slot *slot);

/* Ends what `slot` itself waits for, with no result. */
void ipc_forget(struct slot *slot);

/* Ends the wait of everyone who waits for `slot`, which is dead: E_DEAD, its next generation. */
void ipc_release(struct slot *slot);

#endif
