/* Results of a command: arrays that are checked, and files that appear all together or not at all. */
#ifndef RPE_FILES_H
#define RPE_FILES_H

#include <stddef.h>

#include "base/array.h"
#include "base/error.h"
#include "file/output.h"

#define RPE_FILES_MAX 8

typedef struct rpe_files {
    rpe_output outputs[RPE_FILES_MAX];
    char *paths[RPE_FILES_MAX]; /* owned */
    size_t count;
    char *outlived[RPE_FILES_MAX]; /* owned: what an earlier call may have written beside them */
    size_t outlived_count;
} rpe_files;

/* Whether a file can be written there, before the work is done: the directory is there and writable, and path itself is not a
   directory or a device. */
rpe_status rpe_files_path_check(const char *path, rpe_error *error);

/* Checks that the array is finite and writes it as DIRECTORY/NAME (directory NULL: NAME) under a temporary name. */
rpe_status rpe_files_store(rpe_files *files, const char *directory, const char *name, const rpe_array *array,
                           rpe_error *error);
/* Writes a file by a function of the caller's, as DIRECTORY/NAME under a temporary name. */
typedef rpe_status (*rpe_file_writer)(const void *context, rpe_output *output, rpe_error *error);
rpe_status rpe_files_write(rpe_files *files, const char *directory, const char *name, rpe_file_writer writer,
                           const void *context, rpe_error *error);
/* DIRECTORY/NAME, which this call does not write and an earlier one may have, goes with rpe_files_commit: it would stand beside
   files that it does not belong to. */
rpe_status rpe_files_replace(rpe_files *files, const char *directory, const char *name, rpe_error *error);
/* All files get their names; where one cannot, those before it are removed.  Where there are several, their predecessors go
   first, so that files of two calls never stand together, not even after a power cut.  Nothing is done after an interrupt. */
rpe_status rpe_files_commit(rpe_files *files, rpe_error *error);
/* Removes what is temporary; safe on a zeroed struct and after commit. */
void rpe_files_discard(rpe_files *files);

#endif
