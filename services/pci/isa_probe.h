/*
 * Is there an NE2000 at an ISA port? Nothing on ISA says what it is, so this
 * reads first, writes only where that looks like a DP8390, and believes only
 * the card's own PROM.
 */
#ifndef PCI_ISA_PROBE_H
#define PCI_ISA_PROBE_H

#include <stdbool.h>
#include <stdint.h>

bool isa_probe_ne2000(uint16_t base);

#endif
