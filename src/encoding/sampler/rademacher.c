/* Independent signs. */
#include "encoding/sampler.h"

static void draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count, double *values,
                 rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_signs(stream, (uint64_t)first * shape->realizations, count * shape->realizations, values);
}

static void draw_single(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                        float *values, rpe_workspace *workspace)
{
    (void)workspace;
    rpe_stream_signs_single(stream, (uint64_t)first * shape->realizations, count * shape->realizations,
                            values);
}

const rpe_sampler rpe_sampler_rademacher = {
    .name = "rademacher",
    .title = "Rademacher",
    .source = "spec 5, form 5",
    .law = {RPE_NOISE_INDEPENDENT, -2.0},
    .draw = draw,
    .draw_single = draw_single,
};
