/* convSPE: filtered white noise, on one to three axes. */
#include "rpe_code.h"

static size_t noise_axes(const rpe_kernel *kernel)
{
    return kernel->axes;
}

/* L_i = max(M_i,N_i) + P_i - 1 */
static bool noise_extent(const rpe_kernel *kernel, const rpe_positions *queries, const rpe_positions *keys,
                         size_t extent[RPE_AXES_MAX])
{
    for (size_t i = 0; i < kernel->axes; i++) {
        size_t longest = queries->extent[i] > keys->extent[i] ? queries->extent[i] : keys->extent[i];
        extent[i] = longest + (kernel->tap_extent[i] - 1);
        if (extent[i] < longest)
            return false;
    }
    return true;
}

const rpe_code rpe_code_conv = {
    .name = "conv",
    .title = "convSPE",
    .source = "SPE paper, convSPE",
    .paired = false,
    .realizations_first = true,
    .noise_axes = noise_axes,
    .noise_extent = noise_extent,
    .functions = {&rpe_conv_functions_single, &rpe_conv_functions_double},
};
