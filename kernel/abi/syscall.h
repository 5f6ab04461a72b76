/*
 * The kernel calls: number, name, arguments, value. A service may make those
 * that its manifest entry lists; a refused one is counted and RS is told.
 *
 * Convention: number in rax, arguments in rdi, rsi, rdx, r10, r8; returns the
 * status in rax and a value in rdx; rcx, r9, r11 and the registers of arguments
 * are destroyed. Times are microseconds.
 *
 * endpoint arguments are packed: slot | generation << 32.
 */
#ifndef ABI_SYSCALL_H
#define ABI_SYSCALL_H

#define SYSCALL_TABLE(X)                                                       \
	/* IPC. call: send the message in the IPC buffer, wait for the reply */ \
	X(CALL, 0, "call") /* endpoint, timeout -> E_DEAD: new generation */   \
	X(RECEIVE, 1, "receive") /* timeout -> enum received */                \
	X(REPLY, 2, "reply") /* endpoint */                                    \
	X(REPLY_RECEIVE, 3, "reply_receive") /* endpoint, timeout */           \
	X(REPLY_FAULT, 4, "reply_fault") /* endpoint: kill the caller */       \
	X(NOTIFY, 5, "notify") /* slot */                                      \
	/* Last words */                                                       \
	X(LOG, 6, "log") /* level, length of buffer->text */                   \
	X(EXIT, 7, "exit") /* code */                                          \
	X(PANIC, 8, "panic") /* length of buffer->text */                      \
	/* Memory lending */                                                   \
	X(GRANT_CREATE, 9, "grant_create") /* slot, address, bytes, access -> id */ \
	X(GRANT_DELEGATE, 10, "grant_delegate") /* granter, id, slot, access -> id */ \
	X(GRANT_REVOKE, 11, "grant_revoke") /* id */                           \
	X(COPY_FROM, 12, "copy_from") /* granter, id, offset, address, bytes */ \
	X(COPY_TO, 13, "copy_to") /* granter, id, offset, address, bytes */    \
	/* Devices */                                                          \
	X(PORT_READ, 14, "port_read") /* port, width in bytes -> value */      \
	X(PORT_WRITE, 15, "port_write") /* port, width, value */               \
	X(PORT_VECTOR, 16, "port_vector") /* count, of buffer->ports -> done */ \
	X(IRQ_ENABLE, 17, "irq_enable") /* index in the manifest entry */      \
	X(IRQ_DISABLE, 18, "irq_disable") /* index */                          \
	X(IRQ_ACK, 19, "irq_ack") /* index: served, the line may be unmasked */ \
	X(DEVICE_ASSIGN, 20, "device_assign") /* slot; struct device_info is the payload */ \
	/* Supervision */                                                      \
	X(COMPLAIN, 21, "complain") /* slot, enum complaint */                 \
	X(SERVICE_START, 22, "service_start") /* slot -> generation */         \
	X(SERVICE_KILL, 23, "service_kill") /* slot, enum exit_cause */        \
	X(SERVICE_CRASH, 24, "service_crash") /* slot, argument of its service_crash; test images */ \
	X(MACHINE_STOP, 25, "machine_stop") /* enum machine_stop */           \
	X(SERVICE_SOURCE, 26, "service_source") /* slot, enum image_source: of its next lives */

enum syscall {
#define X(name, number, text) SYS_##name = (number),
	SYSCALL_TABLE(X)
#undef X
		SYSCALL_COUNT
};

/* Every service may make these; the compiler adds them to each bitmap. */
#define SYSCALLS_FOR_ALL                                                       \
	((1u << SYS_CALL) | (1u << SYS_RECEIVE) | (1u << SYS_REPLY) |          \
	 (1u << SYS_REPLY_RECEIVE) | (1u << SYS_NOTIFY) | (1u << SYS_LOG) |    \
	 (1u << SYS_EXIT) | (1u << SYS_PANIC))

/*
 * A grant id is index | sequence << 8: the sequence changes with every use of
 * the index, so that an id kept after its revocation fails.
 */
enum grant_access {
	GRANT_READ = 1, /* the grantee may copy from it */
	GRANT_WRITE = 2, /* the grantee may copy to it */
};

enum log_level {
	LOG_ERROR = 0,
	LOG_WARNING = 1,
	LOG_NOTICE = 2,
	LOG_INFO = 3,
	LOG_DEBUG = 4,
};

enum machine_stop {
	MACHINE_REBOOT = 1,
	MACHINE_POWEROFF = 2,
};

#endif
