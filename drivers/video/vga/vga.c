/*
 * The screen and keyboard of a PC as a terminal for the console: VGA text mode,
 * and the keyboard controller of the PS/2.
 *
 * What is to be shown is drawn into a private screen (screen.h), of which the
 * rows that changed are written to the card once a batch: its memory is slow,
 * and is read back at the start only. A missing card or keyboard is no failure;
 * the driver cannot see whether anybody looks.
 *
 * The keyboard is looked at in every vga_work, whatever woke us, so a lost
 * interrupt costs a moment.
 */
#include "drivers/video/vga/keyboard.h"
#include "drivers/video/vga/registers.h"
#include "drivers/video/vga/screen.h"
#include "services/runtime/kernel.h"
#include "services/runtime/service.h"
#include "services/runtime/tty_queue.h"

#include <string.h>

#define IRQ_INDEX   0u
#define BATCH_BYTES 1024u /* shown before others are served */
#define CODES_MAX   32u   /* scan codes taken before others are served */

static struct tty_end queue;
static struct screen screen;
static struct keyboard keyboard;
static volatile uint16_t *card; /* its SCREEN_CELLS */
static uint32_t console_slot;
static bool keyboard_present;

static uint8_t read_port(uint16_t port)
{
	uint32_t value;

	return port_read(port, 1, &value) == OK ? (uint8_t)value : STATUS_ABSENT;
}

static bool write_port(uint16_t port, unsigned value)
{
	return port_write(port, 1, value) == OK;
}

/* --- The card ---------------------------------------------------------------- */

static void crtc_write(unsigned index, unsigned value)
{
	struct port_access accesses[] = {
		{ .port = CRTC_INDEX, .width_bytes = 1, .write = 1, .value = index },
		{ .port = CRTC_DATA, .width_bytes = 1, .write = 1, .value = value & 0xff },
	};

	if (port_vector(accesses, 2) != OK)
		log_warning("no access to the CRT controller");
}

static uint8_t crtc_read(unsigned index)
{
	return write_port(CRTC_INDEX, index) ? read_port(CRTC_DATA) : 0;
}

static void card_setup(void)
{
	crtc_write(CRTC_START_HIGH, 0);
	crtc_write(CRTC_START_LOW, 0);
	crtc_write(CRTC_CURSOR_START, CURSOR_FIRST_LINE);
	crtc_write(CRTC_CURSOR_END, CURSOR_LAST_LINE);
}

/* What our former life showed is still on the card. */
static void card_load(void)
{
	uint16_t cells[SCREEN_CELLS];
	unsigned cursor = (unsigned)crtc_read(CRTC_LOCATION_HIGH) << 8;

	for (unsigned cell = 0; cell < SCREEN_CELLS; cell++)
		cells[cell] = card[cell];
	screen_load(&screen, cells, cursor | crtc_read(CRTC_LOCATION_LOW));
}

static void card_show(void)
{
	static unsigned cursor_shown = SCREEN_CELLS;
	unsigned cursor = screen_cursor(&screen);

	for (unsigned cell = 0; cell < SCREEN_CELLS; cell++)
		if (screen.changed & 1u << cell / SCREEN_COLUMNS)
			card[cell] = screen.cells[cell];
	screen.changed = 0;
	if (cursor == cursor_shown)
		return;
	cursor_shown = cursor;
	crtc_write(CRTC_LOCATION_HIGH, cursor >> 8);
	crtc_write(CRTC_LOCATION_LOW, cursor);
}

/* --- The keyboard ------------------------------------------------------------ */

/* Waits, bounded, until the controller takes a byte; then gives it one. */
static bool controller_write(uint16_t port, unsigned value)
{
	for (unsigned polls = 0; polls < KEYBOARD_POLLS_MAX; polls++)
		if (!(read_port(KEYBOARD_STATUS) & STATUS_INPUT_FULL))
			return write_port(port, value);
	return false;
}

/*
 * The command byte is written without asking for the old one, as the answer
 * could be taken for a key, or a key for the answer.
 */
static bool keyboard_setup(void)
{
	return read_port(KEYBOARD_STATUS) != STATUS_ABSENT &&
	       controller_write(KEYBOARD_COMMAND, COMMAND_WRITE_MODE) &&
	       controller_write(KEYBOARD_DATA, MODE_KEYBOARD) &&
	       controller_write(KEYBOARD_DATA, KEY_ENABLE_SCANNING);
}

/* Takes one scan code. False: there is none. */
static bool keyboard_take(void)
{
	uint8_t status = read_port(KEYBOARD_STATUS);
	uint8_t bytes[KEYBOARD_BYTES];
	uint8_t code;

	if (status == STATUS_ABSENT || !(status & STATUS_OUTPUT_FULL))
		return false;
	code = read_port(KEYBOARD_DATA);
	if (status & STATUS_AUXILIARY)
		return true;
	(void)tty_put(&queue, bytes, keyboard_code(&keyboard, code, bytes));
	return true;
}

/* True: CODES_MAX were there, look again. */
static bool keyboard_serve(void)
{
	uint32_t typed_before = queue.produced;
	unsigned codes = 0;

	while (codes < CODES_MAX && keyboard_take())
		codes++;
	if (queue.produced != typed_before)
		service_notify(console_slot);
	return codes == CODES_MAX;
}

/* --- The service ------------------------------------------------------------- */

static enum status vga_start(void)
{
	tty_attach(&queue, region("drv", sizeof(struct tty_queue)),
		   region("con", sizeof(struct tty_queue)));
	card = region("text", sizeof(screen.cells));
	console_slot = service_slot("console");
	if (service_info()->restarted != 0)
		card_load();
	else
		screen_clear(&screen);
	card_setup();
	card_show();
	keyboard_present = keyboard_setup();
	if (keyboard_present)
		return irq_enable(IRQ_INDEX);
	log_notice("no keyboard controller");
	return OK;
}

/* The keyboard is served in vga_work, which comes before the next wait. */
static void vga_interrupt(unsigned lines)
{
	(void)lines;
	if (irq_ack(IRQ_INDEX) != OK)
		log_warning("interrupt could not be acknowledged");
}

static uint64_t vga_work(uint64_t now_us)
{
	uint8_t bytes[BATCH_BYTES];
	bool more = keyboard_present && keyboard_serve();

	screen_write(&screen, bytes, tty_take(&queue, bytes, sizeof(bytes)));
	card_show();
	return more || tty_available(&queue) != 0 ? now_us : SERVICE_NO_DEADLINE;
}

static const struct service vga = {
	.start = vga_start,
	.interrupt = vga_interrupt,
	.work = vga_work, /* new output comes as a notification, which ends the wait */
};

int main(void)
{
	return service_run(&vga);
}
