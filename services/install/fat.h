/*
 * A FAT16 volume of a few files, any sector of it on demand: the installer and
 * the maker of disk images write volumes without ever holding one in memory.
 * Pure.
 *
 * Files lie one behind another in the order of the nodes, each in one piece.
 * The format: Microsoft, "FAT32 File System Specification" 1.03.
 */
#ifndef INSTALL_FAT_H
#define INSTALL_FAT_H

#include "kernel/abi/status.h"

#include <stdbool.h>
#include <stdint.h>

#define SECTOR_BYTES    512u
#define FAT_NODES_MAX   10u
#define FAT_NAME_BYTES  11u   /* 8 of the name and 3 of the extension, with blanks */
#define FAT_SECTORS_MIN 6000u /* fewer would have too few clusters for FAT16 */
#define FAT_SECTORS_MAX 65535u

struct fat_piece {
	const void *bytes; /* borrowed for as long as the volume is used */
	uint32_t count;
};

struct fat_node {
	char name[FAT_NAME_BYTES + 1]; /* "GRUB    CFG" */
	bool directory;
	int parent;               /* a node before this one, -1: the root */
	struct fat_piece content; /* of a file */
	uint32_t first, clusters; /* set by fat_volume_lay */
};

struct fat_volume {
	uint32_t sectors;
	uint32_t hidden; /* sectors of the disk before it */
	uint32_t serial;
	char label[FAT_NAME_BYTES + 1];
	uint32_t node_count;
	struct fat_node nodes[FAT_NODES_MAX];
	/* set by fat_volume_lay: */
	uint32_t cluster_sectors, fat_sectors, data; /* data: sector of cluster 2 */
	uint32_t used;                               /* sectors from the beginning; free behind */
};

/* Adds a node to volume->nodes; gives its number. At most FAT_NODES_MAX. */
int fat_directory_add(struct fat_volume *volume, int parent, const char *name);
int fat_file_add(struct fat_volume *volume, int parent, const char *name, const void *bytes,
		 uint32_t count);
/* Gives every node its place. E_ARGUMENT: too small or too large for FAT16; E_FULL. */
must_use enum status fat_volume_lay(struct fat_volume *volume);
/* What sector `number` of a volume that was laid holds. */
void fat_sector(const struct fat_volume *volume, uint32_t number, uint8_t out[SECTOR_BYTES]);
/* Makes the boot sector of one of several equal volumes that of another place. */
void fat_boot_place(uint8_t boot[SECTOR_BYTES], uint32_t hidden, uint32_t serial);

#endif
