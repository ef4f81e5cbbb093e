#include "rpe_given_noise.h"
#include "rpe_interrupt.h"

/* [H,D,2K,R], or [R,H,D,max(M,N)+P-1 on each axis]; returns the rank. */
static size_t noise_shape(const rpe_problem *problem, size_t shape[RPE_RANK_MAX])
{
    const rpe_kernel *kernel = problem->kernel;
    size_t rank = 0;
    if (kernel->sinusoids == 0)
        shape[rank++] = problem->realizations;
    shape[rank++] = kernel->heads;
    shape[rank++] = kernel->features;
    if (kernel->sinusoids > 0) {
        shape[rank++] = 2 * kernel->sinusoids;
        shape[rank++] = problem->realizations;
        return rank;
    }
    for (size_t axis = 0; axis < kernel->axes; axis++) {
        size_t m = problem->queries.extent[axis], n = problem->keys.extent[axis];
        shape[rank++] = (m > n ? m : n) + kernel->tap_extent[axis] - 1;
    }
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
    bool sine = problem->kernel->sinusoids > 0;
    return (rpe_theory_noise){.values = values + head * head_rows * (sine ? size : 1),
                              .row_stride = sine ? size : 1,
                              .realization_stride = sine ? 1 : problem->heads * head_rows,
                              .gate = gate == NULL ? NULL : gate + head * problem->features * size,
                              .gate_row_stride = size,
                              .gate_realization_stride = 1};
}
