/*
 * Datagrams from the LAN to the WAN over many flows, in turn and without a pause:
 *
 *	flows RECEIVE_FD FLOWS SECONDS SEND_FD...
 *
 * Flow n leaves from socket n % SOCKETS for the n / SOCKETS-th address of
 * 198.18.0.0/15 (RFC 2544: for benchmarks), all of which the receiver has. At
 * first each flow is opened, at a rate that the router bears, and again until all
 * have come through; then those that arrive within SECONDS are counted. Prints how
 * many flows came through before, datagrams that arrived, and how many of the
 * flows these were of.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FLOWS_MAX      (1u << 17)
#define NETWORK        0xc6120000u
#define PORT           7200
#define DATAGRAM_BYTES 22 /* in a frame of 64 bytes */
#define BATCH          64
#define OPEN_PAUSE_US  500 /* after OPEN_BATCH of them */
#define OPEN_BATCH     4
#define OPEN_ROUNDS    60
#define SETTLE_US      300000

static uint32_t flow_count, socket_count;
static int send_fds[256], receive_fd;
static _Atomic uint64_t arrived;
static _Atomic uint32_t distinct;
static _Atomic bool begun; /* anew: what was seen before does not count */
static uint8_t seen[FLOWS_MAX];

static void pause_us(long us)
{
	struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

static void flow_send(uint32_t flow)
{
	uint8_t datagram[DATAGRAM_BYTES] = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr.s_addr = htonl(NETWORK + 1 + flow / socket_count) };

	memcpy(datagram, &flow, sizeof flow);
	(void)!sendto(send_fds[flow % socket_count], datagram, sizeof datagram, 0,
		      (struct sockaddr *)&to, sizeof to);
}

static void arrival_note(uint32_t flow)
{
	arrived++;
	if (flow >= flow_count || seen[flow])
		return;
	seen[flow] = 1;
	distinct++;
}

static void *receiver_run(void *unused)
{
	static uint32_t flows[BATCH];
	static struct iovec vectors[BATCH];
	static struct mmsghdr messages[BATCH];

	for (int i = 0; i < BATCH; i++) {
		vectors[i] = (struct iovec){ &flows[i], sizeof flows[i] };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
	}
	for (;;) {
		int count = recvmmsg(receive_fd, messages, BATCH, MSG_WAITFORONE, NULL);

		if (begun) {
			memset(seen, 0, sizeof seen);
			arrived = distinct = 0;
			begun = false;
		}
		for (int i = 0; i < count; i++)
			arrival_note(flows[i]);
	}
	return unused;
}

/* Sends on those that have not come through yet. */
static void flows_open_round(void)
{
	uint32_t sent = 0;

	for (uint32_t flow = 0; flow < flow_count; flow++) {
		if (seen[flow])
			continue;
		flow_send(flow);
		if (++sent % OPEN_BATCH == 0)
			pause_us(OPEN_PAUSE_US);
	}
	pause_us(SETTLE_US);
}

/* Until all have come through, or a whole round brought none: how many have. */
static uint32_t flows_open(void)
{
	uint32_t before = 0;

	for (int round = 0; round < OPEN_ROUNDS; round++) {
		flows_open_round();
		if (distinct == flow_count || distinct == before)
			break;
		before = distinct;
	}
	return distinct;
}

static void *sender_run(void *unused)
{
	for (uint32_t flow = 0;; flow = (flow + 1) % flow_count)
		flow_send(flow);
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t receiver, sender;

	if (argc < 5 || argc - 4 > 256)
		return 2;
	receive_fd = atoi(argv[1]);
	flow_count = (uint32_t)strtoul(argv[2], NULL, 10);
	socket_count = (uint32_t)argc - 4;
	if (flow_count == 0 || flow_count > FLOWS_MAX)
		return 2;
	for (uint32_t i = 0; i < socket_count; i++)
		send_fds[i] = atoi(argv[4 + i]);
	if (pthread_create(&receiver, NULL, receiver_run, NULL) != 0)
		return 1;
	uint32_t opened = flows_open();

	if (pthread_create(&sender, NULL, sender_run, NULL) != 0)
		return 1;
	pause_us(SETTLE_US);
	begun = true;
	pause_us((long)(atof(argv[3]) * 1e6));
	printf("%u %llu %u\n", opened, (unsigned long long)arrived, distinct);
	return 0;
}
