/* sineSPE: sinusoids with random amplitudes. */
#include <math.h>

#include "rpe_code.h"

rpe_sinusoid rpe_sinusoid_get(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature, size_t k)
{
    size_t i = (head * kernel->features + feature) * kernel->sinusoids + k;
    return (rpe_sinusoid){
        .frequency = kernel->frequency[i],
        .phase = side == RPE_SIDE_QUERY ? kernel->phase[i] : 0.0,
        .gain = kernel->gain[i] * sqrt(1.0 - rpe_kernel_gate(kernel, head, feature)),
    };
}

static size_t noise_axes(const rpe_kernel *kernel)
{
    (void)kernel;
    return 1;
}

static bool noise_extent(const rpe_kernel *kernel, const rpe_positions *queries, const rpe_positions *keys,
                         size_t extent[RPE_AXES_MAX])
{
    (void)queries;
    (void)keys;
    extent[0] = 2 * kernel->sinusoids;
    return extent[0] / 2 == kernel->sinusoids;
}

/* Rows are (d,k,[cos,sin]); columns are ([cos,sin],k,d), so that the loop over d is the inner one. */
static void place(const rpe_kernel *kernel, size_t head, size_t row, size_t *column, double *weight)
{
    size_t feature = row / (2 * kernel->sinusoids), j = row % (2 * kernel->sinusoids), k = j / 2;
    *column = (j % 2 * kernel->sinusoids + k) * kernel->features + feature;
    *weight = rpe_sinusoid_get(kernel, RPE_SIDE_KEY, head, feature, k).gain;
}

/* Cosine and sine of the phases and of a step: see sine_real.c. */
static size_t state_elements(const rpe_kernel *kernel)
{
    return 4 * kernel->features * kernel->sinusoids;
}

const rpe_code rpe_code_sine = {
    .name = "sine",
    .title = "sineSPE",
    .source = "SPE paper, sineSPE",
    .paired = true,
    .realizations_first = false,
    .noise_axes = noise_axes,
    .noise_extent = noise_extent,
    .place = place,
    .state_elements = state_elements,
    .functions = {&rpe_sine_functions_single, &rpe_sine_functions_double},
};
