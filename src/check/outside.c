/* What lies outside the range of B, looked at: gate noise that should not be there is one number for all positions. */
#include "check/check_outside.h"

#include "base/memory.h"

/* Sum of squares of the residuals [R,count] along a direction [count], over the direction's own; 0 for a direction of 0. */
static double squares_along(const double *residual, size_t realizations, size_t count,
                            const double *direction)
{
    double length = 0, sum = 0;
    for (size_t i = 0; i < count; i++)
        length += direction[i] * direction[i];
    for (size_t r = 0; length > 0 && r < realizations; r++) {
        double product = 0;
        for (size_t i = 0; i < count; i++)
            product += residual[r * count + i] * direction[i];
        sum += product * product / length;
    }
    return sum;
}

/* b <- b - a (a.b)/(a.a); what is left of b is 0 where b was a multiple of a. */
static void take_out(size_t count, const double *a, double *b)
{
    double products = 0, squares = 0, before = 0, after = 0;
    for (size_t i = 0; i < count; i++) {
        products += a[i] * b[i];
        squares += a[i] * a[i];
        before += b[i] * b[i];
    }
    for (size_t i = 0; squares > 0 && i < count; i++)
        b[i] -= a[i] * products / squares;
    for (size_t i = 0; i < count; i++)
        after += b[i] * b[i];
    for (size_t i = 0; after <= 1e-12 * before && i < count; i++)
        b[i] = 0;
}

/* ones [2,count]: 1 at all positions, 1 at those of the queries; what of them lies outside the range of B goes into
   directions [2,count], made orthogonal, so that the shares of the two add up. */
rpe_status rpe_check_outside_find(rpe_check_outside *outside, const rpe_theory_codes *codes, size_t queries,
                                  size_t realizations, const double *residual, rpe_error *error)
{
    size_t count = codes->count;
    double *ones = rpe_memory_allocate(4, count * sizeof *ones), all = 0;
    *outside = (rpe_check_outside){.dimension = count - codes->range};
    if (ones == NULL)
        return rpe_error_memory(error, "directions of the gate", 4, count * sizeof *ones);
    double *directions = ones + 2 * count;
    for (size_t i = 0; i < count; i++) {
        ones[i] = 1;
        ones[count + i] = i < queries ? 1 : 0;
    }
    rpe_status status = rpe_theory_codes_whiten(codes, 2, ones, NULL, directions, error);
    if (status == RPE_OK) {
        for (size_t i = 0; i < realizations * count; i++)
            all += residual[i] * residual[i];
        double scale = (double)count * 1e-12, common = 0;
        for (size_t i = 0; i < count; i++)
            common += directions[i] * directions[i];
        for (size_t i = 0; common < scale && i < count; i++)
            directions[i] = 0; /* rounding of a direction that lies in the range: the kernel has a gate */
        take_out(count, directions, directions + count);
        if (all > 0) {
            outside->common = squares_along(residual, realizations, count, directions) / all;
            outside->sided =
                outside->common + squares_along(residual, realizations, count, directions + count) / all;
        }
    }
    rpe_memory_free(ones);
    return status;
}
