/*
 * The registers of the watchdog timer in Intel's 6300ESB I/O controller hub:
 * Intel 6300ESB I/O Controller Hub Datasheet (300641), chapter 16. They lie in
 * memory; those in PCI configuration space stand in manifest.toml.
 *
 * The timer counts down twice: from preload 1, where it can interrupt, then
 * from preload 2, at whose end it resets the machine.
 */
#ifndef I6300ESB_REGISTERS_H
#define I6300ESB_REGISTERS_H

#define PRELOAD_1    0x00u /* 4 bytes, 20 bits */
#define PRELOAD_2    0x04u
#define PRELOAD_MAX  0xfffffu
#define TICKS_A_UNIT 32768u    /* at the coarse scale, of the PCI clock */
#define PCI_CLOCK_HZ 33000000u /* so that a unit is about 1 ms */

#define RELOAD           0x0cu  /* 2 bytes */
#define RELOAD_COUNT     0x100u /* begins anew at preload 1 */
#define RELOAD_TIMED_OUT 0x200u /* read: it has reset the machine; write: forget that */

/* To be written to RELOAD, a byte each, before every write to one of the above. */
#define UNLOCK_1 0x80u
#define UNLOCK_2 0x86u

#define REGISTERS_BYTES 16u

#endif
