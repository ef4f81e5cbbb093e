/* Which vectors and values are in the range where nothing can leave the precision. */
#include <math.h>

#include "attention/linear/linear_wide.h"

/* What is safe: |x| of a vector or value that is not 0.  Features that are proportional to the vector can be as small as it
   is, and low^3 must be a normal number; others are about 1, or have exponents.  high^3 leaves room for the number of
   features and keys, and beside the headroom of a causal chunk.  Of other features it is said nothing: they may fall as fast as
   e^-|x|, or where they are 0 at 0 as x^2. */
static const struct {
    double low, low_values, high;
} ranges[2] = {[RPE_SINGLE] = {0x1p-40, 0x1p-90, 0x1p30}, [RPE_DOUBLE] = {0x1p-330, 0x1p-900, 0x1p300}};

typedef struct range {
    double low, high;
} range;

/* Whether features have neither exponents nor the vector's size. */
static bool any_size(const rpe_feature_map *map)
{
    return !map->exponential && !map->proportional && map->norm == 0;
}

static range vectors_range(const rpe_linear *linear)
{
    const rpe_feature_map *map = linear->map;
    double low = ranges[linear->precision].low, high = ranges[linear->precision].high;
    if (map->products) {
        return (range){0, sqrt(high)};
    }
    if (any_size(map)) {
        double most = -log(low) * sqrt(sqrt((double)linear->shape.size)) / rpe_feature_map_unit(map);
        return (range){map->define[0](0) == 0 ? sqrt(low) : 0, fmin(high, most)};
    }
    return (range){map->proportional ? low : 0, high};
}

static bool rows_tame(const rpe_linear *linear, rpe_linear_rows rows, size_t count, size_t width, range safe)
{
    return linear->functions->tame(rows, count, width, safe.low, safe.high);
}

bool rpe_linear_vectors_tame(const rpe_linear *linear, rpe_linear_rows vectors, size_t count)
{
    return rows_tame(linear, vectors, count, linear->shape.size, vectors_range(linear));
}

bool rpe_linear_values_tame(const rpe_linear *linear, rpe_linear_rows values, size_t count)
{
    bool small = linear->map->proportional || (any_size(linear->map) && !linear->map->products);
    double low = small ? ranges[linear->precision].low : ranges[linear->precision].low_values;
    return rows_tame(linear, values, count, linear->shape.values,
                     (range){low, ranges[linear->precision].high});
}
