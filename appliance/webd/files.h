/* The console's files, as files.py has put them into the program. */
#ifndef WEBD_FILES_H
#define WEBD_FILES_H

#include <stdbool.h>
#include <stddef.h>

struct file {
	const char *path; /* "/index.html" */
	const char *type;
	const char *etag; /* with its quotes */
	bool immutable;   /* its name has its hash in it */
	bool compressed;  /* by gzip */
	const unsigned char *bytes;
	size_t count;
};

extern const struct file files[];
extern const size_t files_count;

#endif
