/* The rows u_m, w_n: what each noise row contributes to an encoded query or key.  [spec 4, factored form] */
#include <math.h>

#include "base/memory.h"
#include "theory/theory_rows.h"

/* Samples of each axis, or rows that are no samples on one. */
static rpe_status rows_per_feature(rpe_theory *theory, rpe_error *error)
{
    const rpe_kernel *kernel = theory->kernel;
    if (kernel->type->codes == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "closed forms: expected a kernel of type sine or conv, found %s",
                             kernel->type->name);
    theory->sample_axes =
        rpe_kernel_noise_extent(kernel, &theory->query_positions, &theory->key_positions, theory->samples);
    theory->rows_per_feature =
        rpe_kernel_noise_rows(kernel, &theory->query_positions, &theory->key_positions);
    return theory->rows_per_feature > 0
               ? RPE_OK
               : rpe_error_memory(error, "noise rows", theory->samples[0], theory->samples[0]);
}

/* Only features with a gate above 0 have a gate row. */
rpe_status rpe_theory_rows_plan(rpe_theory *theory, rpe_error *error)
{
    const rpe_kernel *kernel = theory->kernel;
    rpe_status status = rows_per_feature(theory, error);
    if (status != RPE_OK)
        return status;
    size_t head_rows;
    if (!rpe_size_multiply(theory->rows_per_feature, kernel->features, &head_rows))
        return rpe_error_memory(error, "noise rows", theory->rows_per_feature, kernel->features);
    theory->gated = rpe_memory_allocate(theory->features, sizeof *theory->gated);
    if (theory->gated == NULL)
        return rpe_error_memory(error, "gate rows", theory->features, sizeof *theory->gated);
    theory->position_first = theory->first_feature * theory->rows_per_feature;
    theory->position_rows = theory->features * theory->rows_per_feature;
    theory->rows = theory->position_rows;
    theory->gate_first = head_rows;
    for (size_t d = 0; d < theory->first_feature + theory->features; d++) {
        if (!(rpe_kernel_gate(kernel, theory->head, d) > 0))
            continue;
        if (d < theory->first_feature)
            theory->gate_first++;
        else
            theory->gated[theory->rows++ - theory->position_rows] = d - theory->first_feature;
    }
    return RPE_OK;
}

size_t rpe_theory_row_place(const rpe_theory *theory, size_t row)
{
    return row < theory->position_rows ? theory->position_first + row
                                       : theory->gate_first + (row - theory->position_rows);
}

/* u_j of the code: [spec 4] */
static double coefficient(const rpe_theory *theory, rpe_side side, size_t d, size_t j, const ptrdiff_t *place)
{
    ptrdiff_t row[RPE_AXES_MAX];
    for (size_t axis = theory->sample_axes; axis-- > 0; j /= theory->samples[axis])
        row[axis] = (ptrdiff_t)(j % theory->samples[axis]);
    return theory->kernel->type->codes->coefficient(theory->kernel, side, theory->head,
                                                    theory->first_feature + d, row, place);
}

double rpe_theory_row_value(const rpe_theory *theory, rpe_side side, size_t row, size_t position)
{
    bool query = side == RPE_SIDE_QUERY, gate = row >= theory->position_rows;
    size_t d = gate ? theory->gated[row - theory->position_rows] : row / theory->rows_per_feature;
    size_t count = query ? theory->query_positions.count : theory->key_positions.count;
    double x = (query ? theory->queries : theory->keys)[d * count + position];
    double delta = rpe_kernel_gate(theory->kernel, theory->head, theory->first_feature + d);
    if (gate)
        return x * sqrt(delta);
    const ptrdiff_t *place = (query ? theory->query_places : theory->key_places) + position * RPE_AXES_MAX;
    size_t j = row % theory->rows_per_feature;
    return x * sqrt(1 - delta) * coefficient(theory, side, d, j, place);
}

void rpe_theory_rows_fill(const rpe_theory *theory, rpe_side side, size_t first, size_t count, double *panel)
{
    size_t positions = side == RPE_SIDE_QUERY ? theory->query_positions.count : theory->key_positions.count;
    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; m < positions; m++)
            panel[i * positions + m] = rpe_theory_row_value(theory, side, first + i, m);
    }
}
