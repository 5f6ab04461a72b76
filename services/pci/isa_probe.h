/* Is there an NE2000 at these ISA ports? */
#ifndef PCI_ISA_PROBE_H
#define PCI_ISA_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads first, and writes only where a DP8390 answers so far. */
bool isa_ne2000_probe(uint16_t base);

#endif
