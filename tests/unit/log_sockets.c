#include "tests/unit/log_sockets.h"

#include "services/runtime/service.h"
#include "services/runtime/socket.h"
#include "tests/unit/unit.h"

#include <string.h>

struct collector collector;

void collector_reset(void)
{
	memset(&collector, 0, sizeof(collector));
	collector.room_bytes = sizeof(collector.bytes) / 2;
}

int socket(int domain, int type, int protocol)
{
	(void)domain, (void)protocol;
	collector.type = type;
	collector.opened++;
	return 3;
}

void socket_abandon(int fd)
{
	if (fd >= 0)
		(void)socket_close(fd);
}

int socket_close(int fd)
{
	assert_int_equal(fd, 3);
	collector.closed++;
	return 0;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_in to;

	assert_int_equal(fd, 3);
	assert_int_equal(length, sizeof(to));
	memcpy(&to, address, sizeof(to));
	assert_int_equal(ntohs(to.sin_port), 514);
	assert_int_equal(ntohl(to.sin_addr.s_addr), 0xcb007101);
	collector.connects++;
	errno = collector.connect_errno;
	return collector.connect_errno == 0 ? 0 : -1;
}

ssize_t send(int fd, const void *bytes, size_t length_bytes, int flags)
{
	assert_int_equal(fd, 3);
	assert_int_equal(flags, MSG_DONTWAIT);
	assert_int_not_equal(length_bytes, 0);
	errno = collector.send_errno != 0 ? collector.send_errno : EAGAIN;
	if (collector.send_errno != 0 || collector.room_bytes == 0)
		return -1;
	if (collector.type == SOCK_STREAM && length_bytes > collector.room_bytes)
		length_bytes = collector.room_bytes;
	assert_true(collector.count + length_bytes + 1 < sizeof(collector.bytes));
	memcpy(collector.bytes + collector.count, bytes, length_bytes);
	collector.count += length_bytes;
	collector.room_bytes -= length_bytes;
	if (collector.type == SOCK_DGRAM)
		collector.bytes[collector.count++] = '\n';
	return (ssize_t)length_bytes;
}

ssize_t recv(int fd, void *bytes, size_t length_bytes, int flags)
{
	(void)bytes, (void)length_bytes, (void)flags;
	assert_int_equal(fd, 3);
	errno = EAGAIN;
	return collector.ended ? 0 : -1;
}

void log_at(enum log_level level, const char *format, ...)
{
	(void)format;
	collector.warnings += level == LOG_WARNING;
}
