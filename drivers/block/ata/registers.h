/*
 * The registers of an ATA channel at its legacy ports, and the commands that we
 * give: AT Attachment with Packet Interface - 6, T13/1410D revision 3b, clause 7
 * (registers), 8 (commands), 9 (protocols). PCI IDE controllers in compatibility
 * mode decode the same ports: PCI IDE Controller Specification 1.0, clause 2.
 */
#ifndef ATA_REGISTERS_H
#define ATA_REGISTERS_H

#define PRIMARY_COMMAND   0x1f0u /* 8 ports */
#define PRIMARY_CONTROL   0x3f6u /* 1 port */
#define SECONDARY_COMMAND 0x170u
#define SECONDARY_CONTROL 0x376u

/* From the first command port; all of a byte, but the data of two. */
#define ATA_DATA     0u
#define ATA_FEATURES 1u /* write; read: the error register */
#define ATA_COUNT    2u
#define ATA_LBA_LOW  3u
#define ATA_LBA_MID  4u
#define ATA_LBA_HIGH 5u
#define ATA_DEVICE   6u
#define ATA_COMMAND  7u /* write */
#define ATA_STATUS   7u /* read; takes back a pending interrupt */

/* Device register [7.6]: bits 7 and 5 are obsolete, and ones for old disks. */
#define DEVICE_OBSOLETE 0xa0u
#define DEVICE_LBA      0x40u
#define DEVICE_1        0x10u

/* Status register [7.15]. While BSY is set no other bit means anything. */
#define STATUS_BSY  0x80u
#define STATUS_DRDY 0x40u
#define STATUS_DF   0x20u
#define STATUS_DRQ  0x08u
#define STATUS_ERR  0x01u
/* Nobody drives the bus: pulled up; or with bit 7 pulled down, as the standard wants. */
#define STATUS_FLOATING      0xffu
#define STATUS_FLOATING_DOWN 0x7fu
/* Device 0 answers so for a device 1 that is not there [9.16.1]. */
#define STATUS_NOBODY 0x00u

/* Device control register at the control port [7.7]; read, it is the alternate status. */
#define CONTROL_NIEN 0x02u /* no interrupts: we poll */
#define CONTROL_SRST 0x04u

/* After a reset, or a refused IDENTIFY DEVICE, the device says what it is [9.12]. */
#define SIGNATURE_PACKET_MID  0x14u
#define SIGNATURE_PACKET_HIGH 0xebu

#define COMMAND_READ_SECTORS      0x20u
#define COMMAND_READ_SECTORS_EXT  0x24u
#define COMMAND_WRITE_SECTORS     0x30u
#define COMMAND_WRITE_SECTORS_EXT 0x34u
#define COMMAND_FLUSH_CACHE       0xe7u
#define COMMAND_FLUSH_CACHE_EXT   0xeau
#define COMMAND_IDENTIFY_DEVICE   0xecu

#define LBA28_SECTORS (1ull << 28)
#define LBA48_SECTORS (1ull << 48)

/*
 * The longest waits. The status holds 400 ns after a command or a choice of the
 * device at the latest: four reads of the alternate status, of 100 ns or more.
 */
#define SETTLE_READS     4u
#define RESET_PULSE_US   5u        /* SRST is held for it at least [9.2] */
#define RESET_SETTLE_US  2000u     /* until the status holds [9.2] */
#define RESET_WAIT_US    31000000u /* until device 0 is through, device 1 included [9.2] */
#define TRANSFER_WAIT_US 10000000u /* ours: a command that moves data, all of it */
#define FLUSH_WAIT_US    30000000u /* FLUSH CACHE: "may take longer than 30 s"; then again */
#define IDENTIFY_WAIT_US 5000000u  /* ours */

#define ATA_WORDS 256u /* of a sector */

#endif
