#include "drivers/block/ata/identify.h"

#include "drivers/block/ata/registers.h"

#include <stddef.h>
#include <string.h>

#define WORD_GENERAL         0u
#define GENERAL_NOT_ATA      0x8000u
#define GENERAL_COMPACTFLASH 0x848au /* CFA: has bit 15 set, and is one all the same */
#define WORD_SERIAL          10u
#define WORD_MODEL           27u
#define WORD_CAPABILITIES    49u
#define CAPABILITY_LBA       0x0200u
#define WORD_SECTORS28       60u
#define WORD_COMMANDS        83u
#define COMMANDS_VALID_MASK  0xc000u
#define COMMANDS_VALID       0x4000u
#define COMMANDS_LBA48       0x0400u
#define COMMANDS_FLUSH       0x1000u
#define COMMANDS_FLUSH_EXT   0x2000u
#define WORD_SECTORS48       100u
#define WORD_SECTOR_SIZE     106u /* of ATA/ATAPI-7; reserved, so zero, before */
#define SECTOR_SIZE_LONG     0x1000u
#define WORD_INTEGRITY       255u
#define INTEGRITY_SIGNATURE  0xa5u

static uint16_t word(const uint8_t *sector, unsigned index)
{
	return (uint16_t)(sector[2 * index] | sector[2 * index + 1] << 8);
}

/* The first character of two is in a word's upper half. */
static void text_take(const uint8_t *sector, unsigned first_word, char *text, size_t characters)
{
	size_t begin = 0, end = characters;

	for (size_t i = 0; i < characters; i++) {
		uint8_t character = sector[2 * first_word + (i ^ 1)];

		text[i] = (char)(character >= ' ' && character <= '~' ? character : ' ');
	}
	while (end > 0 && text[end - 1] == ' ')
		end--;
	while (begin < end && text[begin] == ' ')
		begin++;
	memmove(text, text + begin, end - begin);
	memset(text + (end - begin), 0, characters + 1 - (end - begin));
}

/* The checksum is optional; if there is one, all bytes add up to zero. */
static bool integrity_holds(const uint8_t *sector)
{
	uint8_t sum = 0;

	if ((word(sector, WORD_INTEGRITY) & 0xffu) != INTEGRITY_SIGNATURE)
		return true;
	for (unsigned i = 0; i < BLOCK_SECTOR_BYTES; i++)
		sum = (uint8_t)(sum + sector[i]);
	return sum == 0;
}

static bool is_disk(const uint8_t *sector)
{
	uint16_t general = word(sector, WORD_GENERAL);

	return (general & GENERAL_NOT_ATA) == 0 || general == GENERAL_COMPACTFLASH;
}

static void capacity_take(const uint8_t *sector, struct identity *identity)
{
	uint16_t commands = word(sector, WORD_COMMANDS);

	identity->sectors =
		word(sector, WORD_SECTORS28) | (uint64_t)word(sector, WORD_SECTORS28 + 1) << 16;
	if (identity->sectors > LBA28_SECTORS)
		identity->sectors = LBA28_SECTORS;
	if ((commands & COMMANDS_VALID_MASK) != COMMANDS_VALID)
		return;
	identity->lba48 = (commands & COMMANDS_LBA48) != 0;
	identity->flush = (commands & COMMANDS_FLUSH) != 0;
	identity->flush_ext = identity->lba48 && (commands & COMMANDS_FLUSH_EXT) != 0;
	if (!identity->lba48)
		return;
	identity->sectors = 0;
	for (unsigned i = 0; i < 4; i++)
		identity->sectors |= (uint64_t)word(sector, WORD_SECTORS48 + i) << 16 * i;
}

enum disk_state identity_parse(const uint8_t sector[BLOCK_SECTOR_BYTES], struct identity *identity,
			       const char **why)
{
	*identity = (struct identity){ 0 };
	*why = "";
	if (!is_disk(sector) || !integrity_holds(sector))
		return DISK_ABSENT;
	text_take(sector, WORD_MODEL, identity->model, sizeof(identity->model) - 1);
	text_take(sector, WORD_SERIAL, identity->serial, sizeof(identity->serial) - 1);
	capacity_take(sector, identity);
	if ((word(sector, WORD_CAPABILITIES) & CAPABILITY_LBA) == 0)
		*why = "it knows no LBA";
	else if (identity->sectors == 0 || identity->sectors > LBA48_SECTORS)
		*why = "its capacity makes no sense";
	else if ((word(sector, WORD_SECTOR_SIZE) & COMMANDS_VALID_MASK) == COMMANDS_VALID &&
		 (word(sector, WORD_SECTOR_SIZE) & SECTOR_SIZE_LONG) != 0)
		*why = "its sectors are not of 512 bytes";
	else
		return DISK_READY;
	return DISK_UNUSABLE;
}
