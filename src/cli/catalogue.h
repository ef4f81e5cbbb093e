/* The shipped experiments: the JSON files directly in the folder experiments/ are the registry. */
#ifndef RPE_CATALOGUE_H
#define RPE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Path of this program, owned by the caller (rpe_memory_free); NULL where the system does not say, or there is no memory. */
char *rpe_program_path(void);

/* FOLDER ("experiments", "plots") of the directory in the environment variable RPEBENCH_DATA, else of the data installed with
   this program, else of the checkout.  Owned by the caller (rpe_memory_free); NULL when there is no memory. */
char *rpe_catalogue_folder(const char *folder);

typedef struct rpe_catalogue {
    char **names; /* without .json, sorted */
    size_t count;
} rpe_catalogue;

/* A missing folder is an error.  The caller owns it: rpe_catalogue_destroy, safe on a zeroed struct. */
rpe_status rpe_catalogue_read(rpe_catalogue *catalogue, rpe_error *error);
void rpe_catalogue_destroy(rpe_catalogue *catalogue);

/* Path of the file of a name; owned by the caller; NULL when there is no memory. */
char *rpe_catalogue_path(const char *name);

/* What the user calls an experiment, a name of the catalogue or a path ending in .json, as a path, owned by the caller. */
rpe_status rpe_catalogue_resolve(const rpe_catalogue *catalogue, const char *experiment, char **path,
                                 rpe_error *error);
/* Names joined by ", ", or "none" */
const char *rpe_catalogue_text(const rpe_catalogue *catalogue, char *text, size_t capacity);

/* Whether gnuplot is in a directory of PATH. */
bool rpe_gnuplot_is_there(void);

#endif
