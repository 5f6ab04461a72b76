/*
 * The bundles that GRUB loaded: the manifest and the images of all services;
 * and maybe an update, of which only the images count.
 */
#ifndef KERNEL_BUNDLE_H
#define KERNEL_BUNDLE_H

#include "kernel/abi/manifest.h"
#include "kernel/machine.h"
#include "kernel/memory.h"

#include <stdbool.h>

/* Valid once bundle_open has accepted the module "bundle", for ever. */
extern const struct manifest *manifest;
/* The module "update", or NULL. */
extern const struct manifest *update;

/*
 * The manifest at the head of the module, if sums and every number used as an
 * index or offset are good; else NULL, and the log says what is wrong.
 */
const struct manifest *bundle_open(struct module module, const char *name);

/* The image of that name, or NULL. */
const struct manifest_image *bundle_image_find(const struct manifest *bundle, const char *name);

#endif
