/* Forms 4 and 14: moments of the exponential score, and of its estimate by positive features. */
#include "theory/theory_exponential.h"

#include <math.h>

#include "theory/theory_rows.h"

/* s and c of one entry, divided by sqrt(D) */
typedef struct entry_scales {
    double s, c;
} entry_scales;

static entry_scales entry_at(const rpe_theory *theory, size_t m, size_t n)
{
    double root = sqrt((double)theory->features);
    return (entry_scales){sqrt(theory->query_norms[m] * theory->key_norms[n]) / root,
                          theory->inner[m * theory->key_positions.count + n] / root};
}

/* E exp(p Shat) is finite iff R > p(c + s)/sqrt(D), for p < 0 iff R > p(c - s)/sqrt(D) */
static double frontier(entry_scales at, double p)
{
    return fmax(p * (at.c + at.s), p * (at.c - at.s));
}

/* -(R/2) ln[(1 - ptc)^2 - p^2 t^2 s^2], the bracket by its factors [1 - pt(c+s)] [1 - pt(c-s)]          [form 4] */
static double moment_logarithm(entry_scales at, double realizations, double p)
{
    if (!(frontier(at, p) < realizations))
        return INFINITY;
    return -realizations / 2 *
           (log1p(-p * (at.c + at.s) / realizations) + log1p(-p * (at.c - at.s) / realizations));
}

static rpe_status count_check(const char *name, size_t count, rpe_error *error)
{
    if (count > 0)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at least 1, found 0", name);
}

rpe_status rpe_theory_exponential_logarithm(const rpe_theory *theory, size_t realizations, double p,
                                            double *logarithm, rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    rpe_status status = count_check("realizations", realizations, error);
    if (status != RPE_OK)
        return status;
    if (!isfinite(p))
        return rpe_error_set(error, RPE_ERROR_INPUT, "power of the exponential: expected a finite number");
    for (size_t i = 0; i < queries * keys; i++)
        logarithm[i] = moment_logarithm(entry_at(theory, i / keys, i % keys), (double)realizations, p);
    return RPE_OK;
}

rpe_status rpe_theory_exponential_moment(const rpe_theory *theory, size_t realizations, double p,
                                         double *moment, rpe_error *error)
{
    size_t entries = theory->query_positions.count * theory->key_positions.count;
    rpe_status status = rpe_theory_exponential_logarithm(theory, realizations, p, moment, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        moment[i] = exp(moment[i]);
    return status;
}

double rpe_theory_exponential_realizations(const rpe_theory *theory, double p, size_t m, size_t n)
{
    return floor(fmax(frontier(entry_at(theory, m, n), p), 0)) + 1;
}

double rpe_theory_exponential_realizations_all(const rpe_theory *theory, double p, bool causal)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double largest = 1;
    for (size_t m = 0; m < queries; m++) {
        for (size_t n = 0; n < keys && (!causal || n <= m); n++)
            largest = fmax(largest, rpe_theory_exponential_realizations(theory, p, m, n));
    }
    return largest;
}

/* ln E exp(p Shat + b |x + y|^2) over the codes, x and y the encoded vectors over R^(1/4), p >= 0, b >= 0:
     -(R/2) ln[1 - 2t(b (sigma_q^2 + sigma_k^2) + (2b + p) c) - 4t^2 ((b + p/2)^2 - b^2) (s^2 - c^2)]
   infinite unless the bracket is > 0: of the two eigenvalues one at most is positive, so that its sign tells.  p = 2, b = 1 is D+. */
static double growth_logarithm(const rpe_theory *theory, double realizations, size_t m, size_t n, double p,
                               double b)
{
    entry_scales at = entry_at(theory, m, n);
    double norms = (theory->query_norms[m] + theory->key_norms[n]) / sqrt((double)theory->features);
    double excess = 2 * (b * norms + (2 * b + p) * at.c) / realizations +
                    p * (4 * b + p) * fmax(0, (at.s - at.c) * (at.s + at.c)) / (realizations * realizations);
    return excess < 1 ? -realizations / 2 * log1p(-excess) : INFINITY;
}

/* D+                                                                                                 [form 14] */
static double favor_logarithm(const rpe_theory *theory, double realizations, size_t m, size_t n)
{
    return growth_logarithm(theory, realizations, m, n, 2, 1);
}

rpe_status rpe_theory_favor_logarithm(const rpe_theory *theory, size_t realizations, double *logarithm,
                                      rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    rpe_status status = count_check("realizations", realizations, error);
    for (size_t i = 0; status == RPE_OK && i < queries * keys; i++)
        logarithm[i] = favor_logarithm(theory, (double)realizations, i / keys, i % keys);
    return status;
}

/* ln(e^x - 1) for x >= 0, without overflow; -INFINITY at 0 */
static double logarithm_minus_one(double x)
{
    return x > 1 ? x + log1p(-exp(-x)) : log(expm1(fmax(x, 0)));
}

rpe_status rpe_theory_favor_variance(const rpe_theory *theory, size_t realizations, size_t features,
                                     double *variance, rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double count = (double)realizations;
    rpe_status status = count_check("realizations", realizations, error);
    if (status == RPE_OK)
        status = count_check("features", features, error);
    /* Var = (D+ - E_2)/F + E_2 - E_1^2, with D+ >= E_2 >= E_1^2 by their logarithms            [form 14] */
    for (size_t i = 0; status == RPE_OK && i < queries * keys; i++) {
        entry_scales at = entry_at(theory, i / keys, i % keys);
        double first = moment_logarithm(at, count, 1), second = moment_logarithm(at, count, 2);
        double plus = favor_logarithm(theory, count, i / keys, i % keys);
        if (isinf(plus) || isinf(second)) {
            variance[i] = INFINITY;
            continue;
        }
        variance[i] = exp(second + logarithm_minus_one(plus - second)) / (double)features +
                      exp(2 * first + logarithm_minus_one(second - 2 * first));
    }
    return status;
}

/* E Y^power - 1, Y = phi(qhat).phi(khat) / E exp(Shat).  Given the codes Y is a mean over F independent projections of
   exp(Shat) z / E exp(Shat), E z^k = exp(k (k-1) |x+y|^2 / 2).  Factors of one projection go together: power = k_1 + k_2 + ...
   with b = sum_i k_i (k_i - 1)/2, in so many ways, for F (F-1) ... of the F^power choices of projections. */
static double power_excess(const rpe_theory *theory, double realizations, double features, size_t m, size_t n,
                           int power)
{
    static const struct {
        int power, parts;
        double ways, b;
    } partitions[] = {{2, 1, 1, 1}, {2, 2, 1, 0}, {3, 1, 1, 3}, {3, 2, 3, 1}, {3, 3, 1, 0},
                      {4, 1, 1, 6}, {4, 2, 4, 3}, {4, 2, 3, 2}, {4, 3, 6, 1}, {4, 4, 1, 0}};
    double sum = 0, first = moment_logarithm(entry_at(theory, m, n), realizations, 1);
    for (size_t i = 0; i < sizeof partitions / sizeof partitions[0]; i++) {
        double share = partitions[i].power == power ? partitions[i].ways : 0;
        for (int j = 1; j < power; j++)
            share *= (j < partitions[i].parts ? features - j : 1) / features;
        if (share > 0)
            sum += share * expm1(growth_logarithm(theory, realizations, m, n, power, partitions[i].b) -
                                 power * first);
    }
    return sum;
}

rpe_status rpe_theory_favor_square_variance(const rpe_theory *theory, size_t realizations, size_t features,
                                            double *variance, rpe_error *error)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double count = (double)realizations, width = (double)features;
    rpe_status status = count_check("realizations", realizations, error);
    if (status == RPE_OK)
        status = count_check("features", features, error);
    /* E (Y - 1)^4 - (E (Y - 1)^2)^2, by excesses: the ones cancel */
    for (size_t i = 0; status == RPE_OK && i < queries * keys; i++) {
        double second = power_excess(theory, count, width, i / keys, i % keys, 2);
        double third = power_excess(theory, count, width, i / keys, i % keys, 3);
        double fourth = power_excess(theory, count, width, i / keys, i % keys, 4);
        variance[i] =
            isfinite(fourth) ? fmax(0, fourth - 4 * third + 6 * second - second * second) : INFINITY;
    }
    return status;
}
