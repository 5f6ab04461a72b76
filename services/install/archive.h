/*
 * What has to be on a disk besides the bundle, at the bundle's end, where
 * image/manifest/archive.py puts it: GRUB and the kernel. Pure.
 *
 *	... the images, each on a page boundary
 *	the files, each on a page boundary
 *	struct archive_file, one a file
 *	struct archive_end, the last bytes of the bundle
 *
 * The kernel compares manifest and images with their checksums, and does not know
 * of this; so it has a checksum of its own. A system whose archive is damaged runs,
 * and cannot be installed.
 */
#ifndef INSTALL_ARCHIVE_H
#define INSTALL_ARCHIVE_H

#include "services/install/plan.h"

#define ARCHIVE_MAGIC 0x31414b42u /* "BKA1" */

struct archive_file {
	char name[16];   /* ends in zeros */
	uint32_t offset; /* in the bundle */
	uint32_t bytes;
};

struct archive_end {
	uint32_t start; /* of the first file, in the bundle */
	uint32_t crc32; /* from there up to this struct */
	uint32_t magic;
	uint32_t count;
};

/*
 * Fills in all of `parts` but the sums. E_DAMAGED: there is no archive, a file is missing, or a bit
 * is not as it was. Adds up a megabyte or two: for a start, which has time.
 */
must_use enum status archive_open(struct fat_piece bundle, struct plan_parts *parts);

#endif
