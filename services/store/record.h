/*
 * A record as it lies on the disk: a named value in a cell of its own, whole or
 * not at all. Pure.
 *
 * The partition is a row of cells of RECORD_SECTORS sectors: one of head, then
 * the value, padded with zeros to whole sectors. The CRC-32 covers the rest of
 * the head and the value, so that a cell of which some sectors were written and
 * others not, in whatever order, is no record. The head names its own cell: what
 * a disk wrote to the wrong place is no record either.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECTOR_BYTES       512u
#define RECORD_NAME_BYTES  48u /* with the zeros behind it, at least one */
#define RECORD_VALUE_BYTES 16384u
#define RECORD_SECTORS     (1u + RECORD_VALUE_BYTES / SECTOR_BYTES)
#define RECORD_MAGIC       0x31524b42u /* "BKR1"; another format gets another one */

/* Little-endian, as the machine is. */
struct record_head {
	uint32_t magic;
	uint32_t crc32;    /* of all behind it, up to the end of the last sector in use */
	uint64_t sequence; /* of two records of a name the greater one counts */
	uint32_t cell;
	uint32_t length_bytes;
	char name[RECORD_NAME_BYTES];
	uint8_t zero[SECTOR_BYTES - 24 - RECORD_NAME_BYTES];
};
_Static_assert(sizeof(struct record_head) == SECTOR_BYTES, "the head is one sector");

struct record {
	struct record_head head;
	uint8_t value[RECORD_VALUE_BYTES];
};
_Static_assert(sizeof(struct record) == RECORD_SECTORS * SECTOR_BYTES, "whole sectors");

enum record_finding {
	RECORD_EMPTY, /* erased or never used */
	RECORD_WHOLE,
	RECORD_TORN,  /* begins like a record, but does not check out */
	RECORD_NOISE, /* never was one of ours */
};

/* 1 to 47 printable characters without blanks. */
bool record_name_is_valid(const char *name);
/* Sectors that a record of this length takes, its head among them. */
uint32_t record_sectors(uint32_t length_bytes);
/* The name has to be valid and the value at most RECORD_VALUE_BYTES. */
void record_make(struct record *record, uint32_t cell, uint64_t sequence, const char *name,
		 const void *value, uint32_t length_bytes);
/* What the disk had in that cell; any bytes. */
enum record_finding record_check(const struct record *record, uint32_t cell);

#endif
