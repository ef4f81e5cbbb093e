/* sineSPE: sinusoids with random amplitudes. */
#include <math.h>

#include "encoding/code.h"
#include "position/sine.h"

rpe_sinusoid rpe_sinusoid_get(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature, size_t k)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t i = (head * kernel->features + feature) * sine.sinusoids + k;
    return (rpe_sinusoid){
        .frequency = sine.frequency[i],
        .phase = side == RPE_SIDE_QUERY ? sine.phase[i] : 0.0,
        .gain = sine.gain[i] * sqrt(1.0 - rpe_kernel_gate(kernel, head, feature)),
    };
}

/* Rows are (d,k,[cos,sin]); columns are ([cos,sin],k,d), so that the loop over d is the inner one. */
static void place(const rpe_kernel *kernel, size_t head, size_t row, size_t *column, double *weight)
{
    size_t sinusoids = rpe_sine_of(kernel).sinusoids;
    size_t feature = row / (2 * sinusoids), j = row % (2 * sinusoids), k = j / 2;
    *column = (j % 2 * sinusoids + k) * kernel->features + feature;
    *weight = rpe_sinusoid_get(kernel, RPE_SIDE_KEY, head, feature, k).gain;
}

/* Cosine and sine of the phases and of a step: see sine_real.c. */
static size_t state_elements(const rpe_kernel *kernel)
{
    return 4 * kernel->features * rpe_sine_of(kernel).sinusoids;
}

const rpe_code rpe_code_sine = {
    .name = "sine",
    .title = "sineSPE",
    .source = "SPE paper, sineSPE",
    .place = place,
    .state_elements = state_elements,
    .functions = {&rpe_sine_functions_single, &rpe_sine_functions_double},
};
