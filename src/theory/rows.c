/* The rows u_m, w_n: what each noise row contributes to an encoded query or key.  [spec 4, factored form] */
#include <math.h>

#include "rpe_memory.h"
#include "rpe_theory_rows.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* Rows of one feature: sine 2K, conv max(M,N)+P-1 on each axis. */
static rpe_status rows_per_feature(rpe_theory *theory, rpe_error *error)
{
    const rpe_kernel *kernel = theory->kernel;
    if (kernel->sinusoids > 0) {
        theory->rows_per_feature = 2 * kernel->sinusoids;
        return RPE_OK;
    }
    if (kernel->taps == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "closed forms: expected a kernel of type sine or conv, found %s",
                             kernel->type->name);
    theory->rows_per_feature = 1;
    for (size_t axis = 0; axis < kernel->axes; axis++) {
        size_t m = theory->query_positions.extent[axis], n = theory->key_positions.extent[axis];
        theory->samples[axis] = (m > n ? m : n) + kernel->tap_extent[axis] - 1;
        if (!rpe_size_multiply(theory->rows_per_feature, theory->samples[axis], &theory->rows_per_feature))
            return rpe_error_memory(error, "noise rows", theory->rows_per_feature, theory->samples[axis]);
    }
    return RPE_OK;
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

/* lambda_k cos(2 pi f_k m + theta_k) for even j, sin for odd j; theta = 0 on the key side.  Reduced before scaling by pi. */
static double sine_value(const rpe_theory *theory, rpe_side side, size_t d, size_t j, const ptrdiff_t *place)
{
    const rpe_kernel *kernel = theory->kernel;
    size_t k = (theory->head * kernel->features + theory->first_feature + d) * kernel->sinusoids + j / 2;
    double turns = kernel->frequency[k] * (double)place[0];
    double phase = TWO_PI * (turns - rint(turns)) + (side == RPE_SIDE_QUERY ? kernel->phase[k] : 0);
    return kernel->gain[k] * (j % 2 == 0 ? cos(phase) : sin(phase));
}

/* a_d[x - m] or b_d[x - n] at the sample x of the row, 0 outside the taps. */
static double conv_value(const rpe_theory *theory, rpe_side side, size_t d, size_t j, const ptrdiff_t *place)
{
    const rpe_kernel *kernel = theory->kernel;
    size_t tap = 0, scale = 1;
    for (size_t axis = kernel->axes; axis-- > 0;) {
        ptrdiff_t sample = (ptrdiff_t)(j % theory->samples[axis]) - place[axis];
        j /= theory->samples[axis];
        if (sample < 0 || sample >= (ptrdiff_t)kernel->tap_extent[axis])
            return 0;
        tap += (size_t)sample * scale;
        scale *= kernel->tap_extent[axis];
    }
    const double *taps = side == RPE_SIDE_QUERY ? kernel->query_filter : kernel->key_filter;
    return taps[(theory->head * kernel->features + theory->first_feature + d) * kernel->taps + tap];
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
    double value = theory->kernel->sinusoids > 0 ? sine_value(theory, side, d, j, place)
                                                 : conv_value(theory, side, d, j, place);
    return x * sqrt(1 - delta) * value;
}

void rpe_theory_rows_fill(const rpe_theory *theory, rpe_side side, size_t first, size_t count, double *panel)
{
    size_t positions = side == RPE_SIDE_QUERY ? theory->query_positions.count : theory->key_positions.count;
    for (size_t i = 0; i < count; i++) {
        for (size_t m = 0; m < positions; m++)
            panel[i * positions + m] = rpe_theory_row_value(theory, side, first + i, m);
    }
}
