/* What a path leads to: messages that say which part of it is missing, links, and whether two paths are one file. */
#ifndef RPE_PATH_H
#define RPE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The byte order mark of UTF-8, which some editors put before a text. */
#define RPE_MARK "\xef\xbb\xbf"
#define RPE_MARK_LENGTH ((size_t)3)

/* `PATH: expected EXPECTED, found: REASON`, where code is an errno.  Where a folder on the way to the file is missing, or is
   no folder, the message names it.  Returns RPE_ERROR_FILE. */
rpe_status rpe_path_error(const char *path, const char *expected, int code, rpe_error *error);

/* Whether both are the same file or folder, however they are spelled and through links; of two files that are not there,
   whether they would be. */
bool rpe_path_same(const char *path, const char *other);

/* Where a file of that name is written: path, or what it links to, which need not exist.  Owned by the caller
   (rpe_memory_free); NULL when there is no memory.  A circle of links is returned as it is: opening it fails. */
char *rpe_path_target(const char *path);

#endif
