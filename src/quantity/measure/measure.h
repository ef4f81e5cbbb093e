/* Measures: one trial of a method -> numbers.  One file each, listed in measures.def.
   A measure looks at one stage of a method.  Whoever runs trials makes the product of that stage once and shows it to all
   measures; what does not change between trials (the oracle's scores and outputs) is computed once an input. */
#ifndef RPE_MEASURE_H
#define RPE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "method/method.h"
#include "position/kernel_fit.h"
#include "position/lag_table.h"

typedef enum rpe_stage {
    RPE_STAGE_CODES,  /* hook `codes`: the measure calls it, feature by feature */
    RPE_STAGE_ENCODE, /* hook `encode`: encoded queries and keys */
    RPE_STAGE_ATTEND, /* hook `attend`, with values [I | v], so that the outputs hold the attention and the outputs */
    RPE_STAGE_KERNEL, /* the kernel itself, before any noise: the same in all trials and for all methods that have codes */
    RPE_STAGE_CALL, /* a whole call, timed and counted: by who runs timings, not by trials; the oracle is measured too */
    RPE_STAGE_COUNT
} rpe_stage;

/* What kind of number a measure gives: decides how two runs of it are compared. */
typedef enum rpe_measure_kind {
    RPE_MEASURE_ACCURACY, /* decided by the input and the drawn noise: the same seed gives the same trials, which pair up */
    RPE_MEASURE_TIME, /* repetitions on one machine: no two are alike, and those of another machine mean nothing */
    RPE_MEASURE_COUNT, /* bytes, operations: counted, the same at every repetition and on every machine */
    RPE_MEASURE_KINDS
} rpe_measure_kind;

/* Which way a measure is better. */
typedef enum rpe_measure_better {
    RPE_BETTER_LESS,   /* errors, seconds, bytes */
    RPE_BETTER_MORE,   /* rates */
    RPE_BETTER_NEITHER /* a value that is looked at: any change is only a change */
} rpe_measure_better;

/* One head and feature, for measures that show single features. */
typedef struct rpe_selection {
    size_t head, feature;
} rpe_selection;

/* What all trials of a point share.  Batch 1. */
typedef struct rpe_subject {
    const rpe_method *method;
    const rpe_problem *problem;
    const double *oracle_scores; /* [H,M,N]; NULL unless some measure is of RPE_STAGE_ENCODE */
    double score_squares;        /* their sum of squares over visible entries; 0 without them */
    const double
        *oracle_outputs; /* [M,H,N+V]: attention rows and outputs; NULL unless some is of RPE_STAGE_ATTEND */
    const rpe_lag_table
        *lag_tables;   /* [H]: P of each head; NULL unless some is of RPE_STAGE_KERNEL or RPE_STAGE_CODES */
    size_t values;     /* V */
    rpe_inputs inputs; /* double, values [N,H,V]: for closed forms */
    const rpe_selection *selections;
    size_t selection_count;
    const rpe_fit_result *fit; /* of the kernel to a table; NULL: it was not fitted */
} rpe_subject;

/* One trial's products, in double; what no measure asked for is NULL. */
typedef struct rpe_trial {
    const void *plan; /* of the subject's method and problem */
    const rpe_noise *noise;
    const void *prepared;         /* what the measure's own hook made; NULL without one */
    const double *queries, *keys; /* encoded [M,H,R], [N,H,R] */
    const double *outputs;        /* [M,H,N+V] */
} rpe_trial;

typedef struct rpe_value_label {
    ptrdiff_t head, feature; /* -1: not of a single one */
    ptrdiff_t lag, position;
    bool at_lag, at_position;
} rpe_value_label;

typedef struct rpe_closed_value {
    double mean; /* expectation of one trial's value; INFINITY: there is none, and a sample says nothing */
    double
        variance; /* of one trial's value; NaN: unknown, the sample's is used; INFINITY: a sample says nothing */
    double
        least_variance; /* where it is unknown: what theory says that it is at least, or about; 0: nothing */
} rpe_closed_value;

typedef struct rpe_measure {
    const char *name, *title, *unit, *source;
    rpe_stage stage;
    rpe_measure_kind kind;     /* left out: accuracy */
    rpe_measure_better better; /* left out: less */
    bool
        root; /* the result is the square root of the mean over trials, as for a relative root-mean-square error */
    bool
        positive; /* no value is negative, and large ones are rare: a root's are squares, so of them it need not be said */
    bool bounded; /* the closed form is a bound from above, not an expectation */
    bool limit;   /* the closed form is what the value comes near as R grows: drawn, and not tested */
    rpe_status (*supports)(const rpe_subject *subject,
                           rpe_error *error);                           /* NULL: wherever the hook is there */
    size_t (*count)(const rpe_subject *subject);                        /* values of one trial; NULL: 1 */
    rpe_value_label (*label)(const rpe_subject *subject, size_t index); /* NULL: no label */
    size_t (*workspace_bytes)(const rpe_subject *subject);              /* of evaluate; NULL: none */
    /* What all trials of a point share, of the measure's own making; NULL: nothing.  *prepared starts as NULL and goes to
       release, NULL: rpe_memory_free, even on failure. */
    rpe_status (*prepare)(const rpe_subject *subject, void **prepared, rpe_error *error);
    void (*release)(void *prepared);
    /* values [count]; the method's own workspace need for `codes` is added by the caller. */
    void (*evaluate)(const rpe_subject *subject, const rpe_trial *trial, double *values,
                     rpe_workspace *workspace);
    /* [count]; NULL, or a method without the moments hook: no closed form. */
    rpe_status (*closed_form)(const rpe_subject *subject, rpe_closed_value *values, rpe_error *error);
    bool (*has_closed_form)(const rpe_subject *subject); /* NULL: iff closed_form is there */
    /* Values of trials by the law that theory knows, drawn by theory alone: [trials,count], up to a factor each; and the steps of
       one trial of it, about a nanosecond each, INFINITY where it is not known.  NULL: it never is. */
    rpe_status (*draws)(const rpe_subject *subject, size_t trials, double *values, rpe_error *error);
    double (*draw_work)(const rpe_subject *subject);
    /* RPE_STAGE_CALL alone. */
    double (*call_cost)(
        rpe_cost cost); /* for what is counted from the formula: the part of the cost that it is */
    const struct rpe_measure *front_of; /* whether a point is on the front of errors over that measure */
} rpe_measure;

size_t rpe_measure_count(void);
const rpe_measure *rpe_measure_at(size_t index);
const rpe_measure *rpe_measure_find(const char *name); /* NULL if there is none */

/* The measures by name, for who takes them in a way of its own. */
#define RPE_MEASURE(name) extern const rpe_measure rpe_measure_##name;
#include "quantity/measure/measures.def"
#undef RPE_MEASURE

/* Sum of squares over visible entries of scores [H,M,N]. */
double rpe_scores_squares(const rpe_problem *problem, const double *scores);

/* Number of values of one trial. */
size_t rpe_measure_values(const rpe_measure *measure, const rpe_subject *subject);
bool rpe_measure_closed_form_known(const rpe_measure *measure, const rpe_subject *subject);

/* Whether a method has the hook of a stage for this problem; if not, says why. */
rpe_status rpe_stage_supports(rpe_stage stage, const rpe_method *method, const rpe_problem *problem,
                              rpe_error *error);

/* Whether there is something to measure: the method has the hook of the stage. */
bool rpe_measure_concerns(const rpe_measure *measure, const rpe_method *method);

/* Whether the method has the hook of the measure's stage, and the measure has no objection. */
rpe_status rpe_measure_supports(const rpe_measure *measure, const rpe_subject *subject, rpe_error *error);

/* Methods that share the hook of a stage give the same numbers there: only the first of them need be run. */
bool rpe_stage_same_numbers(rpe_stage stage, const rpe_method *a, const rpe_method *b);

#endif
