/* Sets of positions: 0 .. extent-1 on each axis, in C order. */
#include <math.h>
#include <stdint.h>

#include "base/memory.h"
#include "position/kernel.h"
#include "position/parameter_table.h"

rpe_status rpe_positions_make(rpe_positions *positions, size_t axes, const size_t *extent, const char *name,
                              rpe_error *error)
{
    if (axes < 1 || axes > RPE_AXES_MAX) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected positions on 1 to %d axes, found %zu",
                             name, RPE_AXES_MAX, axes);
    }
    char found[RPE_SHAPE_CAPACITY];
    rpe_positions made = {.axes = axes, .count = 1};
    for (size_t i = 0; i < axes; i++) {
        if (extent[i] == 0) {
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "%s: expected at least 1 position on each axis, found %s", name,
                                 rpe_shape_text(axes, extent, found));
        }
        /* lags are ptrdiff_t */
        if (!rpe_size_multiply(made.count, extent[i], &made.count) || made.count > PTRDIFF_MAX) {
            return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected at most %td positions, found %s", name,
                                 (ptrdiff_t)PTRDIFF_MAX, rpe_shape_text(axes, extent, found));
        }
        made.extent[i] = extent[i];
    }
    *positions = made;
    return RPE_OK;
}

void rpe_positions_coordinates(const rpe_positions *positions, size_t index,
                               ptrdiff_t coordinates[RPE_AXES_MAX])
{
    for (size_t axis = RPE_AXES_MAX; axis-- > 0;) {
        size_t extent = axis < positions->axes ? positions->extent[axis] : 1;
        coordinates[axis] = (ptrdiff_t)(index % extent);
        index /= extent;
    }
}

rpe_place rpe_positions_place(const rpe_positions *positions, size_t index)
{
    rpe_place place = {.index = index};
    ptrdiff_t coordinates[RPE_AXES_MAX] = {0};
    rpe_positions_coordinates(positions, index, coordinates);
    for (size_t axis = 0; axis < positions->axes; axis++) {
        place.at[axis] = positions->given != NULL ? positions->given[index * positions->axes + axis]
                                                  : (double)coordinates[axis];
    }
    return place;
}

bool rpe_positions_sees(const rpe_positions *queries, size_t m, const rpe_positions *keys, size_t n,
                        bool causal)
{
    if (queries->segment != NULL && queries->segment[m] != keys->segment[n]) {
        return false;
    }
    if (!causal) {
        return true;
    }
    bool given = queries->given != NULL || keys->given != NULL;
    return given ? rpe_positions_place(keys, n).at[0] <= rpe_positions_place(queries, m).at[0] : n <= m;
}

static void positions_range(const rpe_positions *positions, size_t axis, double *lowest, double *highest)
{
    *lowest = positions->given != NULL ? INFINITY : 0;
    *highest = positions->given != NULL ? -INFINITY : (double)positions->extent[axis] - 1;
    for (size_t i = 0; positions->given != NULL && i < positions->count; i++) {
        *lowest = fmin(*lowest, positions->given[i * positions->axes + axis]);
        *highest = fmax(*highest, positions->given[i * positions->axes + axis]);
    }
}

void rpe_positions_lags(const rpe_positions *queries, const rpe_positions *keys, size_t axis, double *lowest,
                        double *highest)
{
    double first_query, last_query, first_key, last_key;
    positions_range(queries, axis, &first_query, &last_query);
    positions_range(keys, axis, &first_key, &last_key);
    *lowest = first_query - last_key;
    *highest = last_query - first_key;
}
