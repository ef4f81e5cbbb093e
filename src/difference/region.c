/* Products of slices, element by element. */
#include "difference/difference.h"

size_t rpe_region_size(const rpe_region *region)
{
    size_t size = 1;
    for (size_t axis = 0; axis < region->rank; axis++)
        size *= region->count[axis];
    return size;
}

bool rpe_region_is_full(const rpe_region *region, size_t axis)
{
    return region->count[axis] == region->shape[axis];
}

void rpe_region_place(const rpe_region *region, const size_t at[RPE_RANK_MAX], rpe_difference_place *place)
{
    place->flat = 0;
    for (size_t axis = 0; axis < region->rank; axis++) {
        place->at[axis] = at[axis];
        place->index[axis] = region->slices[axis][at[axis]];
        place->flat += place->index[axis] * region->stride[axis];
    }
}

void rpe_region_first(const rpe_region *region, rpe_difference_place *place)
{
    static const size_t origin[RPE_RANK_MAX] = {0};
    rpe_region_place(region, origin, place);
}

bool rpe_region_next(const rpe_region *region, rpe_difference_place *place)
{
    for (size_t axis = region->rank; axis-- > 0;) {
        size_t before = place->index[axis],
               next = ++place->at[axis] < region->count[axis] ? place->at[axis] : 0;
        place->at[axis] = next;
        place->index[axis] = region->slices[axis][next];
        place->flat += (place->index[axis] - before) * region->stride[axis]; /* wraps around as it should */
        if (next > 0)
            return true;
    }
    return false;
}
