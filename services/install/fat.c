#include "services/install/fat.h"

#include <string.h>

#define RESERVED_SECTORS 1u /* the boot sector */
#define FATS             2u
#define ROOT_ENTRIES     512u
#define ENTRY_BYTES      32u
#define ROOT_SECTORS     (ROOT_ENTRIES * ENTRY_BYTES / SECTOR_BYTES)
#define FIRST_CLUSTER    2u
#define CLUSTERS_MIN     4085u /* fewer are FAT12, "FAT Type Determination" */
#define CLUSTERS_WISHED  16384u
#define BOOT_HIDDEN      28u /* offsets in the boot sector */
#define BOOT_SERIAL      39u
#define END_OF_CHAIN     0xffffu
#define MEDIUM           0xf8u /* fixed */

#define ATTRIBUTE_LABEL     0x08
#define ATTRIBUTE_DIRECTORY 0x10
#define ATTRIBUTE_ARCHIVE   0x20

/* Each file of each volume is of the same moment, so that same inputs give same bytes. */
#define DATE ((2026 - 1980) << 9 | 1 << 5 | 1)

struct writer {
	uint8_t *at;
};

static void put(struct writer *writer, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*writer->at++ = (uint8_t)(value >> (8 * i));
}

static void put_text(struct writer *writer, const char *text, unsigned bytes)
{
	memcpy(writer->at, text, bytes);
	writer->at += bytes;
}

static struct fat_node *node_add(struct fat_volume *volume, int parent, const char *name)
{
	struct fat_node *node = &volume->nodes[volume->node_count++];

	memset(node, 0, sizeof(*node));
	memcpy(node->name, name, FAT_NAME_BYTES);
	node->parent = parent;
	return node;
}

int fat_directory_add(struct fat_volume *volume, int parent, const char *name)
{
	struct fat_node *node = node_add(volume, parent, name);

	node->directory = true;
	return (int)(node - volume->nodes);
}

int fat_file_add(struct fat_volume *volume, int parent, const char *name, const void *bytes,
		 uint32_t count)
{
	struct fat_node *node = node_add(volume, parent, name);

	node->content = (struct fat_piece){ bytes, count };
	return (int)(node - volume->nodes);
}

/* FAT size and cluster size depend on each other: the FAT is made large enough for all sectors. */
static uint32_t clusters_divide(struct fat_volume *volume)
{
	volume->cluster_sectors = 1;
	while (volume->sectors / volume->cluster_sectors > CLUSTERS_WISHED)
		volume->cluster_sectors *= 2;
	uint32_t most = volume->sectors / volume->cluster_sectors + FIRST_CLUSTER;

	volume->fat_sectors = (2 * most + SECTOR_BYTES - 1) / SECTOR_BYTES;
	volume->data = RESERVED_SECTORS + FATS * volume->fat_sectors + ROOT_SECTORS;
	return (volume->sectors - volume->data) / volume->cluster_sectors;
}

enum status fat_volume_lay(struct fat_volume *volume)
{
	if (volume->sectors < FAT_SECTORS_MIN || volume->sectors > FAT_SECTORS_MAX)
		return E_ARGUMENT;
	uint32_t clusters = clusters_divide(volume), next = FIRST_CLUSTER;
	uint32_t cluster_bytes = volume->cluster_sectors * SECTOR_BYTES;

	if (clusters < CLUSTERS_MIN)
		return E_ARGUMENT;
	for (uint32_t i = 0; i < volume->node_count; i++) {
		struct fat_node *node = &volume->nodes[i];

		node->clusters =
			node->directory ? 1
					: (node->content.count + cluster_bytes - 1) / cluster_bytes;
		node->first = node->clusters ? next : 0;
		next += node->clusters;
	}
	volume->used = volume->data + (next - FIRST_CLUSTER) * volume->cluster_sectors;
	return next - FIRST_CLUSTER <= clusters ? OK : E_FULL;
}

static void boot_sector(const struct fat_volume *volume, uint8_t *out)
{
	struct writer w = { out };

	put(&w, 0x903ceb, 3); /* a jump over the parameters, demanded of every volume */
	put_text(&w, "BULKHEAD", 8);
	put(&w, SECTOR_BYTES, 2);
	put(&w, volume->cluster_sectors, 1);
	put(&w, RESERVED_SECTORS, 2);
	put(&w, FATS, 1);
	put(&w, ROOT_ENTRIES, 2);
	put(&w, volume->sectors, 2);
	put(&w, MEDIUM, 1);
	put(&w, volume->fat_sectors, 2);
	put(&w, 63, 2); /* sectors a track and heads: of no use, but never zero */
	put(&w, 255, 2);
	put(&w, volume->hidden, 4);
	put(&w, 0, 4);
	put(&w, 0x80, 2); /* a hard disk */
	put(&w, 0x29, 1); /* the next three are there */
	put(&w, volume->serial, 4);
	put_text(&w, volume->label, FAT_NAME_BYTES);
	put_text(&w, "FAT16   ", 8);
	put(&w, 0xfeeb, 2); /* whoever starts it waits for ever */
	out[510] = 0x55;
	out[511] = 0xaa;
}

void fat_boot_place(uint8_t boot[SECTOR_BYTES], uint32_t hidden, uint32_t serial)
{
	struct writer w = { boot + BOOT_HIDDEN };

	put(&w, hidden, 4);
	w.at = boot + BOOT_SERIAL;
	put(&w, serial, 4);
}

/* The FAT's entry of that cluster. */
static uint16_t chain_next(const struct fat_volume *volume, uint32_t cluster)
{
	if (cluster < FIRST_CLUSTER)
		return cluster ? END_OF_CHAIN : 0xff00 | MEDIUM;
	for (uint32_t i = 0; i < volume->node_count; i++) {
		uint32_t first = volume->nodes[i].first, clusters = volume->nodes[i].clusters;

		if (cluster >= first && cluster - first < clusters)
			return (uint16_t)(cluster + 1 < first + clusters ? cluster + 1
									 : END_OF_CHAIN);
	}
	return 0;
}

static void fat_table_sector(const struct fat_volume *volume, uint32_t number, uint8_t *out)
{
	struct writer w = { out };

	for (uint32_t i = 0; i < SECTOR_BYTES / 2; i++)
		put(&w, chain_next(volume, number * (SECTOR_BYTES / 2) + i), 2);
}

static void entry(struct writer *w, const char *name, unsigned attributes, uint32_t cluster,
		  uint32_t bytes)
{
	put_text(w, name, FAT_NAME_BYTES);
	put(w, attributes, 1);
	put(w, 0, 2 + 2); /* when it was made: tenths, time */
	put(w, DATE, 2);
	put(w, DATE, 2); /* last access */
	put(w, 0, 2);
	put(w, 0, 2); /* last write: time */
	put(w, DATE, 2);
	put(w, cluster, 2);
	put(w, bytes, 4);
}

/* With "." and "..". */
_Static_assert((2 + FAT_NODES_MAX) * ENTRY_BYTES <= SECTOR_BYTES, "a directory is one sector");

static void directory_sector(const struct fat_volume *volume, int directory, uint8_t *out)
{
	struct writer w = { out };

	if (directory < 0) {
		entry(&w, volume->label, ATTRIBUTE_LABEL, 0, 0);
	} else {
		int parent = volume->nodes[directory].parent;

		entry(&w, ".          ", ATTRIBUTE_DIRECTORY, volume->nodes[directory].first, 0);
		entry(&w, "..         ", ATTRIBUTE_DIRECTORY,
		      parent < 0 ? 0 : volume->nodes[parent].first, 0);
	}
	for (uint32_t i = 0; i < volume->node_count; i++) {
		const struct fat_node *node = &volume->nodes[i];

		if (node->parent != directory)
			continue;
		entry(&w, node->name, node->directory ? ATTRIBUTE_DIRECTORY : ATTRIBUTE_ARCHIVE,
		      node->first, node->content.count);
	}
}

static void file_sector(const struct fat_piece *content, uint32_t offset, uint8_t *out)
{
	uint32_t left = offset < content->count ? content->count - offset : 0;

	if (left != 0)
		memcpy(out, (const uint8_t *)content->bytes + offset,
		       left < SECTOR_BYTES ? left : SECTOR_BYTES);
}

static void data_sector(const struct fat_volume *volume, uint32_t number, uint8_t *out)
{
	uint32_t cluster = number / volume->cluster_sectors + FIRST_CLUSTER;

	for (uint32_t i = 0; i < volume->node_count; i++) {
		const struct fat_node *node = &volume->nodes[i];

		if (cluster < node->first || cluster - node->first >= node->clusters)
			continue;
		uint32_t sector = number - (node->first - FIRST_CLUSTER) * volume->cluster_sectors;

		if (!node->directory)
			file_sector(&node->content, sector * SECTOR_BYTES, out);
		else if (sector == 0)
			directory_sector(volume, (int)i, out);
		return;
	}
}

void fat_sector(const struct fat_volume *volume, uint32_t number, uint8_t out[SECTOR_BYTES])
{
	uint32_t fats = RESERVED_SECTORS + FATS * volume->fat_sectors;

	memset(out, 0, SECTOR_BYTES);
	if (number < RESERVED_SECTORS)
		boot_sector(volume, out);
	else if (number < fats)
		fat_table_sector(volume, (number - RESERVED_SECTORS) % volume->fat_sectors, out);
	else if (number == fats)
		directory_sector(volume, -1, out);
	else if (number >= volume->data && number < volume->used)
		data_sector(volume, number - volume->data, out);
}
