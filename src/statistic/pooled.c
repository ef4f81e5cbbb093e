#include "statistic/pooled.h"

#include <math.h>
#include <stdbool.h>

#include "statistic/hypothesis.h"

#define DEVIATE_MOST 37.0 /* beyond it the probability is 0 in double */
#define REACH 64.0        /* ratios are looked for between its inverse and itself */
#define STEPS 60

static double residual_variance(const rpe_two_means *means, double ratio)
{
    return means->variance_y - 2.0 * ratio * means->covariance + ratio * ratio * means->variance_x;
}

/* z with P(Z > z) = P(T > t), t = (y - r x) / sqrt(Var(y - r x)) */
static double deviate_of(const rpe_two_means *means, double ratio)
{
    double difference = means->y - ratio * means->x, variance = residual_variance(means, ratio);
    double p = rpe_p_student(difference / sqrt(fmax(variance, 0.0)), means->freedom);
    double z = p > 0.0 ? fmin(rpe_quantile_normal(p), DEVIATE_MOST) : DEVIATE_MOST;
    return isnan(p) ? 0.0 : copysign(z, difference);
}

/* The deviate that is left wherever within the margin the ratio is. */
static double part_deviate(const rpe_pooled_part *part, double ratio)
{
    if (!(part->margin > 0.0))
        return deviate_of(&part->means, ratio);
    double above = deviate_of(&part->means, ratio * exp(part->margin)),
           below = deviate_of(&part->means, ratio * exp(-part->margin));
    return above > 0.0 ? above : below < 0.0 ? below : 0.0;
}

static bool part_is_used(const rpe_pooled_part *part)
{
    return part->means.x > 0.0 && residual_variance(&part->means, 1.0) > 0.0;
}

/* sum z / sqrt(C) */
static double sum_at(size_t count, const rpe_pooled_part *parts, size_t used, double ratio)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        if (part_is_used(&parts[i]))
            sum += part_deviate(&parts[i], ratio);
    return sum / sqrt((double)used);
}

/* The ratio at which the sum, which falls with it, passes the target: by halves of the logarithm. */
static double ratio_where(size_t count, const rpe_pooled_part *parts, size_t used, double target)
{
    double low = -log(REACH), high = log(REACH);
    if (sum_at(count, parts, used, exp(low)) < target)
        return 0.0;
    if (sum_at(count, parts, used, exp(high)) > target)
        return INFINITY;
    for (int step = 0; step < STEPS; step++) {
        double middle = 0.5 * (low + high);
        if (sum_at(count, parts, used, exp(middle)) > target)
            low = middle;
        else
            high = middle;
    }
    return exp(0.5 * (low + high));
}

static size_t parts_used(size_t count, const rpe_pooled_part *parts)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += part_is_used(&parts[i]) ? 1 : 0;
    return used;
}

double rpe_pooled_p(size_t count, const rpe_pooled_part *parts)
{
    size_t used = parts_used(count, parts);
    return used == 0 ? (double)NAN : rpe_p_normal(sum_at(count, parts, used, 1.0));
}

rpe_contrast rpe_pooled_ratio(size_t count, const rpe_pooled_part *parts, double level, size_t *used)
{
    rpe_contrast contrast = {.value = NAN, .low = NAN, .high = NAN, .standard_error = NAN, .p = NAN};
    *used = parts_used(count, parts);
    if (*used == 0)
        return contrast;
    double reach = rpe_quantile_normal(level);
    contrast.low = ratio_where(count, parts, *used, reach);
    contrast.high = ratio_where(count, parts, *used, -reach);
    /* A margin leaves a plateau of ratios at 0: its middle. */
    contrast.value = sqrt(ratio_where(count, parts, *used, 1e-9) * ratio_where(count, parts, *used, -1e-9));
    contrast.p = rpe_pooled_p(count, parts);
    contrast.standard_error = (log(contrast.high) - log(contrast.low)) / (2.0 * reach);
    return contrast;
}
