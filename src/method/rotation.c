#include "rpe_rotation.h"

#include <math.h>
#include <string.h>

#include "rpe_memory.h"
#include "rpe_parallel.h"
#include "rpe_rotary.h"

struct rpe_rotation {
    const rpe_kernel *kernel;
    rpe_precision precision;
    rpe_positions positions[2]; /* by rpe_side */
    size_t batch, heads, size;
};

rpe_status rpe_rotation_create(rpe_rotation **rotation, const rpe_problem *problem, rpe_error *error)
{
    rpe_rotation *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "rotation", 1, sizeof *made);
    *made = (rpe_rotation){.kernel = problem->kernel,
                           .precision = problem->precision,
                           .positions = {problem->queries, problem->keys},
                           .batch = problem->batch,
                           .heads = problem->heads,
                           .size = problem->features};
    *rotation = made;
    return RPE_OK;
}

void rpe_rotation_destroy(rpe_rotation *rotation)
{
    rpe_memory_free(rotation);
}

static size_t side_count(const rpe_rotation *rotation, int side)
{
    return rotation->batch * rotation->positions[side].count * rotation->heads * rotation->size;
}

size_t rpe_rotation_bytes(const rpe_rotation *rotation)
{
    size_t element = rpe_precision_size(rotation->precision);
    return rpe_workspace_sum(rpe_workspace_bytes(side_count(rotation, RPE_SIDE_QUERY), element),
                             rpe_workspace_bytes(side_count(rotation, RPE_SIDE_KEY), element));
}

typedef struct rotation_call {
    const rpe_rotation *rotation;
    int side;
    void *rows; /* [B,M,H,S], turned in place */
} rotation_call;

/* (x_a, x_b) <- (x_a cos - x_b sin, x_a sin + x_b cos) */
#define TURN(real)                                                                                           \
    for (size_t h = 0; h < rotation->heads; h++) {                                                           \
        real *x = (real *)call->rows + (row * rotation->heads + h) * rotation->size;                         \
        real first = x[a], second = x[b];                                                                    \
        x[a] = (real)(first * cosine - second * sine);                                                       \
        x[b] = (real)(first * sine + second * cosine);                                                       \
    }

/* One position of one item: all heads turn alike. */
static void row_turn(void *context, size_t row, int thread)
{
    const rotation_call *call = context;
    const rpe_rotation *rotation = call->rotation;
    const rpe_positions *positions = &rotation->positions[call->side];
    double position = rpe_positions_place(positions, row % positions->count).at[0];
    (void)thread;
    for (size_t j = 0; j < rpe_rotary_pairs(rotation->kernel); j++) {
        size_t a, b;
        double cosine, sine;
        rpe_rotary_pair(rotation->kernel, j, &a, &b);
        rpe_rotary_turn(rotation->kernel, j, position, &cosine, &sine);
        if (rotation->precision == RPE_SINGLE) {
            TURN(float)
        } else {
            TURN(double)
        }
    }
}

static const void *side_turn(const rpe_rotation *rotation, int side, const void *vectors, int threads,
                             rpe_workspace *workspace)
{
    size_t element = rpe_precision_size(rotation->precision), count = side_count(rotation, side);
    rotation_call call = {rotation, side, rpe_workspace_take(workspace, count, element)};
    memcpy(call.rows, vectors, count * element);
    rpe_parallel_for(rotation->batch * rotation->positions[side].count, threads, row_turn, &call);
    return call.rows;
}

rpe_inputs rpe_rotation_apply(const rpe_rotation *rotation, const rpe_inputs *inputs, int threads,
                              rpe_workspace *workspace)
{
    const void *queries = side_turn(rotation, RPE_SIDE_QUERY, inputs->queries, threads, workspace);
    const void *keys = side_turn(rotation, RPE_SIDE_KEY, inputs->keys, threads, workspace);
    return (rpe_inputs){queries, keys, inputs->values};
}

rpe_status rpe_rotation_define(rpe_known_rows *rows, rpe_side side, const rpe_definition *definition,
                               double **owned, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    const rpe_positions *positions = side == RPE_SIDE_QUERY ? &problem->queries : &problem->keys;
    size_t count = rows->count * rows->size;
    double *values = rpe_memory_allocate(2 * count, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "rotated vectors", 2 * count, sizeof *values);
    double *errors = values + count;
    memcpy(values, rows->values, count * sizeof *values);
    memcpy(errors, rows->errors, count * sizeof *errors);
    for (size_t i = 0; i < rows->count * rpe_rotary_pairs(problem->kernel); i++) {
        size_t m = i % rows->count, j = i / rows->count, a, b;
        double cosine, sine, position = rpe_positions_place(positions, m).at[0];
        rpe_rotary_pair(problem->kernel, j, &a, &b);
        rpe_rotary_turn(problem->kernel, j, position, &cosine, &sine);
        double *x = values + m * rows->size, *e = errors + m * rows->size, first = x[a], second = x[b];
        double rounding = 4 * definition->rounding * (fabs(first) + fabs(second)) + e[a] + e[b];
        x[a] = first * cosine - second * sine;
        x[b] = first * sine + second * cosine;
        e[a] = e[b] = rounding;
    }
    *rows = (rpe_known_rows){rows->count, rows->size, values, errors};
    *owned = values;
    return RPE_OK;
}
