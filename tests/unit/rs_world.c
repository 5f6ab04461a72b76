#include "tests/unit/rs_world.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_US 200u /* how long a service takes for an answer */

struct rs_world world;

/* --- What the kernel does ------------------------------------------------ */

static jmp_buf death;

static void action_begins(void)
{
	if (++world.actions == world.last_action && !world.action_done)
		longjmp(death, 1);
}

static void action_ends(void)
{
	if (world.actions == world.last_action && world.action_done)
		longjmp(death, 1);
}

static enum status kernel_start(uint32_t slot, uint32_t *generation)
{
	struct service_entry *life = &world.kernel.services[slot];

	action_begins();
	world.starts[slot]++;
	if (life->state == SERVICE_ALIVE)
		return E_STATE;
	if (world.start_refusal[slot] != OK)
		return world.start_refusal[slot];
	memset(&life->refusals, 0, sizeof(life->refusals));
	life->complaints = 0;
	life->state = SERVICE_ALIVE;
	life->started_us = world.now_us;
	life->updated = world.source[slot];
	*generation = ++life->generation;
	action_ends();
	return OK;
}

static void life_ends(uint32_t slot, enum exit_cause cause)
{
	world.kernel.services[slot].state = SERVICE_DEAD;
	world.kernel.services[slot].died_us = world.now_us;
	world.kernel.services[slot].exit_cause = cause;
}

static enum status kernel_kill(uint32_t slot, enum exit_cause cause)
{
	action_begins();
	if (world.kernel.services[slot].state != SERVICE_ALIVE)
		return E_STATE;
	life_ends(slot, cause);
	action_ends();
	return OK;
}

static enum status kernel_crash(uint32_t slot, enum crash_how how)
{
	world.crashed[slot] = how;
	return OK;
}

static enum status kernel_source(uint32_t slot, enum image_source source)
{
	action_begins();
	if (source == IMAGE_UPDATE && world.kernel.services[slot].updatable == 0)
		return E_ABSENT;
	world.source[slot] = source;
	action_ends();
	return OK;
}

static void kernel_ask(uint32_t slot)
{
	action_begins();
	world.asks[slot]++;
	action_ends();
}

static void kernel_log(enum log_level level, const char *text)
{
	size_t length = strlen(world.log);

	action_begins();
	snprintf(world.log + length, sizeof(world.log) - length, "%d %s\n", (int)level, text);
	world.lines.next_sequence++;
	action_ends();
}

static void kernel_stop(enum machine_stop how)
{
	world.stopped = how;
}

static const struct supervise_actions actions = {
	.start = kernel_start,
	.kill = kernel_kill,
	.crash = kernel_crash,
	.source = kernel_source,
	.ask = kernel_ask,
	.log = kernel_log,
	.stop_machine = kernel_stop,
};

/* --- The world ----------------------------------------------------------- */

static void service_add(enum world_slot slot, const char *name, uint64_t after)
{
	struct manifest_service *service = &world.manifest.services[slot];

	snprintf(service->name, sizeof(service->name), "%s", name);
	service->heartbeat_ms = slot == RS ? 0 : 50;
	service->start_after = after;
	service->recovery[0].step = RECOVERY_LOG;
	service->recovery[1] =
		(struct manifest_recovery){ .step = RECOVERY_RESTART, .argument = 1000 };
}

void world_new(void)
{
	memset(&world, 0, sizeof(world));
	world.now_us = 100000;
	world.step_us = ANSWER_US;
	world.manifest.service_count = SLOTS;
	world.manifest.rs_slot = RS;
	service_add(RS, "rs", 0);
	service_add(DS, "ds", 0);
	service_add(PCI, "pci", 1u << DS);
	service_add(PORT, "port0", 1u << PCI);
	service_add(CONFIG, "config", 1u << DS);
	service_add(FIREWALL, "firewall", 1u << CONFIG);
	world.manifest.services[PORT].flags = SERVICE_DEVICE;
	world.kernel.service_count = SLOTS;
	world.kernel.services[RS].state = SERVICE_ALIVE;
	world.kernel.services[RS].generation = 1;
	world.kernel.services[RS].started_us = world.now_us;
}

uint64_t world_look(void)
{
	return supervise_look(&world.supervisor, world.now_us);
}

bool world_look_dying(unsigned nth, bool done)
{
	world.actions = 0;
	world.last_action = nth;
	world.action_done = done;
	bool dead = setjmp(death) != 0;
	if (!dead)
		world_look();
	world.last_action = 0;
	return dead;
}

void world_rs_begins(void)
{
	supervise_init(&world.supervisor, &world.manifest, &world.kernel, &world.table,
		       &world.checkpoints, &actions, world.now_us);
	world_look();
}

void world_rs_dies(enum exit_cause cause)
{
	life_ends(RS, cause);
	world.kernel.services[RS].state = SERVICE_ALIVE;
	world.kernel.services[RS].generation++;
	world.kernel.services[RS].started_us = world.now_us;
	memset(&world.supervisor, 0x5a, sizeof(world.supervisor)); /* its memory is gone */
	world_rs_begins();
}

void world_answer(enum world_slot slot)
{
	supervise_answered(&world.supervisor, 1ull << slot, world.now_us);
}

/* Whoever was asked and is alive answers, if it does at all. */
static void answers_give(uint64_t answering)
{
	for (unsigned slot = 0; slot < SLOTS; slot++) {
		if (world.asks[slot] == world.answered[slot] || (answering >> slot & 1) == 0 ||
		    world.kernel.services[slot].state != SERVICE_ALIVE)
			continue;
		world.answered[slot] = world.asks[slot];
		world_answer((enum world_slot)slot);
		world.kernel.services[slot].rests = world.calm;
	}
}

void world_pass(uint64_t us, uint64_t answering)
{
	uint64_t end_us = world.now_us + us;

	while (world.now_us < end_us) {
		answers_give(answering);
		uint64_t next_us = world_look();

		next_us = next_us < end_us ? next_us : end_us;
		if (next_us > world.now_us + world.step_us)
			next_us = world.now_us + world.step_us;
		if (next_us <= world.now_us)
			next_us = world.now_us + 1;
		world.kernel.idle_us += next_us - world.now_us;
		world.now_us = next_us;
	}
	answers_give(answering);
	world_look();
}

void world_boot(void)
{
	world_new();
	world.kernel.services[PORT].device.bus = DEVICE_PCI;
	world_rs_begins();
	for (unsigned slot = DS; slot < SLOTS; slot++) {
		world_answer((enum world_slot)slot);
		world_look();
	}
	for (unsigned slot = DS; slot < SLOTS; slot++)
		world_answer((enum world_slot)slot);
	world_look();
	world.log[0] = 0;
}

void world_dies(enum world_slot slot, enum exit_cause cause)
{
	life_ends(slot, cause);
}

void world_recovery(enum world_slot slot, const struct manifest_recovery *steps, unsigned count)
{
	struct manifest_recovery *recovery = world.manifest.services[slot].recovery;

	memset(recovery, 0, sizeof(world.manifest.services[slot].recovery));
	memcpy(recovery, steps, count * sizeof(*steps));
}

enum status world_request(enum rs_op op, uint32_t slot, uint32_t argument)
{
	struct rs_request request = { .slot = slot, .argument = argument };
	enum status status = supervise_request(&world.supervisor, op, &request, world.now_us);

	world_look();
	return status;
}

const struct rs_entry *world_entry(enum world_slot slot)
{
	return &world.table.services[slot];
}
