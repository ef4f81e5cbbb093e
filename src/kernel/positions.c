/* Sets of positions: 0 .. extent-1 on each axis, in C order. */
#include <stdint.h>

#include "rpe_kernel.h"
#include "rpe_memory.h"

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
