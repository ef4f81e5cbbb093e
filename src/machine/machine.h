/* The company of a time: what this machine does at best, and how quiet it was meanwhile.  All who time take both from here. */
#ifndef RPE_MACHINE_H
#define RPE_MACHINE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/array.h"
#include "base/error.h"

/* What `threads` threads do together, each on arrays of its own. */
typedef struct rpe_machine_rates {
    int threads;
    double gemm[2]; /* flop/s of C = A B, 1024^3, by rpe_precision */
    double
        copy; /* bytes/s of a copy far larger than the caches; what is read and what is written both count */
} rpe_machine_rates;

/* The best of a few rounds; takes some tenths of a second. */
rpe_status rpe_machine_rates_measure(rpe_machine_rates *rates, int threads, rpe_error *error);

/* Of one thread, measured at the first call of a process and kept: what a plan is made from.  From one thread at a time. */
rpe_status rpe_machine_rates_rough(rpe_machine_rates *rates, rpe_error *error);

/* What the system has counted so far; NaN where it does not tell. */
typedef struct rpe_machine_state {
    double seconds;     /* monotonic */
    double load;        /* processes that could run, mean over the last minute */
    double frequency;   /* Hz, mean over the processors */
    double busy;        /* processor seconds spent by all processes */
    double stolen;      /* processor seconds that a hypervisor gave to others */
    double own;         /* processor seconds of this process */
    double involuntary; /* times that this process had to leave a processor */
} rpe_machine_state;

rpe_machine_state rpe_machine_state_now(void);

/* Between two states, each with rates measured beside it. */
typedef struct rpe_machine_noise {
    rpe_machine_state before, after;
    rpe_machine_rates rates_before, rates_after;
    double seconds;
    double steal;       /* stolen share of the time of all processors */
    double others;      /* processors that other processes kept busy, on average */
    double frequency;   /* largest over smallest of the two frequencies, minus 1 */
    double rate;        /* the same of the two rates that differ most */
    double involuntary; /* switches a second */
    bool noisy;
    char reason[256]; /* "other processes kept 0.8 processors busy; ..."; "" when quiet */
} rpe_machine_noise;

rpe_machine_noise rpe_machine_noise_between(const rpe_machine_state *before,
                                            const rpe_machine_rates *rates_before,
                                            const rpe_machine_state *after,
                                            const rpe_machine_rates *rates_after);

/* The mean of the rates before and after: the unit of the times between them. */
rpe_machine_rates rpe_machine_rates_mean(const rpe_machine_rates *before, const rpe_machine_rates *after);

/* New references for provenance; NULL when there is no memory. */
json_t *rpe_machine_rates_json(const rpe_machine_rates *rates);
json_t *rpe_machine_noise_json(const rpe_machine_noise *noise);

#endif
