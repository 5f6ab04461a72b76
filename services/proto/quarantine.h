/*
 * Packets that killed the firewall: region "quarantine", which the firewall
 * alone writes and which outlives it; the console shows it.
 *
 * The firewall notes the port whose frames it works on. Dies it then, its next
 * life finds the frame still unconsumed in that port's queue: it is suspect. If
 * the next life dies of the same frame, it goes into quarantine: from then on
 * whatever is equal to it, byte by byte, is dropped and counted.
 *
 * What is written here was received from outside: any bytes.
 */
#ifndef PROTO_QUARANTINE_H
#define PROTO_QUARANTINE_H

#include "services/proto/netq.h"

#define QUARANTINE_MAGIC 0x32525151u /* "QQR2" */
#define QUARANTINE_PACKETS 8u /* the last so many: packet n is packets[n % QUARANTINE_PACKETS] */
#define QUARANTINE_FRAME_BYTES 1520u

struct quarantine_packet {
	uint64_t sequence; /* from 1; 0: none; written last */
	uint64_t time_us; /* of its second death, since boot */
	uint64_t dropped; /* times, since then */
	uint16_t port; /* that it came from; NETQ_PORTS_MAX: INET */
	uint16_t length_bytes; /* of `bytes`, at most QUARANTINE_FRAME_BYTES */
	uint32_t crc32; /* zlib's, of port, length and the bytes: the firewall's own */
	uint8_t bytes[QUARANTINE_FRAME_BYTES]; /* from the Ethernet header on; INET's: from IP's */
};

struct quarantine {
	uint32_t magic;
	uint32_t at_port; /* 1 + the port whose frames are being dealt with; 0: none */
	uint32_t short_lives; /* of the firewall, in a row, that nobody asked to end */
	uint32_t short_lives_check; /* the firewall's own */
	uint64_t life_begun_us;
	uint64_t sequence; /* of the latest packet in quarantine; 0: none yet */
	struct quarantine_packet suspect; /* killed once; length 0: there is none */
	struct quarantine_packet packets[QUARANTINE_PACKETS];
};

#define QUARANTINE_BYTES 16384u
_Static_assert(sizeof(struct quarantine) <= QUARANTINE_BYTES, "region size");

#endif
