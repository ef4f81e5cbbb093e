#include "statistic/front.h"

#include <math.h>

static double low_of(const rpe_bounded *number)
{
    return isnan(number->low) ? -INFINITY : number->low;
}

static double high_of(const rpe_bounded *number)
{
    return isnan(number->high) ? INFINITY : number->high;
}

/* At least as good in both and better in one. */
static bool better(double cost, double error, double than_cost, double than_error)
{
    return cost <= than_cost && error <= than_error && (cost < than_cost || error < than_error);
}

rpe_front_place rpe_front_place_find(size_t count, const rpe_front_point *points, size_t index)
{
    const rpe_front_point *own = &points[index];
    bool beaten = false, surely = false, perhaps = false;
    for (size_t i = 0; i < count; i++) {
        const rpe_front_point *other = &points[i];
        if (i == index)
            continue;
        beaten = beaten || better(other->cost.value, other->error.value, own->cost.value, own->error.value);
        surely = surely || better(high_of(&other->cost), high_of(&other->error), low_of(&own->cost),
                                  low_of(&own->error));
        perhaps = perhaps || better(low_of(&other->cost), low_of(&other->error), high_of(&own->cost),
                                    high_of(&own->error));
    }
    return (rpe_front_place){.on = !beaten, .certain = beaten ? surely : !perhaps};
}
