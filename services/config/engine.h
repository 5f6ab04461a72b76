/*
 * What the files of the service share: the preserved state, the regions that it
 * writes, and what is to be told to others. Not pure.
 */
#ifndef CONFIG_ENGINE_H
#define CONFIG_ENGINE_H

#include "kernel/abi/message.h"
#include "services/config/desk.h"
#include "services/config/force.h"
#include "services/config/ledger.h"
#include "services/proto/rs.h"

#define ENGINE_STATUS_BYTES 240

/* The region "config.state". */
struct engine_state {
	struct ledger ledger;
	struct desk desk;
	uint32_t bad_starts; /* lives in a row that ended soon */
	uint32_t stands;     /* 1: what is in force is not of the ledger, and stays */
	uint64_t managed;    /* slots whose recovery policy is ours */
};

#define ENGINE_STATE_BYTES 458752u
_Static_assert(sizeof(struct engine_state) <= ENGINE_STATE_BYTES, "region size");

struct engine {
	struct engine_state *state;
	struct force net, alerts, web;
	const struct rs_table *rs;
	struct compiled compiled; /* what is in force, or is being checked */
	bool changed;             /* the owner is to hear of a commit */
	bool opening;             /* the store is not read yet */
	bool volatile_only;       /* it killed us, or there is none */
	uint32_t edition;         /* of texts.h */
	uint64_t publish_at_us;
	char status[ENGINE_STATUS_BYTES]; /* for the administrator */
};

extern struct engine engine;
/* A document on its way; who fills it is done with it before another file's turn comes. */
extern char engine_text[CONFIG_DOCUMENT_BYTES];

/* Unix time; LEDGER_TIME_UNKNOWN. */
uint64_t engine_time_s(void);
/* By whom, and why, now. */
void engine_note(struct ledger_note *note, const char *author, const char *comment);
/* The text as the ledger keeps it, to engine_text; 0: no memory. */
size_t engine_document_shorten(const char *text, size_t length);

/*
 * apply.c: puts engine.compiled in force: only what changed, and only its readers are told.
 * From then on, what is in force is what the ledger says.
 */
void apply_compiled(void);
/* Checks and applies the running document of the ledger. False: there is none, or it is refused. */
bool apply_running(void);
/* Makes RS's policies those of engine.compiled, one a call; returns when to be called again. */
uint64_t apply_policies(uint64_t now_us);
void apply_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * boot_document.c: the document that came with the boot, `bytes` of it, 0: none. Checks it into
 * engine.compiled; if it is refused, the status says why.
 */
void boot_document_check(uint32_t bytes);
/* One came, and it is good. */
bool boot_document_is_good(void);
/* And it is not the one that was taken last, as far as is known. */
bool boot_document_is_new(void);
/* In force, and remembered; engine.compiled is still of it. */
void boot_document_commit(void);

/* request.c: answers a client. */
void request_serve(const struct message *message);
/* Makes `text` the newest document and puts `compiled`, which is of it, in force. */
must_use enum status request_commit(const char *text, size_t length,
				    const struct compiled *compiled, const struct ledger_note *note,
				    uint64_t revert_at_us);

/* archive.c: the ledger in the store. */
/* Reads it back, a few records a call. False: not done; call again at *again_us. */
bool archive_open(uint64_t now_us, uint64_t *again_us);
/* Writes what is new; returns when to be called again. */
uint64_t archive_work(uint64_t now_us);
bool archive_is_durable(void);
/* The store refuses what it is given, so that waiting for it frees nothing: room in the ledger. */
bool archive_make_room(void);

#endif
