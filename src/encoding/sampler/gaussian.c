/* Independent standard normals. */
#include "encoding/sampler.h"

static void draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count, double *values,
                 rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_normals(stream, (uint64_t)first * shape->realizations, count * shape->realizations, values);
}

static void draw_single(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        float *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_normals_single(stream, (uint64_t)first * shape->realizations, count * shape->realizations,
                              values);
}

const rpe_sampler rpe_sampler_gaussian = {
    .name = "gaussian",
    .title = "Gaussian",
    .source = "SPE paper",
    .law = {RPE_NOISE_INDEPENDENT, 0.0},
    .isotropic = true,
    .draw = draw,
    .draw_single = draw_single,
};
