/*
 * The ports of a VGA card in text mode and of a PC's keyboard controller.
 * Sources: IBM Personal System/2 Hardware Interface Technical Reference (1988),
 * "Video Subsystem", CRT controller registers, and "Keyboard and Auxiliary
 * Device Controller" (Type 1). The numbers in brackets are register indices.
 */
#ifndef VGA_REGISTERS_H
#define VGA_REGISTERS_H

#define CRTC_INDEX 0x3d4u /* which register CRTC_DATA is; colour modes */
#define CRTC_DATA  0x3d5u

#define CRTC_CURSOR_START  0x0au /* first scan line of the cursor; bit 5: hidden */
#define CRTC_CURSOR_END    0x0bu
#define CRTC_START_HIGH    0x0cu /* first cell shown */
#define CRTC_START_LOW     0x0du
#define CRTC_LOCATION_HIGH 0x0eu /* the cursor's cell */
#define CRTC_LOCATION_LOW  0x0fu
#define CURSOR_FIRST_LINE  13u /* of 16: an underline two lines thick */
#define CURSOR_LAST_LINE   14u

#define KEYBOARD_DATA    0x60u
#define KEYBOARD_STATUS  0x64u /* read */
#define KEYBOARD_COMMAND 0x64u /* write */

#define STATUS_OUTPUT_FULL 0x01u /* a byte can be read */
#define STATUS_INPUT_FULL  0x02u /* the last byte written was not taken yet */
#define STATUS_AUXILIARY   0x20u /* the byte is the mouse's */
#define STATUS_ABSENT      0xffu /* nobody drives the bus */

#define COMMAND_WRITE_MODE 0x60u /* the next data byte is the command byte: */
/* keyboard interrupt; system flag; mouse off; scan codes translated to set 1 */
#define MODE_KEYBOARD (0x01u | 0x04u | 0x20u | 0x40u)

#define KEY_ENABLE_SCANNING 0xf4u /* to the keyboard itself */

/* The controller takes a byte in well under a millisecond; a poll is about 1 us. */
#define KEYBOARD_POLLS_MAX 2000u

#endif
