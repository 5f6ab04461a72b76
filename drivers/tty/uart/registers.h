/*
 * The 16550 UART's registers, as offsets from its first I/O port.
 * Source: TI (National) PC16550D datasheet, SNLS378C, section 8 "Registers";
 * the numbers in brackets are its subsections.
 */
#ifndef UART_REGISTERS_H
#define UART_REGISTERS_H

#define UART_PORT 0x3f8u /* COM1, by convention of the PC */

#define UART_RBR 0u /* read: receiver buffer */
#define UART_THR 0u /* write: transmitter holding */
#define UART_DLL 0u /* divisor, low byte, while LCR_DLAB */
#define UART_DLM 1u /* divisor, high byte, while LCR_DLAB */

#define UART_IER      1u    /* interrupt enable [8.7] */
#define IER_RECEIVED  0x01u /* data available, or timeout */
#define IER_THR_EMPTY 0x02u

#define UART_IIR 2u    /* read: interrupt identification [8.6] */
#define IIR_NONE 0x01u /* no interrupt is pending */

#define UART_FCR        2u /* write: FIFO control [8.5] */
#define FCR_ENABLE      0x01u
#define FCR_CLEAR_RX    0x02u
#define FCR_CLEAR_TX    0x04u
#define FCR_TRIGGER_8   0x80u /* interrupt at 8 of 16 bytes, or after 4 silent characters */
#define UART_FIFO_BYTES 16u

#define UART_LCR 3u /* line control [8.1] */
#define LCR_8N1  0x03u
#define LCR_DLAB 0x80u

#define UART_MCR 4u /* modem control [8.8] */
#define MCR_DTR  0x01u
#define MCR_RTS  0x02u
#define MCR_OUT2 0x08u /* on a PC: lets the interrupt through */

#define UART_LSR      5u /* line status [8.4] */
#define LSR_DATA      0x01u
#define LSR_OVERRUN   0x02u
#define LSR_THR_EMPTY 0x20u /* the transmit FIFO is empty */
#define LSR_ABSENT    0xffu /* nobody drives the bus */

#define UART_MSR 6u /* modem status */
#define UART_SCR 7u /* scratch: keeps what is written [8.10] */

/* 1.8432 MHz / 16 / divisor [8.3]: 1 is 115200 baud. */
#define UART_DIVISOR_115200 1u
#define UART_FIFO_TIME_US   1389u /* 16 bytes of 10 bits at 115200 baud */

#endif
