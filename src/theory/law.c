/* Form 9: the law of one score under Gaussian noise, and bounds from it. */
#include <math.h>

#include "theory/theory_rows.h"

/* s and c of one entry */
typedef struct entry_scales {
    double s, c;
} entry_scales;

static entry_scales entry_at(const rpe_theory *theory, size_t m, size_t n)
{
    return (entry_scales){sqrt(theory->query_norms[m] * theory->key_norms[n]),
                          theory->inner[m * theory->key_positions.count + n]};
}

rpe_theory_law rpe_theory_score_law(const rpe_theory *theory, size_t realizations, size_t m, size_t n)
{
    entry_scales at = entry_at(theory, m, n);
    double s = at.s, c = at.c, count = (double)realizations, size = (double)theory->features,
           root = sqrt(size);
    double s2 = s * s, c2 = c * c;
    /* kappa_3 = 2c(c^2 + 3s^2) / (R^2 D^(3/2)), kappa_4 = 6(c^4 + 6c^2 s^2 + s^4) / (R^3 D^2),
       Shat =(d) [(s+c) A - (s-c) B] / (2R sqrt(D))                                      [form 9] */
    return (rpe_theory_law){.mean = c / root,
                            .variance = (s2 + c2) / (count * size),
                            .third_cumulant = 2 * c * (c2 + 3 * s2) / (count * count * size * root),
                            .fourth_cumulant =
                                6 * (c2 * c2 + 6 * c2 * s2 + s2 * s2) / (count * count * count * size * size),
                            .positive_weight = (s + c) / (2 * count * root),
                            .negative_weight = (s - c) / (2 * count * root)};
}

double rpe_theory_variance_of_variance(const rpe_theory_law *law, size_t trials)
{
    /* kappa_4/T + 2V^2/(T-1)                                                            [form 9] */
    return law->fourth_cumulant / (double)trials + 2 * law->variance * law->variance / ((double)trials - 1);
}

double rpe_theory_tail_deviation(const rpe_theory *theory, size_t realizations, size_t m, size_t n, int sign,
                                 double x)
{
    entry_scales at = entry_at(theory, m, n);
    double count = (double)realizations, size = (double)theory->features;
    double variance = (at.s * at.s + at.c * at.c) / (count * size);
    /* sqrt(2xV) + (s +- c)x / (R sqrt(D))                                               [form 9] */
    return sqrt(2 * x * variance) + (sign < 0 ? at.s - at.c : at.s + at.c) * x / (count * sqrt(size));
}

double rpe_theory_realizations_needed(const rpe_theory *theory, double epsilon, double eta)
{
    size_t queries = theory->query_positions.count, keys = theory->key_positions.count;
    double size = (double)theory->features;
    double x = log(2 * (double)queries * (double)keys / eta), worst = 1;
    for (size_t m = 0; m < queries; m++) {
        for (size_t n = 0; n < keys; n++) {
            /* R >= ((sqrt(2x RV) + sqrt(2x RV + 4 epsilon b x)) / (2 epsilon))^2, b = (s + |c|)/sqrt(D)   [form 9] */
            entry_scales at = entry_at(theory, m, n);
            double spread = 2 * x * (at.s * at.s + at.c * at.c) / size, b = (at.s + fabs(at.c)) / sqrt(size);
            double root = (sqrt(spread) + sqrt(spread + 4 * epsilon * b * x)) / (2 * epsilon);
            worst = fmax(worst, root * root);
        }
    }
    return ceil(worst);
}
