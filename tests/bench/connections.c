/*
 * New TCP connections through the router: PARALLEL of them at any time, each
 * opened, greeted with one byte by the server, and closed by the client.
 *
 *	connections LISTEN_FD ADDRESS PORT SECONDS NETNS_FD
 *
 * The listening socket lies in the server's network namespace, NETNS_FD is the
 * client's. Prints how many connections were completed, and how many failed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PARALLEL 32
#define WAIT_MS  100
#define LATE_S   3.0 /* a connection that takes longer has failed */

static struct {
	int fd;
	double begun_s;
} slots[PARALLEL];
static struct sockaddr_in server;
static int events_fd;
static unsigned long completed, failed;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *server_run(void *listener)
{
	for (;;) {
		int fd = accept(*(int *)listener, NULL, NULL);
		char byte;

		if (fd < 0)
			continue;
		/* Up to the client's end of stream, so that the client is who closes first. */
		(void)!write(fd, "!", 1);
		struct timeval late = { .tv_sec = 1 };
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &late, sizeof late);
		(void)!read(fd, &byte, 1);
		close(fd);
	}
	return NULL;
}

static void slot_open(uint32_t slot)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = slot };

	slots[slot].fd = fd;
	slots[slot].begun_s = now_s();
	if (fd < 0)
		return;
	epoll_ctl(events_fd, EPOLL_CTL_ADD, fd, &event);
	if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) {
		close(fd);
		slots[slot].fd = -1;
	}
}

static void slot_end(uint32_t slot, bool well)
{
	*(well ? &completed : &failed) += 1;
	if (slots[slot].fd >= 0)
		close(slots[slot].fd);
	slot_open(slot);
}

static void clients_run(double seconds)
{
	double end_s = now_s() + seconds;
	struct epoll_event events[PARALLEL];

	for (uint32_t slot = 0; slot < PARALLEL; slot++)
		slot_open(slot);
	while (now_s() < end_s) {
		int count = epoll_wait(events_fd, events, PARALLEL, WAIT_MS);

		for (int i = 0; i < count; i++) {
			char byte;

			slot_end(events[i].data.u32, read(slots[events[i].data.u32].fd, &byte, 1) == 1);
		}
		for (uint32_t slot = 0; slot < PARALLEL; slot++)
			if (slots[slot].fd < 0 || now_s() > slots[slot].begun_s + LATE_S)
				slot_end(slot, false);
	}
}

int main(int argc, char **argv)
{
	static int listener;
	pthread_t thread;

	if (argc != 6)
		return 2;
	listener = atoi(argv[1]);
	server = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)atoi(argv[3])) };
	if (inet_pton(AF_INET, argv[2], &server.sin_addr) != 1)
		return 2;
	events_fd = epoll_create1(0);
	/* As many that wait for an end as there are connections, as each reads until then. */
	for (int i = 0; i < PARALLEL; i++)
		if (pthread_create(&thread, NULL, server_run, &listener) != 0)
			return 1;
	if (setns(atoi(argv[5]), CLONE_NEWNET) != 0) {
		perror("setns");
		return 1;
	}
	clients_run(atof(argv[4]));
	printf("%lu %lu\n", completed, failed);
	return 0;
}
