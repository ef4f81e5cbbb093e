/* Two programs compared by the time of calls: an A/B test of two builds or commits.

   Where a process has its code and data is decided when it starts, and can change its times by percents, so the unit of the test
   is the start of a process and not the repetition.  Both programs are started many times as workers (against/worker.h), two at a
   time; within such a pair of starts every point is timed several times in each, one right after the other in an order that a
   coin decides, and points come in random order.  What disturbs the machine disturbs both alike.
     x_s = median over the timings of start s of log(seconds of this program / seconds of the other)
   Where both programs are alike, each x_s has either sign with the same probability: the signed-rank test of Wilcoxon over the
   starts is exact whatever the machine does.  The ratio is that of Hodges and Lehmann.  Points, and the mean of all their
   logarithms as one more test, are one family of Holm. */
#ifndef RPE_AGAINST_H
#define RPE_AGAINST_H

#include <jansson.h>

#include "experiment/experiment.h"
#include "file/output.h"
#include "statistic/two_means.h"

#define RPE_AGAINST_LEVEL                                                                                    \
    0.05 /* probability that anything is called where there is nothing; limits hold 1 less that */
#define RPE_AGAINST_POWER 0.9  /* with which a change as large as `detects` is called */
#define RPE_AGAINST_STARTS 12  /* of each program, where not more are needed */
#define RPE_AGAINST_TIMINGS 99 /* most of a point in a pair of starts */

typedef enum rpe_against_verdict {
    RPE_AGAINST_NO_DIFFERENCE, /* none is seen */
    RPE_AGAINST_FASTER,
    RPE_AGAINST_SLOWER,
    RPE_AGAINST_VERDICTS
} rpe_against_verdict;

const char *rpe_against_verdict_name(rpe_against_verdict verdict);

typedef struct rpe_against_test {
    rpe_contrast ratio; /* seconds of this program over those of the other: below 1 where it is faster */
    double adjusted_p;
    double
        detects; /* smallest change, 0.02 for 2 %, that is called with RPE_AGAINST_POWER; INFINITY: none is */
    rpe_against_verdict verdict;
} rpe_against_test;

/* A point that both programs time. */
typedef struct rpe_against_point {
    char *coordinates; /* owned */
    int threads;
    size_t index[2];     /* in the lists of the programs */
    double call_seconds; /* of a call of the slower one, about */
    size_t calls;        /* timed together */
    bool warm;
    size_t timings;     /* of each program in a pair of starts */
    double *logarithms; /* [starts]: x_s; owned */
    double *seconds[2]; /* [starts]: medians; owned */
    double typical[2];  /* median of them */
    rpe_against_test test;
} rpe_against_point;

/* A point that is not timed, and why. */
typedef struct rpe_against_left {
    char *coordinates, *reason; /* owned */
    int threads;
} rpe_against_left;

typedef struct rpe_against_settings {
    const char *programs[2];     /* this one, the other: paths */
    const char *experiment;      /* path */
    const rpe_run_settings *run; /* threads, quick, seed and progress; trials: timings of a pair of starts */
    size_t starts;               /* of each program; 0: RPE_AGAINST_STARTS, more where the family is large */
} rpe_against_settings;

typedef struct rpe_against {
    const rpe_against_settings *settings;
    size_t starts;
    json_t *machines[2]; /* what the programs say of themselves; owned */
    rpe_against_point *points;
    size_t count;
    rpe_against_left *left;
    size_t left_count;
    rpe_against_test all; /* of all points together; only where there are several */
    size_t family;        /* tests of Holm's family */
} rpe_against;

/* Times and judges.  Errors: the experiment takes no times, a program is none or ends, no point is timed by both, an interrupt;
   no process is left then.  The caller owns it: rpe_against_destroy, safe on a zeroed struct. */
rpe_status rpe_against_make(rpe_against *against, const rpe_against_settings *settings, rpe_error *error);
void rpe_against_destroy(rpe_against *against);

/* Tests from the logarithms, and typical seconds.  Errors: no memory. */
rpe_status rpe_against_judge(rpe_against *against, rpe_error *error);
/* Starts that a family of so many tests needs so that each can be called even by itself. */
size_t rpe_against_starts_needed(size_t family);
/* Whether anything is called faster or slower. */
bool rpe_against_is_change(const rpe_against *against);

/* What of the coordinates tells the points apart, with the threads: "method=relu;lengths=256".  Owned by the caller
   (rpe_memory_free); NULL when there is no memory. */
char *rpe_against_label(const rpe_against *against, size_t point);

/* A table and a sentence. */
rpe_status rpe_against_print(const rpe_against *against, FILE *stream, rpe_error *error);
/* One row a point, and one of all together where there are several. */
rpe_status rpe_against_csv_write(const rpe_against *against, rpe_output *output, rpe_error *error);
/* Everything, the value of every start included. */
rpe_status rpe_against_json_write(const rpe_against *against, rpe_output *output, rpe_error *error);

#endif
