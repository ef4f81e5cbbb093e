/* Inside the layer: what the codes of one feature say. */
#ifndef RPE_CHECK_FEATURE_H
#define RPE_CHECK_FEATURE_H

#include "check/check_outside.h"
#include "check/check_subject.h"

typedef struct rpe_check_feature {
    size_t head, feature;
    size_t rows, rank, unresolved; /* noise rows; directions whitened; and left out */
    bool gated;
    size_t codes, range;       /* positions of both sides in the window; dimension of the range of B there */
    double excess;             /* largest |part outside the range of B| over what the precision allows */
    double outside_squares;    /* sum of the squares of that part */
    rpe_check_outside outside; /* filled where excess > 1 */
    double mean;               /* R sum_i (mean_r w_ri)^2 ~ chi^2 of rank */
    double squares;            /* sum w^2 ~ chi^2 of R rank */
    double direction;  /* largest |score| of the variance of a direction (sine: of a sinusoid's noise) */
    size_t directions; /* how many those are */
    double
        pair_sum; /* sum over pairs of directions of squared scores of their correlation ~ chi^2 of pairs */
    double pairs, pair; /* number of pairs; largest |score| */
    double shape;       /* sum of h(x), x of the noise by its standard deviation; see feature.c */
    double fourth;      /* sum of x^4 */
    size_t entries;     /* number of x */
    double *noise;      /* B^+ g [kept,rows of the window], or NULL: not wanted */
    double *norms;      /* normal scores of sum_i w_ri^2 [R], or NULL */
    double *sample;     /* the first sample_most of x, or NULL */
    size_t sample_most, sample_count;
} rpe_check_feature;

/* Fills all but the pointers, what they point to, sample_most, head and feature.  index chooses the window. */
rpe_status rpe_check_feature_measure(rpe_check_feature *feature, const rpe_check_subject *subject,
                                     const rpe_check_window *window, rpe_error *error);

/* The codes of a feature in the window that starts there, times their factors: stacked [R,M+N]. */
void rpe_check_gather(const rpe_check_feature *feature, const rpe_check_subject *subject,
                      const rpe_check_window *window, const size_t *start, double *stacked);

/* A p-value of the feature on its own; inflation: of the spread of variances, >= 1 (1 for Gaussian noise). */
double rpe_check_feature_p(const rpe_check_feature *feature, size_t realizations, double inflation);

/* E h = 0, Var h for standard normal x; E h = slope * excess kurtosis, nearly. */
double rpe_check_shape_variance(void);
double rpe_check_shape_slope(void);

#endif
