/*
 * The RTL8139's registers, as offsets from its first I/O port.
 * Source: Realtek RTL8139C(L)+ datasheet, section 5 "Register Descriptions";
 * the numbers in brackets are its subsections.
 */
#ifndef RTL8139_REGISTERS_H
#define RTL8139_REGISTERS_H

#define RTL_IDR0 0x00u /* six bytes: the station address, from the EEPROM */
#define RTL_MAR0 0x08u /* eight bytes: multicast filter; written four at a time */

#define RTL_TSD0      0x10u       /* four of four bytes: transmit status of a descriptor [5.2] */
#define TSD_OWN       0x00002000u /* the descriptor is ours again: its frame is in the FIFO */
#define TSD_UNDERRUN  0x00004000u
#define TSD_OK        0x00008000u
#define TSD_ABORTED   0x40000000u
#define TSD_THRESHOLD 0x00080000u /* early transmit: 8 times 32 bytes in the FIFO */

#define RTL_TSAD0          0x20u /* four of four bytes: physical address of its frame */
#define RTL_TX_DESCRIPTORS 4u

#define RTL_RBSTART 0x30u /* physical address of the receive ring */

#define RTL_CR   0x37u /* command [5.5]: one byte */
#define CR_EMPTY 0x01u
#define CR_TE    0x04u
#define CR_RE    0x08u
#define CR_RST   0x10u
#define RESET_US 5000u /* the longest we wait for CR_RST to clear; it takes about 10 us */

#define RTL_CAPR  0x38u /* where we read next, less 16 [5.6]: two bytes */
#define CAPR_LEAD 16u
#define RTL_CBR   0x3au /* where the device writes next: two bytes */

#define RTL_IMR    0x3cu /* interrupt mask [5.7]: two bytes */
#define RTL_ISR    0x3eu /* interrupt status [5.8]: two bytes; a one written clears */
#define INT_ROK    0x0001u
#define INT_RER    0x0002u
#define INT_TOK    0x0004u
#define INT_TER    0x0008u
#define INT_RXOVW  0x0010u /* the receive ring is full */
#define INT_LINK   0x0020u /* packet underrun, or the link changed */
#define INT_FOVW   0x0040u /* the receive FIFO overflowed */
#define INT_SERR   0x8000u /* PCI bus error */
#define ISR_ABSENT 0xffffu /* some bits are always zero; nobody drives the bus */

#define RTL_TCR     0x40u       /* transmit configuration [5.9] */
#define TCR_MXDMA   0x00000700u /* bursts of 2048 bytes */
#define TCR_IFG     0x03000000u /* the standard's gap between frames */
#define TCR_VERSION 0x7cc00000u
#define TCR_8139CP  0x74800000u

#define RTL_RCR         0x44u       /* receive configuration [5.10] */
#define RCR_AAP         0x00000001u /* accept every station's frames */
#define RCR_APM         0x00000002u /* those to our address, */
#define RCR_AM          0x00000004u /* multicast ones, by the filter, */
#define RCR_AB          0x00000008u /* broadcast */
#define RCR_WRAP        0x00000080u /* a frame does not wrap, it goes on behind the ring's end */
#define RCR_MXDMA       0x00000700u /* bursts without limit */
#define RCR_RBLEN_32K   0x00001000u
#define RCR_RXFTH_WHOLE 0x0000e000u /* a frame is moved when the FIFO has all of it */

#define RTL_MPC 0x4cu /* missed packets: a write clears */

#define RTL_MSR       0x58u /* media status [5.15]: one byte */
#define MSR_LINK_DOWN 0x04u
#define MSR_SPEED_10  0x08u
#define MSR_ABSENT    0xffu

#define RTL_MULINT 0x5cu /* early receive interrupts: off with 0 */

#define RTL_TSAD_ALL                                                                               \
	0x60u /* bits 0 to 3: OWN of the four descriptors, then TABT, TUN, TOK [5.18] */

#define RTL_CPCR 0xe0u /* C+ command: never written, descriptors in memory could not be guarded */

/*
 * A received frame in the ring [5.1]: these four bytes, the frame, its check
 * sequence, up to a boundary of four bytes.
 */
#define RX_HEADER_BYTES 4u
#define RX_CRC_BYTES    4u
#define RX_STATUS_OK    0x0001u
#define RX_STATUS_FAE   0x0002u
#define RX_STATUS_CRC   0x0004u
#define RX_UNFINISHED   0xfff0u /* as length: the device is still writing the frame */

#define RING_BYTES 32768u

#endif
