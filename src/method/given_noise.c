#include "method/given_noise.h"
#include "base/interrupt.h"

/* Samples along the positions: [R,H,D,...]; else [H,D,rows,R].  Returns the rank. */
static size_t noise_shape(const rpe_problem *problem, size_t shape[RPE_RANK_MAX])
{
    const rpe_kernel *kernel = problem->kernel;
    size_t extent[RPE_AXES_MAX], rank = 0;
    size_t axes = rpe_kernel_noise_extent(kernel, &problem->queries, &problem->keys, extent);
    if (kernel->type->codes->along)
        shape[rank++] = problem->realizations;
    shape[rank++] = kernel->heads;
    shape[rank++] = kernel->features;
    for (size_t axis = 0; axis < axes; axis++)
        shape[rank++] = extent[axis];
    if (!kernel->type->codes->along)
        shape[rank++] = problem->realizations;
    return rank;
}

rpe_status rpe_given_noise_draw(rpe_given_noise *given, const rpe_problem *problem, rpe_stream stream,
                                rpe_error *error)
{
    size_t heads = problem->heads, features = problem->features, size = problem->realizations;
    size_t shape[RPE_RANK_MAX], rank = noise_shape(problem, shape);
    const size_t gate_shape[] = {heads, features, size};
    *given = (rpe_given_noise){0};
    rpe_status status = rpe_array_create(&given->position, RPE_DOUBLE, rank, shape, "given noise", error);
    if (status == RPE_OK && problem->kernel->gate != NULL)
        status = rpe_array_create(&given->gate, RPE_DOUBLE, 3, gate_shape, "given gate noise", error);
    if (status != RPE_OK)
        goto failed;
    size_t count = rpe_array_count(&given->position);
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_NOISE, 0);
    rpe_stream_normals(stream, 0, count, given->position.values);
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_GATE, 0);
    if (given->gate.values != NULL)
        rpe_stream_normals(stream, 0, heads * features * size, given->gate.values);
    given->feature_rows = count / (heads * features * size);
    given->noise.given = &given->position;
    given->noise.gate = given->gate.values != NULL ? &given->gate : NULL;
    status = rpe_interrupt_check("given noise", error);
    if (status == RPE_OK)
        return RPE_OK;
failed:
    rpe_given_noise_destroy(given);
    return status;
}

void rpe_given_noise_destroy(rpe_given_noise *given)
{
    rpe_array_destroy(&given->position);
    rpe_array_destroy(&given->gate);
    *given = (rpe_given_noise){0};
}

rpe_theory_noise rpe_given_noise_rows(const rpe_given_noise *given, const rpe_problem *problem, size_t head)
{
    size_t size = problem->realizations, head_rows = problem->features * given->feature_rows;
    const double *values = given->position.values, *gate = given->gate.values;
    bool along = problem->kernel->type->codes->along;
    return (rpe_theory_noise){.values = values + head * head_rows * (along ? 1 : size),
                              .row_stride = along ? 1 : size,
                              .realization_stride = along ? problem->heads * head_rows : 1,
                              .gate = gate == NULL ? NULL : gate + head * problem->features * size,
                              .gate_row_stride = size,
                              .gate_realization_stride = 1};
}
