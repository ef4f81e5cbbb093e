#include "check/check_score.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "statistic/hypothesis.h"

#define EXACT_BELOW 30 /* degrees of freedom; beyond, the approximation is right to 1e-4 */

static double score_of_tails(double below, double above)
{
    if (below < above)
        return below > 0 ? gsl_cdf_ugaussian_Pinv(below) : -INFINITY;
    return above > 0 ? gsl_cdf_ugaussian_Qinv(above) : INFINITY;
}

double rpe_check_score_chi_squared(double x, double freedom)
{
    if (!(x > 0))
        return -INFINITY;
    if (isinf(x))
        return INFINITY;
    return score_of_tails(gsl_cdf_chisq_P(x, freedom), gsl_cdf_chisq_Q(x, freedom));
}

/* |z| = sqrt(v ln(1 + t^2/v)) (8v + 1)/(8v + 3), Wallace 1959; gain = ln(1 + t^2/v) */
static double score_of_gain(double gain, double freedom)
{
    if (freedom < EXACT_BELOW) {
        double above = gsl_cdf_tdist_Q(sqrt(freedom * expm1(gain)), freedom);
        return above > 0 ? gsl_cdf_ugaussian_Qinv(above) : INFINITY;
    }
    return sqrt(freedom * gain) * (8 * freedom + 1) / (8 * freedom + 3);
}

double rpe_check_score_correlation(double r, double freedom)
{
    double gain = -log1p(-fmin(r * r, 1));
    if (isinf(gain))
        return copysign(INFINITY, r);
    return copysign(score_of_gain(gain, freedom), r);
}

double rpe_check_score_student(double t, double freedom)
{
    if (isinf(t))
        return t;
    return copysign(score_of_gain(log1p(t * t / freedom), freedom), t);
}

double rpe_check_p_largest(double largest, double count)
{
    if (!(count > 0))
        return 1;
    double p = rpe_p_normal(largest);
    return p >= 1 ? 1 : -expm1(count * log1p(-p)); /* 1 - (1 - p)^count */
}
