/* compare of codes: the limit is the bound of their rounding, form 15. */
#include "base/blas.h"
#include "base/memory.h"
#include "cli/compare/compared_arrays.h"
#include "theory/theory_rounding.h"

/* By rpe_compare_type_name.  Half precision: stored in it, with sums and phases in single. */
static const rpe_code_rounding roundings[] = {{0x1p-24, 0x1p-24, 0x1p-11},
                                              {0x1p-24, 0x1p-24, 0.0},
                                              {0x1p-53, 0x1p-53, 0.0},
                                              {0x1p-24, 0x1p-24, 0x1p-8}};

/* The strides of [positions,H,D] along the axes of the files. */
static void strides_fill(const rpe_compared_arrays *compared, rpe_limit *limit)
{
    const rpe_positions *positions = &compared->positions;
    size_t features = compared->kernel->features, stride = features * compared->kernel->heads;
    size_t first = rpe_layout_axis(compared->layout, 'n', compared->axes);
    for (size_t axis = 0; axis < RPE_RANK_MAX; axis++)
        limit->bound_stride[axis] = 0;
    limit->bound_stride[rpe_layout_axis(compared->layout, 'd', compared->axes)] = 1;
    limit->bound_stride[rpe_layout_axis(compared->layout, 'h', compared->axes)] = features;
    for (size_t i = positions->axes; i-- > 0; stride *= positions->extent[i])
        limit->bound_stride[first + i] = stride;
}

rpe_status rpe_compare_codes_limit(rpe_compared_arrays *compared, const size_t types[2], rpe_limit *limit,
                                   rpe_error *error)
{
    size_t rows = compared->kernel->heads * compared->kernel->features;
    rpe_status status = rpe_blas_ready(error);
    if (status != RPE_OK)
        return status;
    compared->bound = rpe_memory_allocate_zero(compared->positions.count, rows * sizeof *compared->bound);
    if (compared->bound == NULL)
        return rpe_error_memory(error, "bound of codes", compared->positions.count,
                                rows * sizeof *compared->bound);
    for (size_t i = 0; i < 2 && status == RPE_OK; i++)
        status = rpe_theory_code_bound(compared->kernel, &compared->positions, compared->realizations,
                                       &roundings[types[i]], compared->bound, error);
    *limit = (rpe_limit){.bound = compared->bound};
    strides_fill(compared, limit);
    return status;
}
