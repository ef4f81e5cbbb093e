/* Files appear whole or not at all: written to a temporary name beside the target, flushed to disk, renamed. */
#ifndef RPE_OUTPUT_H
#define RPE_OUTPUT_H

#include <stdio.h>

#include "base/error.h"

typedef struct rpe_output {
    FILE *stream;    /* open for writing until finished */
    char *path;      /* name as given, for messages */
    char *target;    /* final name: path, or what it links to */
    char *temporary; /* name until committed, beside the target */
} rpe_output;

/* Opens TARGET.tmp.PID.COUNTER for writing (of a name of more than 207 bytes, its beginning).  A link is written through, and a
   file that is replaced keeps its mode, and where that is allowed its owner.  A missing or unwritable directory is an error that
   names path, and so is a path that exists and is no regular file (a rename would replace the device).  What
   killed processes of this machine left of that path is removed. */
rpe_status rpe_output_open(rpe_output *output, const char *path, rpe_error *error);

rpe_status rpe_output_write(rpe_output *output, const void *bytes, size_t count, rpe_error *error);
rpe_status rpe_output_print(rpe_output *output, rpe_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Flush, fsync and close under the temporary name; a full disk is reported here at the latest. */
rpe_status rpe_output_finish(rpe_output *output, rpe_error *error);
/* Finish if not yet done, then rename to the final name.  On failure the temporary file is removed. */
rpe_status rpe_output_commit(rpe_output *output, rpe_error *error);
/* Removes the temporary file; safe on a zeroed struct and after commit. */
void rpe_output_discard(rpe_output *output);

/* A write beyond the limit on the size of files (RLIMIT_FSIZE) fails like one on a full disk, and no longer ends the process.
   For programs; a library leaves the signals of its host alone. */
void rpe_output_limit_report(void);

/* Temporary files of that path that processes of this machine left which are no more.  Nobody else may be writing path, on
   another machine. */
void rpe_output_stale_remove(const char *path);

/* A new name survives a power cut only when the directory that path lies in is on disk; where that is refused, nothing
   happens. */
void rpe_directory_flush(const char *path);
/* Creates path and its missing parents; an existing directory is fine.  An existing non-directory is an error. */
rpe_status rpe_directory_create(const char *path, rpe_error *error);
/* "DIRECTORY/NAME", or NAME alone if it is absolute or directory is "" or NULL; owned by the caller (rpe_memory_free);
   NULL when there is no memory. */
char *rpe_path_join(const char *directory, const char *name);
/* The same of NAME and an ending. */
char *rpe_path_make(const char *directory, const char *name, const char *ending);
/* The directory part of path ("." when there is none); owned by the caller. */
char *rpe_path_directory(const char *path);

#endif
