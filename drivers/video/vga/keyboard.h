/*
 * Scan codes of set 1 from a keyboard with US layout, as bytes of a terminal.
 * Pure. Source of the codes: IBM PS/2 Hardware Interface Technical Reference,
 * "Keyboards (101- and 102-key)", scan code set 1.
 */
#ifndef VGA_KEYBOARD_H
#define VGA_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYBOARD_BYTES 4u /* the longest that a key sends: ESC [ 3 ~ */

struct keyboard {
	bool shift_left, shift_right, control, caps_lock;
	bool extended; /* the last code was e0 */
	unsigned skip; /* codes of a sequence that is no key of ours (Pause) */
};

/* Takes one code; writes what the key sends to `bytes` and returns how many. */
size_t keyboard_code(struct keyboard *keyboard, uint8_t code, uint8_t bytes[KEYBOARD_BYTES]);

#endif
