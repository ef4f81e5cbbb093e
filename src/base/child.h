/* Another program as a child: it is told lines on its standard input and heard line by line on its standard output and error. */
#ifndef RPE_CHILD_H
#define RPE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

#define RPE_CHILD_LINE 8192 /* longest line that is heard, with its end */

typedef struct rpe_child {
    const char *path; /* of the program; borrowed */
    pid_t process;    /* 0: none is running */
    int descriptor;   /* both ways */
    size_t used, taken;
    char text[RPE_CHILD_LINE]; /* [used], of which the first `taken` bytes were heard */
    char end[96];              /* how it ended: "exit status 2"; "": it did not */
} rpe_child;

/* Starts the program of that path, which is not looked up in PATH; words: its arguments from argv[0] on, NULL after the last.  A
   program that cannot be started is an error that names it.  The caller ends it: rpe_child_stop. */
rpe_status rpe_child_start(rpe_child *child, const char *path, char *const *words, rpe_error *error);

/* Sends the line, which ends in '\n'.  A child that is no more is not an error here: it is heard of. */
void rpe_child_tell(rpe_child *child, const char *line);

/* Waits for its next line and gives it without its end, valid until the next call; NULL where the child has ended, and child->end
   says how.  patience: seconds of silence after which that is an error; 0: any.  A line that is too long is cut.
   Errors: silence; RPE_ERROR_INTERRUPTED within a tenth of a second of an interrupt. */
rpe_status rpe_child_hear(rpe_child *child, double patience, const char **line, rpe_error *error);

/* Kills it where it still runs; safe on a zeroed struct, and twice. */
void rpe_child_stop(rpe_child *child);

#endif
