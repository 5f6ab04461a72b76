/*
 * The service `store`: named records that outlive a power cut
 * (services/proto/store.h). It answers from memory and writes behind; nothing
 * here waits for the disk. Its own death costs nothing: what it knows lies in
 * the preserved region "store.state", and what was under way is repeated.
 */
#include "services/store/store.h"

#include "services/runtime/wish.h"

static struct store store;

static void life_resume(void)
{
	bool clean = wish_clean_start("store.state");

	if (clean)
		life_forget(store.region);
	if (!life_load(&store.life, store.region)) {
		if (!clean && service_info()->restarted != 0)
			log_warning("its memory is damaged: the records are read back");
		life_begin(&store.life);
		return;
	}
	store.volume.id = store.life.volume;
	log_info("carries on: %s, %u changes under way",
		 store.life.mode == STORE_DISK ? "on disk" : "without disk",
		 store.life.changes.count);
}

/* Who waits for a result may have missed our word. */
static void all_notify(void)
{
	for (uint32_t slot = 0; slot < SERVICE_MAX; slot++)
		if (store.life.changes.results[slot] != E_ABSENT)
			service_notify(slot);
}

static enum status start(void)
{
	store.region = region("state", sizeof(struct life_region));
	store.table = region("table", sizeof(struct store_table));
	volume_open(&store.volume);
	life_resume();
	store_save(&store);
	if (store.life.mode == STORE_OPENING)
		opening_begin(&store.opening, time_us());
	show_table(&store);
	all_notify();
	return OK;
}

static void message(const struct message *request)
{
	serve(&store, request);
}

static uint64_t earlier(uint64_t one_us, uint64_t other_us)
{
	return one_us < other_us ? one_us : other_us;
}

static uint64_t work(uint64_t now_us)
{
	uint64_t next_us = carry_on(&store, now_us);

	return earlier(next_us, show_disks(&store, now_us));
}

int main(void)
{
	static const struct service service = {
		.start = start,
		.message = message,
		.work = work,
	};

	return service_run(&service);
}
