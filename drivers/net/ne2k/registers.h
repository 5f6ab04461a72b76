/*
 * The NE2000: a DP8390 and its memory behind one data port. Offsets from the
 * card's first I/O port. Sources: National Semiconductor DP8390D datasheet,
 * section 10 "Internal Registers" (numbers in brackets are sections of it); the
 * card around it from National's application note AN-874.
 */
#ifndef NE2K_REGISTERS_H
#define NE2K_REGISTERS_H

/* All pages */
#define NE_CR    0x00u /* command [10.3] */
#define CR_STP   0x01u
#define CR_STA   0x02u
#define CR_TXP   0x04u /* transmit; reads as one until it has been done */
#define CR_READ  0x08u /* remote read */
#define CR_WRITE 0x10u /* remote write */
#define CR_ABORT 0x20u /* no remote DMA; ends what there is */
#define CR_PAGE1 0x40u
#define CR_PAGE2 0x80u
#define CR_RUN   (CR_STA | CR_ABORT)
#define CR_STOP  (CR_STP | CR_ABORT)

#define NE_DATA  0x10u /* remote DMA, two or four bytes wide */
#define NE_RESET 0x1fu /* a read resets */
#define RESET_US 2000u /* the longest we wait for ISR_RST; the chip needs up to 1.6 ms [11.0] */

/* Page 0 */
#define NE_PSTART  0x01u /* write */
#define NE_PSTOP   0x02u /* write */
#define NE_BNRY    0x03u /* the page before the next that we read */
#define NE_TSR     0x04u /* read: how the transmission ended */
#define TSR_PTX    0x01u /* well */
#define NE_TPSR    0x04u /* write: page to transmit */
#define NE_TBCR0   0x05u /* write: two bytes: length to transmit */
#define NE_ISR     0x07u /* a one written clears */
#define ISR_PRX    0x01u
#define ISR_PTX    0x02u
#define ISR_RXE    0x04u
#define ISR_TXE    0x08u
#define ISR_OVW    0x10u /* the ring is full */
#define ISR_CNT    0x20u /* an error counter is half full */
#define ISR_RDC    0x40u /* the remote DMA is through */
#define ISR_RST    0x80u /* stopped */
#define ISR_ABSENT 0xffu
#define REMOTE_US  500u  /* the longest we wait for ISR_RDC; all bytes are there already */
#define NE_RSAR0   0x08u /* write: two bytes: remote start address */
#define NE_RBCR0   0x0au /* write: two bytes: remote byte count */
#define NE_RCR     0x0cu /* write */
#define RCR_AB     0x04u /* accept broadcast, */
#define RCR_AM     0x08u /* multicast by the filter, */
#define RCR_PRO    0x10u /* everybody's */
#define RCR_MON    0x20u /* receive nothing */
#define NE_TCR     0x0du /* write */
#define TCR_LOOP   0x02u /* internal loopback: nothing leaves or enters */
#define NE_CNTR1   0x0eu /* read, clears: frames with a wrong check sequence */
#define NE_CNTR2   0x0fu /* read, clears: frames missed */
#define NE_DCR     0x0eu /* write */
#define DCR_WORDS  0x49u /* words, no loopback, FIFO threshold of 8 bytes */
#define NE_IMR     0x0fu /* write */

/* Page 1 */
#define NE_PAR0 0x01u /* six bytes: station address */
#define NE_CURR 0x07u /* page that the chip writes next */
#define NE_MAR0 0x08u /* eight bytes: multicast filter */

/* Page 2: what was written to page 0 */
#define NE_PSTART_READ 0x01u
#define NE_PSTOP_READ  0x02u

/* A frame in the ring begins on a page with these four bytes [7.0]: */
#define HEADER_STATUS    0u
#define HEADER_NEXT      1u /* page of the next frame */
#define HEADER_COUNT     2u /* two bytes: frame and check sequence */
#define HEADER_BYTES     4u
#define RX_CRC_BYTES     4u
#define RX_STATUS_INTACT 0x01u

/* The card's memory, in pages of 256 bytes. */
#define PAGE_BYTES_CARD 256u
#define MEMORY_START    0x40u
#define MEMORY_END_16K  0x80u
#define MEMORY_END_32K  0xc0u
#define TX_BUFFERS      2u
#define TX_BUFFER_PAGES 6u /* 1536 bytes */
#define RING_START      (MEMORY_START + TX_BUFFERS * TX_BUFFER_PAGES)
#define PROM_WORDS      16u /* the PROM's bytes come doubled, as words */

/* After an overflow the chip is stopped for at least this long before it is started [11.0]. */
#define OVERFLOW_STOP_US 1600u

#endif
