/*
 * The MC146818A real-time clock and what PCs made of it: Motorola's datasheet
 * MC146818A/D, "Address Map" and "Registers"; Intel 82371AB (PIIX4) datasheet,
 * 7.2.5, for the ports.
 */
#ifndef CMOS_REGISTERS_H
#define CMOS_REGISTERS_H

enum cmos_port {
	CMOS_INDEX = 0x70, /* write: bits 0 to 6 choose the register; bit 7 set masks NMI */
	CMOS_DATA = 0x71,  /* read and write */
};

enum cmos_register {
	CMOS_SECOND = 0x00,
	CMOS_MINUTE = 0x02,
	CMOS_HOUR = 0x04, /* with 12 hours: bit 7 is p.m. */
	CMOS_DAY = 0x07,
	CMOS_MONTH = 0x08,
	CMOS_YEAR = 0x09,
	CMOS_A = 0x0a,
	CMOS_B = 0x0b,
	CMOS_D = 0x0d,
	CMOS_CENTURY = 0x32, /* of IBM's AT; not on every board */
};

#define HOUR_PM 0x80u

/*
 * An update may begin 244 us after this was read as clear, and it is over 2,228 us
 * after it was read as set (244 us and the 1,984 us of an update with a 32 kHz crystal).
 */
#define A_UPDATING       0x80u
#define CMOS_UPDATING_US 2228u
/* So often in a row: the oscillator stands still, or somebody writes it all the time. */
#define CMOS_UPDATING_TRIES 16u

#define B_SET     0x80u /* no updates: the time is being set */
#define B_BINARY  0x04u /* clear: BCD */
#define B_24_HOUR 0x02u

#define D_VALID 0x80u /* clear: the battery was empty */

#endif
