/* What INET says, or does not say in time, as errno. */
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "tests/unit/runtime_world.h"

#include <string.h>

#define FD 5

static const struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = 25 };
static enum status ended, said; /* a call of INET, and INET in its answer if that was OK */

static void kernel_does(void)
{
	bool call = world.calls[world.call_count - 1].number == SYS_CALL;

	world.answer = (struct kernel_result){ .status = call ? ended : OK };
	if (call && ended == OK)
		ipc_buffer()->message = (struct message){ .status = (int32_t)said };
}

static int socket_setup(void **state)
{
	(void)world_setup(state);
	strcpy(world_info()->names[2], "inet");
	world_info()->service_count = 3;
	world.during = kernel_does;
	return 0;
}

static void calls_end(enum status status, enum status answer)
{
	ended = status;
	said = answer;
	errno = 0;
}

static int try_connect(void)
{
	return connect(FD, (const struct sockaddr *)&peer, sizeof(peer));
}

static void a_connection_takes_the_time_that_peer_and_inet_need(void **state)
{
	(void)state;
	calls_end(OK, E_AGAIN);
	assert_int_equal(try_connect(), -1);
	assert_int_equal(errno, EINPROGRESS);
	calls_end(E_TIMEOUT, OK); /* a slow INET is no peer that does not answer */
	assert_int_equal(try_connect(), -1);
	assert_int_equal(errno, EINPROGRESS);
	calls_end(OK, E_TIMEOUT);
	assert_int_equal(try_connect(), -1);
	assert_int_equal(errno, ETIMEDOUT);
	calls_end(OK, OK);
	assert_int_equal(try_connect(), 0);
}

static void a_slow_inet_is_to_be_asked_again(void **state)
{
	struct pollfd watched = { .fd = FD, .events = POLLIN, .revents = POLLIN };
	char byte = 0;

	(void)state;
	calls_end(E_TIMEOUT, OK);
	assert_int_equal(socket(AF_INET, SOCK_STREAM, 0), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(socket_close(FD), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(recv(FD, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(send(FD, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(accept_nowait(FD, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	errno = 0;
	assert_int_equal(socket_watch(&watched, 1),
			 -1); /* or we would wait for what it never heard */
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(poll(&watched, 1, 5), 0); /* and here nothing has happened in time */
	assert_int_equal(watched.revents, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_connection_takes_the_time_that_peer_and_inet_need,
				       socket_setup),
		cmocka_unit_test_setup(a_slow_inet_is_to_be_asked_again, socket_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
