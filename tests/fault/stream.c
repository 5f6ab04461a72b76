/*
 * A steady stream of numbered UDP datagrams through the router, and what became
 * of it: how many were lost, repeated or overtaken, and the longest time in
 * which none arrived.
 *
 *	stream SEND_FD RECEIVE_FD BYTES
 *
 * The sockets are connected or bound, each in its own network namespace. Lines
 * on standard input say what to do; the answer is one line:
 *
 *	rate N		send N datagrams a second from now on; 0: none; -1: without a pause
 *	window		what came since the last `window`, see window_print
 *
 * Arrival is the kernel's time stamp, so that a receiver that has to wait for a
 * processor measures the router and not itself. A sender that has had to wait
 * catches up by at most CATCH_UP_US, so that it does not fill the queues in
 * front of the router by itself; how late it was at most is part of the answer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CATCH_UP_US   2000
#define IDLE_US       2000
#define BATCH         64
#define BYTES_MIN     8
#define BYTES_MAX     1472
#define SEEN_NUMBERS  (1u << 22) /* how far back a repetition is recognised */
#define CONTROL_BYTES 64

static int send_fd, receive_fd;
static size_t datagram_bytes;
static _Atomic long rate; /* a second */
static _Atomic uint64_t sent;
static _Atomic uint64_t late_us_max; /* of the sender, in this window */

/* What arrived in this window; `lock` guards it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	uint64_t received, repeated, overtaken;
	uint64_t first, next; /* numbers: expected at the window's begin; after the highest seen */
	uint64_t gap_us, gap_at_us;
	uint64_t last_us; /* arrival of the last one */
} seen;
static uint8_t seen_bits[SEEN_NUMBERS / 8];

static uint64_t timespec_us(struct timespec time)
{
	return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return timespec_us(now);
}

static void sleep_until_us(uint64_t when_us)
{
	struct timespec when = { .tv_sec = (time_t)(when_us / 1000000u),
				 .tv_nsec = (long)(when_us % 1000000u) * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
		;
}

/* --- Sending ---------------------------------------------------------------------------------- */

static void datagram_send(uint64_t number)
{
	uint8_t datagram[BYTES_MAX] = { 0 };

	memcpy(datagram, &number, sizeof number);
	(void)!send(send_fd, datagram, datagram_bytes, 0); /* one that is refused is a lost one */
	sent = number + 1;
}

/* When the next datagram is due, given when this one was. */
static uint64_t schedule_next_ns(uint64_t due_ns, long a_second)
{
	uint64_t now_ns = now_us() * 1000u, late_us;

	due_ns += 1000000000u / (uint64_t)a_second;
	if (due_ns >= now_ns)
		return due_ns;
	late_us = (now_ns - due_ns) / 1000u;
	if (late_us > late_us_max)
		late_us_max = late_us;
	return late_us > CATCH_UP_US ? now_ns - CATCH_UP_US * 1000u : due_ns;
}

static void *sender_run(void *unused)
{
	uint64_t due_ns = now_us() * 1000u, number = 0;

	for (;;) {
		long a_second = rate;

		if (a_second == 0) {
			sleep_until_us(now_us() + IDLE_US);
			due_ns = now_us() * 1000u;
			continue;
		}
		datagram_send(number++);
		if (a_second < 0)
			continue;
		due_ns = schedule_next_ns(due_ns, a_second);
		if (due_ns / 1000u > now_us())
			sleep_until_us(due_ns / 1000u);
	}
	return unused;
}

/* --- Receiving -------------------------------------------------------------------------------- */

/* Remembers the number; true if it was there before. */
static bool number_repeats(uint64_t number)
{
	uint32_t bit = (uint32_t)(number % SEEN_NUMBERS);
	bool before = (seen_bits[bit / 8] >> bit % 8 & 1) != 0;

	seen_bits[bit / 8] |= (uint8_t)(1u << bit % 8);
	return before;
}

/* Numbers that are skipped now have not been seen in this round of the bits. */
static void numbers_forget(uint64_t from, uint64_t to)
{
	for (; from < to; from++) {
		uint32_t bit = (uint32_t)(from % SEEN_NUMBERS);

		seen_bits[bit / 8] &= (uint8_t) ~(1u << bit % 8);
	}
}

static void number_take(uint64_t number, uint64_t arrived_us)
{
	if (number >= seen.next) {
		numbers_forget(seen.next, number + 1);
		seen.next = number + 1;
	} else if (seen.next - number <= SEEN_NUMBERS) {
		seen.overtaken++;
	}
	if (number_repeats(number)) {
		seen.overtaken--;
		seen.repeated++;
	} else {
		seen.received++;
	}
	if (seen.last_us != 0 && arrived_us > seen.last_us + seen.gap_us) {
		seen.gap_us = arrived_us - seen.last_us;
		seen.gap_at_us = seen.last_us;
	}
	seen.last_us = arrived_us;
}

static uint64_t arrival_us(struct msghdr *message)
{
	struct timespec stamp = { 0 };

	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control != NULL;
	     control = CMSG_NXTHDR(message, control))
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
	return timespec_us(stamp);
}

static void *receiver_run(void *unused)
{
	static uint64_t numbers[BATCH];
	static uint8_t controls[BATCH][CONTROL_BYTES];
	static struct mmsghdr messages[BATCH];
	static struct iovec vectors[BATCH];

	for (;;) {
		for (int i = 0; i < BATCH; i++) {
			vectors[i] = (struct iovec){ &numbers[i], sizeof numbers[i] };
			messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i],
							       .msg_iovlen = 1,
							       .msg_control = controls[i],
							       .msg_controllen = CONTROL_BYTES };
		}
		int count = recvmmsg(receive_fd, messages, BATCH, MSG_WAITFORONE, NULL);

		pthread_mutex_lock(&lock);
		for (int i = 0; i < count; i++)
			if (messages[i].msg_len >= sizeof numbers[i])
				number_take(numbers[i], arrival_us(&messages[i].msg_hdr));
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

/* --- Windows ---------------------------------------------------------------------------------- */

/*
 * sent, received, lost, repeated, overtaken, longest gap (us), what the sender
 * was late at most (us). A gap that has not ended belongs to the next window;
 * what is underway counts nowhere: only numbers up to the highest seen do.
 */
static void window_print(void)
{
	pthread_mutex_lock(&lock);
	uint64_t expected = seen.next - seen.first;
	int64_t lost = (int64_t)expected - (int64_t)seen.received;

	printf("%llu %llu %lld %llu %llu %llu %llu\n", (unsigned long long)sent,
	       (unsigned long long)seen.received, (long long)lost,
	       (unsigned long long)seen.repeated, (unsigned long long)seen.overtaken,
	       (unsigned long long)seen.gap_us, (unsigned long long)late_us_max);
	fflush(stdout);
	seen.received = seen.repeated = seen.overtaken = seen.gap_us = 0;
	seen.first = seen.next;
	late_us_max = 0;
	pthread_mutex_unlock(&lock);
}

static void commands_serve(void)
{
	char line[64];

	while (fgets(line, sizeof line, stdin) != NULL) {
		if (strncmp(line, "rate ", 5) == 0)
			rate = strtol(line + 5, NULL, 10);
		else if (strcmp(line, "window\n") == 0)
			window_print();
	}
}

int main(int argc, char **argv)
{
	pthread_t sender, receiver;
	int on = 1;

	if (argc != 4)
		return 2;
	send_fd = atoi(argv[1]);
	receive_fd = atoi(argv[2]);
	datagram_bytes = (size_t)strtoul(argv[3], NULL, 10);
	if (datagram_bytes < BYTES_MIN || datagram_bytes > BYTES_MAX)
		return 2;
	prctl(PR_SET_TIMERSLACK, 1000);
	if (setsockopt(receive_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
	    pthread_create(&sender, NULL, sender_run, NULL) != 0 ||
	    pthread_create(&receiver, NULL, receiver_run, NULL) != 0)
		return 1;
	commands_serve();
	return 0;
}
