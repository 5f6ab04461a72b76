/*
 * webd: the web console's server. HTTPS on 443, and on 80 the way there.
 *
 *	LOADING --(the store has answered, or our former life had all)--> CERTIFYING
 *	CERTIFYING --(certificate made, for names and address in force)--> SERVING
 *	SERVING --(these have changed, or its time is over)--> CERTIFYING
 */
#include "appliance/webd/webd.h"

#include "appliance/webd/conns.h"
#include "appliance/webd/identity.h"
#include "appliance/webd/keep.h"
#include "appliance/webd/login.h"
#include "appliance/webd/state.h"
#include "appliance/webd/world.h"
#include "services/runtime/event.h"
#include "services/runtime/netconf_copy.h"
#include "services/runtime/service.h"
#include "services/runtime/tls_port.h"
#include "services/runtime/wish.h"

#include <string.h>

#define HTTPS_PORT      443
#define HTTP_PORT       80
#define BACKLOG         8
#define ACCEPTS_TURN    4
#define AGAIN_US        100000u
#define HOUSEKEEPING_US 1000000u /* with a connection */

enum { BY_HTTPS = 0, BY_HTTP = 1, LISTENERS = 2 };
#define POLLS_MAX (LISTENERS + CONNS_MAX)
_Static_assert(POLLS_MAX <= 64, "one poll holds them all");

enum phase { LOADING, CERTIFYING, SERVING };

static enum phase phase;
static struct state_region *kept;
static struct state state;
static uint8_t seed[TLS_SEED_BYTES];
static int listeners[LISTENERS] = { -1, -1 };
static const uint16_t ports[LISTENERS] = { HTTPS_PORT, HTTP_PORT };

void webd_state_save(void)
{
	state_save(kept, &state);
}

void webd_account_set(const struct password_record *record)
{
	state.account = *record;
	state.has_account = 1;
	webd_state_save();
	keep_save(KEEP_ACCOUNT);
}

/* --- Sockets ----------------------------------------------------------------------------- */

static void sockets_drop(void)
{
	conns_drop();
	for (int i = 0; i < LISTENERS; i++) {
		socket_abandon(listeners[i]);
		listeners[i] = -1;
	}
}

/* Port 80 only if the configuration, or nobody, says so. */
static bool is_wanted(int which)
{
	return which != BY_HTTP || world.webconf.version == 0 || world.webconf.http_redirect == 1;
}

static bool listener_open(int which)
{
	struct sockaddr_in own = { .sin_family = AF_INET,
				   .sin_port = htons(ports[which]),
				   .sin_addr.s_addr = htonl(world.netconf.lan.address) };

	if (!is_wanted(which)) {
		socket_abandon(listeners[which]);
		listeners[which] = -1;
		return true;
	}
	if (listeners[which] >= 0)
		return true;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) != 0 || listen(fd, BACKLOG) != 0) {
		socket_abandon(fd);
		return false;
	}
	listeners[which] = fd;
	return true;
}

/* The console is the LAN's: what the firewall lets through from elsewhere goes no further. */
static bool is_client(uint32_t address)
{
	uint32_t bits = world.netconf.lan.prefix_bits;
	uint32_t mask = bits == 0 ? 0 : ~0u << (32 - bits);

	return ((address ^ world.netconf.lan.address) & mask) == 0;
}

static void clients_accept(int which)
{
	for (int i = 0; i < ACCEPTS_TURN; i++) {
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		int fd = accept_nowait(listeners[which], (struct sockaddr *)&from, &length);

		if (fd < 0)
			return;
		if (is_client(ntohl(from.sin_addr.s_addr)))
			conns_accept(fd, ntohl(from.sin_addr.s_addr), which == BY_HTTPS);
		else
			socket_abandon(fd);
	}
}

/* --- What comes before serving ------------------------------------------------------------- */

/* A seed is used once: the next boot gets another, before anything is made of this one. */
static void random_begin(void)
{
	tls_port_init(keep_found(KEEP_SEED) ? seed : NULL, sizeof(seed), world.clock);
	(void)tls_port_random(NULL, seed, sizeof(seed));
	keep_save(KEEP_SEED);
	log_info("random numbers from %s%s",
		 entropy_has_rdrand() ? "the processor" : "time's jitter",
		 keep_found(KEEP_SEED) ? " and an earlier boot" : "");
}

static void load(void)
{
	if (!keep_load())
		return;
	random_begin();
	if (!state.is_loaded) {
		state.has_account = keep_found(KEEP_ACCOUNT);
		state.has_certificate = keep_found(KEEP_CERTIFICATE);
		state.is_loaded = 1;
		webd_state_save();
	}
	login_account_set(state.has_account ? &state.account : NULL);
	phase = CERTIFYING;
}

/* Those who are connected refer to the certificate that they met. */
static void identity_follow(void)
{
	if (phase != SERVING || !identity_is_due())
		return;
	sockets_drop();
	phase = CERTIFYING;
}

static void configuration_follow(void)
{
	uint32_t before = world.netconf.lan.address;

	if (world.wan_region != NULL)
		(void)wan_lease_update(world.wan_region, &world.wan);
	if (world_webconf_update()) {
		state.sessions.idle_s = world.webconf.session_timeout_s;
		webd_state_save();
	}
	if (netconf_copy_update(world.netconf_region, &world.netconf) &&
	    world.netconf.lan.address != before)
		sockets_drop();
}

/* True if it goes on at once. */
static bool certify(void)
{
	enum identity identity = identity_work();

	if (identity == IDENTITY_READY)
		phase = SERVING;
	return identity == IDENTITY_GOES_ON;
}

/* --- The loop -------------------------------------------------------------------------------- */

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

static uint64_t serve(void)
{
	struct pollfd polls[POLLS_MAX];
	uint64_t expiry_us = conns_expire();
	uint64_t next_us = expiry_us == SERVICE_NO_DEADLINE
				   ? service_rest_until_us(world.now_us, SERVICE_LONG_REST_US)
				   : earlier(expiry_us, world.now_us + HOUSEKEEPING_US);

	if (!listener_open(BY_HTTPS) || !listener_open(BY_HTTP)) {
		sockets_drop();
		return world.now_us + AGAIN_US;
	}
	for (int i = 0; i < LISTENERS; i++)
		polls[i] = (struct pollfd){ .fd = listeners[i], .events = POLLIN };
	conns_polls(polls + LISTENERS);
	int ready = socket_watch(polls, POLLS_MAX);
	if (ready < 0 && errno == EAGAIN) { /* INET restarts, or is slow; our sockets stay */
		next_us = earlier(next_us, world.now_us + AGAIN_US);
	} else if (ready < 0 || ((polls[BY_HTTPS].revents | polls[BY_HTTP].revents) & POLLERR)) {
		sockets_drop();
		return world.now_us + AGAIN_US;
	}
	bool served = conns_serve(polls + LISTENERS);
	for (int i = 0; i < LISTENERS; i++)
		if (polls[i].revents != 0)
			clients_accept(i);
	return served || ready > 0 ? world.now_us
				   : next_us; /* INET notifies us before if need be */
}

static uint64_t work(uint64_t now_us)
{
	world.now_us = now_us;
	configuration_follow();
	uint64_t keep_us = keep_work(now_us);
	bool told_all = event_work();
	identity_follow();
	if (phase == LOADING)
		load();
	else if (phase == CERTIFYING && world.netconf.lan.address != 0 && certify())
		return now_us;
	if (phase != SERVING)
		return now_us + AGAIN_US;
	uint64_t next_us = serve();
	return earlier(earlier(next_us, keep_us),
		       told_all ? SERVICE_NO_DEADLINE : now_us + AGAIN_US);
}

static const void *optional(const char *alias, size_t size_bytes)
{
	return region_find(alias) != NULL ? region(alias, size_bytes) : NULL;
}

static void world_look(void)
{
	char alias[] = "port0.drv";

	world.manifest = region("manifest", sizeof(struct manifest));
	world.kernel = region("ktable", sizeof(struct kernel_table));
	world.crashes = region("crashes", sizeof(struct crash_log));
	world.rs = region("rs.table", sizeof(struct rs_table));
	world.netconf_region = region("netconf", sizeof(struct netconf_region));
	world.firewall = region("fw.table", sizeof(struct fw_table));
	world.quarantine = region("quarantine", sizeof(struct quarantine));
	world.alerts = region("alert.table", sizeof(struct alert_table));
	world.log = optional("log.ring", sizeof(struct log_ring));
	world.wan_region = optional("wan.lease", sizeof(struct wan_lease_region));
	world.webconf_region = optional("webconf", sizeof(struct webconf_region));
	world.clock = optional("clock", sizeof(struct clock_page));
	for (unsigned port = 0; port < NETQ_PORTS_MAX; port++) {
		alias[4] = (char)('0' + port);
		world.ports[port] = optional(alias, sizeof(struct netq_driver));
	}
}

static enum status start(void)
{
	world_look();
	world.sessions = &state.sessions;
	kept = region("webd.state", sizeof(*kept));
	if (wish_clean_start("webd.state"))
		state_forget(kept);
	(void)state_load(kept, &state);
	identity_init(&state);
	keep_init(KEEP_SEED, seed, sizeof(seed), true);
	keep_init(KEEP_ACCOUNT, &state.account, sizeof(state.account), !state.is_loaded);
	keep_init(KEEP_CERTIFICATE, &state.certificate, sizeof(state.certificate),
		  !state.is_loaded);
	/* Our former life may have died before the store had them. */
	if (state.has_account)
		keep_save(KEEP_ACCOUNT);
	if (state.has_certificate)
		keep_save(KEEP_CERTIFICATE);
	return OK;
}

int main(void)
{
	static const struct service service = { .start = start, .work = work };
	return service_run(&service);
}
