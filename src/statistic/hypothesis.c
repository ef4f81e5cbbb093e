#include "statistic/hypothesis.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

double rpe_p_normal(double z)
{
    return isnan(z) ? NAN : 2 * gsl_cdf_ugaussian_Q(fabs(z));
}

double rpe_p_student(double t, double freedom)
{
    if (isnan(t) || !(freedom > 0))
        return NAN;
    return isinf(t) ? 0 : 2 * gsl_cdf_tdist_Q(fabs(t), freedom);
}

double rpe_p_chi_squared(double x, double freedom)
{
    if (isnan(x) || !(freedom > 0))
        return NAN;
    if (x <= 0 || isinf(x))
        return 0;
    double below = gsl_cdf_chisq_P(x, freedom);
    double above = gsl_cdf_chisq_Q(x, freedom);
    return fmin(1, 2 * fmin(below, above));
}

double rpe_quantile_normal(double p)
{
    if (!(p >= 0 && p <= 1))
        return NAN;
    return p == 0 ? INFINITY : gsl_cdf_ugaussian_Qinv(p / 2);
}

double rpe_quantile_student(double p, double freedom)
{
    if (!(p >= 0 && p <= 1) || !(freedom > 0))
        return NAN;
    return p == 0 ? INFINITY : gsl_cdf_tdist_Qinv(p / 2, freedom);
}

/* p_(i) sorted: adjusted_(i) = max over j <= i of min(1, (n - j) p_(j)), j from 0.  What is done already carries a minus
   sign, which costs no memory and works in place. */
void rpe_holm_adjust(size_t count, const double *p, double *adjusted)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        adjusted[i] = isnan(p[i]) ? NAN : fabs(p[i]);
        left += !isnan(p[i]);
    }
    double largest = 0;
    for (; left > 0; left--) {
        size_t next = count;
        for (size_t i = 0; i < count; i++) {
            bool waits = !isnan(adjusted[i]) && !signbit(adjusted[i]);
            if (waits && (next == count || adjusted[i] < adjusted[next]))
                next = i;
        }
        largest = fmax(largest, fmin(1, (double)left * adjusted[next]));
        adjusted[next] = -largest;
    }
    for (size_t i = 0; i < count; i++) {
        if (!isnan(adjusted[i]))
            adjusted[i] = fabs(adjusted[i]);
    }
}

/* The smallest p-value is multiplied by the size of the family, and no adjusted value is below it. */
double rpe_holm_smallest(size_t count, const double *p)
{
    double smallest = 1;
    size_t family = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(p[i]))
            continue;
        family++;
        smallest = fmin(smallest, p[i]);
    }
    return family == 0 ? 1 : fmin(1, (double)family * smallest);
}

const char *rpe_p_text(double p, char text[RPE_P_CAPACITY])
{
    if (isnan(p))
        snprintf(text, RPE_P_CAPACITY, "nan");
    else if (p < 1e-300)
        snprintf(text, RPE_P_CAPACITY, "<1e-300");
    else if (p < 1e-4)
        snprintf(text, RPE_P_CAPACITY, "%.1e", p);
    else
        snprintf(text, RPE_P_CAPACITY, "%.3g", p);
    return text;
}
