/* Codes of all heads and features of a trial, in units of their standard deviation, for claims on codes. */
#ifndef RPE_CODE_TRIALS_H
#define RPE_CODE_TRIALS_H

#include "quantity/claim/simulate.h"

/* What theory says of the codes of a problem.  A unit is a head and a feature, h*D + d; P = M+N: query positions, then key
   positions. */
typedef struct rpe_code_law {
    const rpe_problem *problem;
    size_t units, positions; /* H*D, P */
    double *deviation;       /* [units,P]: square root of the variance of a code */
    double *correlation;     /* [units,P,P]: form 17, divided by the deviations; 0 where there is no code */
} rpe_code_law;

rpe_status rpe_code_law_create(rpe_code_law *law, const rpe_problem *problem, rpe_error *error);
void rpe_code_law_destroy(rpe_code_law *law);

/* One trial: codes [units,P,R] divided by their deviations -> values [width].  trial: its encoded
   queries and keys, if the test asks for them. */
typedef void (*rpe_code_visit)(const void *context, const rpe_code_law *law, const double *codes,
                               const rpe_trial *trial, double *values);

/* As rpe_trials_for, when the effect, in standard deviations of one value, is that on a mean of `values` independent values. */
size_t rpe_code_trials(const rpe_case *subject, double effect, size_t values);

typedef struct rpe_code_test {
    const char *claim;
    size_t trials, width;
    bool encode; /* encoded queries and keys too */
    rpe_code_visit visit;
    const void *context;
} rpe_code_test;

/* values [trials,width], owned by the caller. */
rpe_status rpe_code_simulate(const rpe_case *subject, const rpe_code_law *law, const rpe_code_test *test,
                             double **values, rpe_error *error);

/* H0: the values have mean 0 (rpe_test_mean_zero). */
rpe_status rpe_code_mean_zero(const rpe_case *subject, const rpe_code_law *law, const rpe_code_test *test,
                              rpe_finding *finding, rpe_error *error);

/* The same of means over realizations, `width` of them a unit; trials for the effect on one. */
rpe_status rpe_code_means_zero(const rpe_case *subject, const char *claim, double effect, size_t width,
                               rpe_code_visit visit, rpe_finding *finding, rpe_error *error);

/* values [rows,columns] = (1/R) sum_r left(i,r) right(j,r) - expected(i,j); what is only rounding becomes 0, since noise that
   makes an entry exact leaves nothing to test. */
void rpe_code_products(size_t realizations, size_t rows, const double *left, size_t columns,
                       const double *right, const double *expected, size_t expected_stride, double *values);

#endif
