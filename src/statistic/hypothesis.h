/* p-values and their correction for the number of tests.  Two-sided unless the name says otherwise. */
#ifndef RPE_HYPOTHESIS_H
#define RPE_HYPOTHESIS_H

#include <stddef.h>

/* P(|Z| >= |z|), standard normal. */
double rpe_p_normal(double z);
/* P(|T| >= |t|), Student with the given degrees of freedom (> 0). */
double rpe_p_student(double t, double freedom);
/* Two-sided: 2 min(P(X <= x), P(X >= x)), chi-squared. */
double rpe_p_chi_squared(double x, double freedom);
/* P(sup |F_n - F| >= d) for n values and a continuous F (Marsaglia-Tsang-Wang for small n, asymptotic beyond). */
double rpe_p_kolmogorov(double d, size_t n);
/* Largest |F_n - F| given the sorted values of F at the sample. */
double rpe_kolmogorov_distance(size_t n, const double *sorted_probabilities);
/* Anderson and Darling's A^2 given the sorted values of F at the sample; INFINITY when one of them is 0 or 1. */
double rpe_anderson_darling(size_t n, const double *sorted_probabilities);
/* P(A^2 >= statistic) for n values and a continuous F: the exact law of many values, with Marsaglia and Marsaglia's correction
   for n, which errs by less than 1e-4 for n >= 8; tails below 1e-4 are those of many values. */
double rpe_p_anderson_darling(double statistic, size_t n);

/* Quantiles q with P(|X| >= q) = p. */
double rpe_quantile_normal(double p);
double rpe_quantile_student(double p, double freedom);

/* Holm's step-down adjusted p-values; adjusted may be p.  NaN entries are left out of the family and stay NaN.
   An allocation-free O(n^2) is fine: families are small. */
void rpe_holm_adjust(size_t count, const double *p, double *adjusted);
/* Smallest adjusted p-value; 1 for an empty family. */
double rpe_holm_smallest(size_t count, const double *p);

/* "0.0123", "3.2e-07", "<1e-300"; never "0.0000". */
#define RPE_P_CAPACITY 24
const char *rpe_p_text(double p, char text[RPE_P_CAPACITY]);

#endif
