#include "services/time/exchange.h"

#include "services/runtime/random.h"
#include "services/runtime/resolver.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"

#include <string.h>

#define ANSWER_US          3000000u
#define DATAGRAMS_PER_TURN 8 /* a flood of forged ones costs no more than this a turn */

static enum { IDLE, RESOLVING, ASKED } phase;
static struct resolver resolver;
static struct sntp_request request;
static int fd = -1;
static uint64_t asked_until_us;
static bool answered_badly; /* something came, but nothing good */

void exchange_init(void)
{
	resolver_init(&resolver);
	phase = IDLE;
	fd = -1;
}

void exchange_end(void)
{
	socket_abandon(fd);
	fd = -1;
	resolver_end(&resolver);
	phase = IDLE;
}

void exchange_begin(const char *server, uint32_t names, uint64_t now_us)
{
	exchange_end();
	resolver_begin(&resolver, names, server, now_us);
	phase = RESOLVING;
}

bool exchange_is_busy(void)
{
	return phase != IDLE;
}

int exchange_fd(uint64_t *deadline_us)
{
	*deadline_us = phase == ASKED ? asked_until_us : resolver.deadline_us;
	return phase == IDLE ? -1 : phase == ASKED ? fd : resolver.fd;
}

static bool request_send(uint32_t address, struct clock_page *page)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(SNTP_PORT),
				  .sin_addr.s_addr = htonl(address) };
	uint8_t packet[SNTP_PACKET_BYTES];

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return false;
	request.cookie = (uint64_t)random_u32() << 32 | random_u32() | 1;
	sntp_request_build(&request, packet);
	request.sent_us = time_us();
	asked_until_us = request.sent_us + ANSWER_US;
	answered_badly = false;
	page->server_address = address;
	page->polls++;
	return send(fd, packet, sizeof(packet), MSG_DONTWAIT) == (ssize_t)sizeof(packet);
}

static enum exchange_state resolve(uint64_t now_us, struct clock_page *page)
{
	switch (resolver_work(&resolver, now_us)) {
	case RESOLVER_BUSY: return EXCHANGE_BUSY;
	case RESOLVER_FOUND:
		phase = ASKED;
		return request_send(resolver.addresses[random_u32() % resolver.count], page)
			       ? EXCHANGE_BUSY
			       : EXCHANGE_FAILED;
	case RESOLVER_IDLE:
	case RESOLVER_NO_NAME:
	case RESOLVER_FAILED: break;
	}
	return EXCHANGE_FAILED;
}

static enum exchange_state listen_for(uint64_t now_us, struct clock_page *page,
				      struct sntp_answer *answer, enum sntp_kiss *kiss)
{
	uint8_t packet[SNTP_PACKET_BYTES + 20]; /* and an authenticator, which is not looked at */

	for (int i = 0; i < DATAGRAMS_PER_TURN; i++) {
		ssize_t got = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN)
			return EXCHANGE_FAILED;
		if (got < 0)
			break;
		enum clock_drop drop =
			sntp_answer_parse(packet, (size_t)got, &request, time_us(), answer, kiss);
		if (drop == CLOCK_DROP_NONE)
			return EXCHANGE_ANSWERED;
		page->drops[drop]++;
		answered_badly = true;
		if (*kiss != SNTP_NO_KISS)
			return EXCHANGE_KISSED;
	}
	if (now_us < asked_until_us)
		return EXCHANGE_BUSY;
	page->timeouts += !answered_badly;
	return EXCHANGE_FAILED;
}

enum exchange_state exchange_work(uint64_t now_us, struct clock_page *page,
				  struct sntp_answer *answer, enum sntp_kiss *kiss)
{
	enum exchange_state state = EXCHANGE_NONE;

	if (phase == RESOLVING)
		state = resolve(now_us, page);
	if (phase == ASKED && state != EXCHANGE_FAILED)
		state = listen_for(now_us, page, answer, kiss);
	if (state != EXCHANGE_BUSY && state != EXCHANGE_NONE)
		exchange_end();
	return state;
}
