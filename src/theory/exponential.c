/* Forms 4 and 14: moments of the exponential score, and of its estimate by positive features. */
#include "rpe_theory_exponential.h"

#include <math.h>

#include "rpe_theory_rows.h"

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

/* ln D+ = -(R/2) ln[1 - 2t(sigma_q^2 + sigma_k^2 + 4c) - 12 t^2 (s^2 - c^2)], infinite unless the bracket is > 0  [form 14] */
static double favor_logarithm(const rpe_theory *theory, double realizations, size_t m, size_t n)
{
    entry_scales at = entry_at(theory, m, n);
    double norms = (theory->query_norms[m] + theory->key_norms[n]) / sqrt((double)theory->features);
    double excess = 2 * (norms + 4 * at.c) / realizations +
                    12 * fmax(0, (at.s - at.c) * (at.s + at.c)) / (realizations * realizations);
    return excess < 1 ? -realizations / 2 * log1p(-excess) : INFINITY;
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
