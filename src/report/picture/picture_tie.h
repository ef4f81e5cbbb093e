/* Which rows a picture shows, said in its file: as a comment behind an SVG, as a text chunk of a PNG.  Whoever shows a picture
   beside rows compares it with theirs. */
#ifndef RPE_PICTURE_TIE_H
#define RPE_PICTURE_TIE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "file/provenance.h"

typedef struct rpe_picture_tie {
    char rows[RPE_HASH_CAPACITY]; /* hash of the CSV (rpe_csv) */
    size_t page, pages;           /* which file of how many; from 1 */
} rpe_picture_tie;

/* Adds it to an SVG or PNG that is whole.  The path is known to be writable by its owner; a failure is an error that names it. */
rpe_status rpe_picture_tie_write(const rpe_picture_tie *tie, const char *path, rpe_error *error);

/* False where the file says nothing: another program drew it, or an earlier version. */
bool rpe_picture_tie_read(rpe_picture_tie *tie, const char *bytes, size_t count);
/* The same of a file; false also where there is none that can be read. */
bool rpe_picture_tie_find(rpe_picture_tie *tie, const char *path);

#endif
