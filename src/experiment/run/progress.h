/* Progress of a run: on a terminal one redrawn line with the time left, elsewhere one line a finished point. */
#ifndef RPE_PROGRESS_H
#define RPE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "experiment/plan/point.h"

typedef struct rpe_progress {
    FILE *stream; /* NULL: silent */
    bool terminal;
    double start, drawn; /* seconds */
    double work, done;   /* of all points, of the finished ones; in any unit */
    bool in_seconds;     /* in seconds, as planned: the caller sets it after the start */
    size_t points, finished;
    const char *name; /* of the experiment */
    const rpe_point *point;
} rpe_progress;

void rpe_progress_start(rpe_progress *progress, FILE *stream, const char *name, size_t points, double work);
void rpe_progress_point(rpe_progress *progress, const rpe_point *point);
/* fraction of the current point's work, given in the unit of work */
void rpe_progress_update(rpe_progress *progress, double fraction_work);
/* trials: that were done at the point */
void rpe_progress_point_done(rpe_progress *progress, double point_work, size_t trials);
/* Clears the redrawn line. */
void rpe_progress_end(rpe_progress *progress);

#endif
