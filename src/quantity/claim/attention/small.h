/* Small problems of every length about the chunks of attention, for claims that look at the outputs of a method alone.
   Lengths are 1, 2, 3, the primes and 2^k +- 1 up to twice a chunk and one more; masks, precisions, M < N and M > N, batches and
   odd numbers of values go with them in turn.  A quick run draws some lengths by its seed, half of them beyond a chunk.
   Where a method takes a family of positions for the first time, a causal problem beyond two blocks of softmax, which are two
   chunks each, comes last: put to every claim in a full run, and to those that ask for it in a quick one. */
#ifndef RPE_SMALL_H
#define RPE_SMALL_H

#include "attention/attention.h"
#include "method/definition.h"
#include "quantity/claim/claim.h"

#define RPE_SMALL_ARRAYS 24
#define RPE_SMALL_CHUNK ((size_t)RPE_LINEAR_POSITIONS)
#define RPE_SMALL_LONGEST (2 * RPE_SMALL_CHUNK + 1)
#define RPE_SMALL_FAR (4 * RPE_SMALL_CHUNK + 44)      /* beyond two blocks, of no round length */
#define RPE_SMALL_FAR_QUICK (4 * RPE_SMALL_CHUNK + 5) /* in a quick run */

/* What a claim asks of its problems; zeros: anything. */
typedef struct rpe_small_choice {
    bool given;          /* the noise is drawn here and given, so that parts of it can be */
    bool causal, full;   /* one mask alone */
    bool square, single; /* M = N; M = N = 1 */
    bool several;        /* items, at least 2 */
    bool far;            /* a problem beyond two blocks in a quick run, too */
    size_t quick;        /* problems of a quick run; 0: 8 */
} rpe_small_choice;

/* One problem.  Arrays are double, whatever the problem's precision. */
typedef struct rpe_small {
    const rpe_case *subject;
    size_t index;
    rpe_problem problem;
    rpe_inputs inputs;
    rpe_noise noise;
    rpe_given_noise given;
    double *arrays[RPE_SMALL_ARRAYS]; /* owned */
    size_t array_count;
    double worst;         /* largest ratio to its bound, or how many bits differ */
    size_t judged, asked; /* numbers that a bound says something of, and all */
} rpe_small;

/* What a claim does with each of its problems. */
struct rpe_small_claim {
    rpe_status (*visit)(rpe_small *small, rpe_error *error);
    bool bits; /* judged by rpe_small_judge_bits alone; else by bounds */
    rpe_small_choice choice;
};

/* Members of a rpe_claim that puts small problems to visit, and judges by bounds, or by bits; what follows are members of
   rpe_small_choice, or 0. */
#define RPE_SMALL_BOUNDS(visit_small, ...)                                                                   \
    .null_hypothesis = "rounding: what the method's terms, as large as they are, may lose in its precision", \
    .statistic = "difference over its bound; infinite: no number, or a bound that says nothing",             \
    RPE_SMALL_MEMBERS(visit_small, false, __VA_ARGS__)
#define RPE_SMALL_BITS(visit_small, ...)                                                                     \
    .null_hypothesis = "exact: the same operations on the same numbers",                                     \
    .statistic = "numbers that differ in any bit", RPE_SMALL_MEMBERS(visit_small, true, __VA_ARGS__)
#define RPE_SMALL_MEMBERS(visit_small, bits_alone, ...)                                                      \
    .effect = "any difference", .stage = RPE_STAGE_ATTEND, .outputs = true,                                  \
    .small = &(const rpe_small_claim)                                                                        \
    {                                                                                                        \
        visit_small, bits_alone,                                                                             \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

/* Puts every problem that the method supports to visit.  The finding is the worst of all; infinite where bounds say something of
   fewer than half of the numbers, so that nothing passes unlooked at. */
rpe_status rpe_small_check(const rpe_case *subject, const char *name, const rpe_small_claim *claim,
                           rpe_finding *finding, rpe_error *error);

/* Numbers that are freed with the problem; NULL when there is no memory. */
double *rpe_small_array(rpe_small *small, size_t count, rpe_error *error);
/* A copy of `count` numbers times factor, freed likewise. */
double *rpe_small_scaled(rpe_small *small, size_t count, double factor, const double *values,
                         rpe_error *error);
/* B M H V, B M H D, B N H D and B N H V of a problem. */
size_t rpe_small_outputs(const rpe_problem *problem);
size_t rpe_small_queries(const rpe_problem *problem);
size_t rpe_small_keys(const rpe_problem *problem);
size_t rpe_small_values(const rpe_problem *problem);

/* A position that has parameters for each token gets those of the problem's tokens; *fitted is freed by the caller, NULL: it has
   none, or as many. */
rpe_status rpe_small_fit(rpe_problem *problem, rpe_kernel **fitted, rpe_error *error);

/* Outputs of the method [B,M,H,V], from NaN. */
rpe_status rpe_small_attend(rpe_small *small, const rpe_problem *problem, const rpe_noise *noise,
                            const rpe_inputs *inputs, int threads, double **outputs, rpe_error *error);
/* Outputs by the method's definition, and behind them how far those of a right method may be. */
rpe_status rpe_small_define(rpe_small *small, const rpe_problem *problem, const rpe_noise *noise,
                            const rpe_inputs *inputs, double **outputs, double **bounds, rpe_error *error);

/* Both, with the small problem's noise: [B,M,H,V] each. */
typedef struct rpe_small_outcome {
    double *outputs, *expected, *bounds;
} rpe_small_outcome;
rpe_status rpe_small_run(rpe_small *small, const rpe_problem *problem, const rpe_inputs *inputs,
                         rpe_small_outcome *outcome, rpe_error *error);

/* |found - expected| against times * bounds; what a bound beyond a tenth of the largest number leaves open is not judged. */
void rpe_small_judge(rpe_small *small, size_t count, const double *found, const double *expected,
                     double times, const double *bounds);
/* Bits that differ; a pair of which one is not a number differs. */
void rpe_small_judge_bits(rpe_small *small, size_t count, const double *found, const double *expected);

/* The part of given noise that a smaller problem has: its first samples, or the head `head` where that has one head. */
rpe_status rpe_small_noise_part(rpe_given_noise *part, const rpe_given_noise *whole,
                                const rpe_problem *problem, size_t head, rpe_error *error);

/* Hooks `supports`: the method has a definition that bounds rounding; and the mask that the claim needs. */
rpe_status rpe_supports_defined(const rpe_case *subject, rpe_error *reason);
/* The same: a causal output depends on earlier tokens alone. */
rpe_status rpe_supports_earlier(const rpe_case *subject, rpe_error *reason);

#endif
