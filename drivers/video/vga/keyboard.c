/* See keyboard.h. */
#include "drivers/video/vga/keyboard.h"

#include <string.h>

#define CODE_EXTENDED    0xe0u
#define CODE_PAUSE       0xe1u /* begins a sequence of six, the only one */
#define CODE_RELEASED    0x80u
#define CODE_CONTROL     0x1du
#define CODE_SHIFT_LEFT  0x2au
#define CODE_SHIFT_RIGHT 0x36u
#define CODE_CAPS_LOCK   0x3au
#define CODE_SLASH       0x35u
#define CODE_ENTER       0x1cu

/* Codes 00 to 39; a zero is a key that sends nothing. Backspace sends DEL. */
static const char plain[] =
	"\0\0331234567890-=\177\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
	"\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

_Static_assert(sizeof(plain) == 0x3a + 1, "codes 00 to 39");
_Static_assert(sizeof(shifted) == sizeof(plain), "codes 00 to 39");

/* The keypad without Num Lock, and, behind e0, the keys in the middle. */
static const char *keyboard_sequence(uint8_t code)
{
	switch (code) {
	case 0x47:
		return "\033[H";
	case 0x48:
		return "\033[A";
	case 0x4b:
		return "\033[D";
	case 0x4d:
		return "\033[C";
	case 0x4f:
		return "\033[F";
	case 0x50:
		return "\033[B";
	case 0x53:
		return "\033[3~";
	default:
		return "";
	}
}

/* True if the key is one that changes others. */
static bool keyboard_modifier(struct keyboard *keyboard, uint8_t key, bool pressed, bool extended)
{
	switch (key) {
	case CODE_CONTROL:
		keyboard->control = pressed;
		return true;
	case CODE_SHIFT_LEFT:
		/* e0 2a comes with keys of the middle block and is no shift. */
		keyboard->shift_left = pressed && !extended;
		return true;
	case CODE_SHIFT_RIGHT:
		keyboard->shift_right = pressed && !extended;
		return true;
	case CODE_CAPS_LOCK:
		keyboard->caps_lock ^= pressed;
		return true;
	default:
		return false;
	}
}

static char keyboard_character(const struct keyboard *keyboard, uint8_t key)
{
	bool shift = keyboard->shift_left || keyboard->shift_right;
	char character;

	if (key >= sizeof(plain) - 1)
		return 0;
	if (keyboard->caps_lock && plain[key] >= 'a' && plain[key] <= 'z')
		shift = !shift;
	character = shift ? shifted[key] : plain[key];
	if (keyboard->control)
		return character >= '@' && character < 0x7f ? (char)(character & 0x1f) : 0;
	return character;
}

size_t keyboard_code(struct keyboard *keyboard, uint8_t code, uint8_t bytes[KEYBOARD_BYTES])
{
	bool extended = keyboard->extended;
	uint8_t key = code & (uint8_t)~CODE_RELEASED;
	const char *sequence;
	size_t length;

	if (keyboard->skip > 0) {
		keyboard->skip--;
		return 0;
	}
	keyboard->extended = code == CODE_EXTENDED;
	if (code == CODE_PAUSE)
		keyboard->skip = 2;
	if (code == CODE_EXTENDED || code == CODE_PAUSE)
		return 0;
	if (keyboard_modifier(keyboard, key, key == code, extended) || key != code)
		return 0;
	sequence = keyboard_sequence(key);
	length = strlen(sequence);
	memcpy(bytes, sequence, length);
	if (length > 0 || (extended && key != CODE_SLASH && key != CODE_ENTER))
		return length;
	bytes[0] = (uint8_t)keyboard_character(keyboard, key);
	return bytes[0] != 0;
}
