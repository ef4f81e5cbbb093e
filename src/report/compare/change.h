/* One row of results in two runs: by how much it changed, how that is known, and what it means.

   The change is that of the estimate, relative to the baseline: new/baseline - 1; for a measure without a better way, which may
   be 0 or negative, (new - baseline) over a scale of the caller's.  How it is tested depends on what the numbers are:
     the same bits in all trials             identical: nothing to test
     equal to the rounding of the precision  the same numbers, summed in another order or on another processor
     nothing drawn (one trial), or counted   any difference is one
     drawn, with the same seed               Student's test of the differences of the trials, which pair up
     drawn, with another seed                Welch's
     times                                   Mann and Whitney's, exact, of the repetitions, less what the machine may have moved
     times of a noisy run                    nothing: the numbers are shown, and why they are not believed
   Where the estimate is the root of a mean, the mean is tested and the limits of its ratio give their roots.  Runs on other
   inputs (drawn from another seed) are compared by what they are in units of their closed forms. */
#ifndef RPE_CHANGE_H
#define RPE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "quantity/measure/measure.h"
#include "statistic/two_means.h"

typedef enum rpe_change_test {
    RPE_CHANGE_UNTESTED, /* reason says why */
    RPE_CHANGE_IDENTICAL,
    RPE_CHANGE_ROUNDING,
    RPE_CHANGE_EXACT,
    RPE_CHANGE_PAIRED,
    RPE_CHANGE_WELCH,
    RPE_CHANGE_RANKS,
    RPE_CHANGE_POOLED,    /* of several rows together */
    RPE_CHANGE_NOISY,     /* times that the machine may have changed: reason */
    RPE_CHANGE_POWERLESS, /* drawn, and its error is not known: reason */
    RPE_CHANGE_LOST, /* the baseline has a number, the new run has not, or it contradicts the closed form: reason */
    RPE_CHANGE_GAINED /* the other way round */
} rpe_change_test;

typedef enum rpe_change_verdict {
    RPE_CHANGE_WORSE,
    RPE_CHANGE_CHANGED, /* a measure that has no better way */
    RPE_CHANGE_BETTER,
    RPE_CHANGE_CANNOT_TELL,  /* what was measured is not to be believed */
    RPE_CHANGE_NO_POWER,     /* inconclusive, and a change as large as asked for would not be seen */
    RPE_CHANGE_INCONCLUSIVE, /* neither told apart from no change nor shown to be within the threshold */
    RPE_CHANGE_SAME,         /* the whole interval is within the threshold */
    RPE_CHANGE_NOT_COMPARED,
    RPE_CHANGE_VERDICTS
} rpe_change_verdict;

const char *rpe_change_test_name(rpe_change_test test);
const char *rpe_change_verdict_name(rpe_change_verdict verdict);

/* What a time is taken in besides seconds: what the machine's own product and copy do meanwhile. */
typedef enum rpe_change_unit { RPE_UNIT_PRODUCT, RPE_UNIT_COPY, RPE_CHANGE_UNITS } rpe_change_unit;

/* The machine of two runs of timings. */
typedef struct rpe_change_machine {
    const char *noise; /* why times are not compared; NULL: they are */
    double margin; /* of the logarithm of a ratio of times: what may be the machine's own; NaN: not known */
    double rates[RPE_CHANGE_UNITS]; /* new over baseline; 0 or NaN: not known */
} rpe_change_machine;

/* A row as one run has it. */
typedef struct rpe_change_side {
    const double *trials; /* [count]; of a root before the root is taken.  NULL: only what follows is known */
    size_t count;
    double estimate, standard_error, closed_form; /* as the row says; NaN where it says nothing */
} rpe_change_side;

typedef struct rpe_change_question {
    const rpe_measure *measure;
    rpe_precision precision;
    rpe_change_side sides[2]; /* baseline, new */
    bool paired;              /* the same seed: trial i of both is of the same random numbers */
    bool other_inputs;
    double scale;               /* of a measure without a better way; > 0 */
    rpe_change_machine machine; /* of times */
} rpe_change_question;

#define RPE_CHANGE_REASON_CAPACITY 256

typedef struct rpe_change {
    const rpe_measure *measure;
    rpe_change_test test;
    double change, low, high; /* relative; limits infinite where there are none */
    double p, adjusted_p;     /* NaN where nothing is tested */
    double standard_error;    /* of the ratio of means (ranks: of its logarithm), for what can be detected */
    double freedom;           /* of Student's law */
    rpe_two_means means;      /* paired, Welch: what was tested */
    double units[2];          /* what the trials of each side were divided by */
    double margin;            /* as the machine's; NaN: not known, or not a time */
    double in_units
        [RPE_CHANGE_UNITS]; /* the change of a time in units of what the machine did; NaN: not known */
    double ulps;     /* largest distance of two trials, in units of the last place; NaN unless one with one */
    size_t count[2]; /* trials that entered */
    rpe_change_verdict verdict; /* by rpe_changes_judge, as all below */
    double detects;             /* smallest change that is found with 90 % power; INFINITY: none */
    size_t needed; /* ranks: repetitions of each run from which on any change can be found; 0: enough */
    char reason[RPE_CHANGE_REASON_CAPACITY];
} rpe_change;

/* Not compared, for no reason yet. */
rpe_change rpe_change_none(const rpe_measure *measure);

/* Confidence of the interval: 1 - level.  Errors: no memory. */
rpe_status rpe_change_find(rpe_change *change, const rpe_change_question *question, double level,
                           rpe_error *error);

typedef struct rpe_change_limits {
    double level; /* probability that any of the changes is called where there is none */
    double thresholds[RPE_MEASURE_KINDS]; /* changes that do not matter, relative */
    double detect; /* a test that would not see such a change has no power; 0: none is asked for */
} rpe_change_limits;

/* Holm over all p-values, then the verdicts: better or worse if the adjusted p-value is below the level and the change beyond
   the threshold (of times: in seconds and in units of the machine's rates alike), the same if the interval is within it.  Returns the size of the family. */
size_t rpe_changes_judge(size_t count, rpe_change *const *changes, const rpe_change_limits *limits,
                         double *scratch);

#endif
