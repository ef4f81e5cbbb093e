#include "method/rotation.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "method/rotated_rows.h"
#include "method/turns.h"
#include "position/rotary.h"

struct rpe_rotation {
    const rpe_kernel *kernel;
    rpe_precision precision;
    size_t batch, heads, size, counts[2]; /* of positions, by rpe_side */
    rpe_turns turns;                      /* of the pairs */
};

static rpe_status turns_make(rpe_rotation *rotation, rpe_error *error)
{
    size_t pairs = rpe_rotary_pairs(rotation->kernel);
    double *angles = rpe_memory_allocate(pairs, sizeof *angles);
    if (angles == NULL)
        return rpe_error_memory(error, "angles of pairs", pairs, sizeof *angles);
    for (size_t j = 0; j < pairs; j++)
        angles[j] = rpe_rotary_angle(rotation->kernel, j);
    rpe_status status = rpe_turns_make(&rotation->turns, pairs, angles, error);
    rpe_memory_free(angles);
    return status;
}

rpe_status rpe_rotation_create(rpe_rotation **rotation, const rpe_problem *problem, rpe_error *error)
{
    rpe_rotation *made = rpe_memory_allocate_zero(1, sizeof *made);
    if (made == NULL)
        return rpe_error_memory(error, "rotation", 1, sizeof *made);
    *made = (rpe_rotation){.kernel = problem->kernel,
                           .precision = problem->precision,
                           .batch = problem->batch,
                           .heads = problem->heads,
                           .size = problem->features,
                           .counts = {problem->queries.count, problem->keys.count}};
    rpe_status status = turns_make(made, error);
    if (status == RPE_OK)
        *rotation = made;
    else
        rpe_rotation_destroy(made);
    return status;
}

void rpe_rotation_destroy(rpe_rotation *rotation)
{
    if (rotation != NULL)
        rpe_turns_destroy(&rotation->turns);
    rpe_memory_free(rotation);
}

/* ---- some rows ---- */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Byte of a position's first element. */
static size_t vector_at(const rpe_rotation *rotation, rpe_side side, size_t item, size_t head,
                        size_t position)
{
    size_t row = (item * rotation->counts[side] + position) * rotation->heads + head;
    return row * rotation->size * rpe_precision_size(rotation->precision);
}

/* Cosines and sines of some positions. */
static size_t tables_bytes(const rpe_rotation *rotation)
{
    size_t table = rpe_workspace_bytes(RPE_LINEAR_POSITIONS * rotation->turns.numbers,
                                       rpe_precision_size(rotation->precision));
    return rpe_workspace_sum(rpe_turns_bytes(&rotation->turns), rpe_workspace_sum(table, table));
}

/* `count` rows of one head, the first at `from` among all of the side, to rows `to_stride` elements apart. */
static void rows_turn(const rpe_rotation *rotation, const unsigned char *from, size_t first, size_t count,
                      void *to, size_t to_stride, rpe_workspace *workspace)
{
    static rpe_turns_function *const take[2] = {rpe_turns_take_single, rpe_turns_take_double};
    static rpe_rotated_rows_function *const turn[2] = {rpe_rotated_rows_turn_single,
                                                       rpe_rotated_rows_turn_double};
    size_t mark = workspace->used, element = rpe_precision_size(rotation->precision);
    size_t pairs = rotation->turns.numbers, a, b;
    void *cosine = rpe_workspace_take(workspace, count * pairs, element);
    void *sine = rpe_workspace_take(workspace, count * pairs, element);
    rpe_rotated_rows rows = {.count = count,
                             .size = rotation->size,
                             .pairs = pairs,
                             .from = from,
                             .from_stride = rotation->heads * rotation->size,
                             .cosine = cosine,
                             .sine = sine,
                             .to = to,
                             .to_stride = to_stride};
    rpe_rotary_pair(rotation->kernel, 0, &a, &b);
    rows.halves = b == pairs;
    take[rotation->precision](&rotation->turns, first, count, cosine, sine, workspace);
    turn[rotation->precision](&rows);
    rpe_workspace_release(workspace, mark);
}

size_t rpe_rotation_rows_bytes(const rpe_rotation *rotation)
{
    return rpe_workspace_sum(
        tables_bytes(rotation),
        rpe_workspace_bytes(RPE_LINEAR_POSITIONS * rotation->size, rpe_precision_size(rotation->precision)));
}

rpe_linear_rows rpe_rotation_rows(const rpe_rotation *rotation, rpe_side side, const void *vectors,
                                  size_t item, size_t head, size_t first, size_t count,
                                  rpe_workspace *workspace)
{
    void *rows = rpe_workspace_take(workspace, RPE_LINEAR_POSITIONS * rotation->size,
                                    rpe_precision_size(rotation->precision));
    rows_turn(rotation, (const unsigned char *)vectors + vector_at(rotation, side, item, head, first), first,
              count, rows, rotation->size, workspace);
    return (rpe_linear_rows){rows, (ptrdiff_t)rotation->size};
}

/* ---- all rows ---- */

static size_t side_count(const rpe_rotation *rotation, rpe_side side)
{
    return rotation->batch * rotation->counts[side] * rotation->heads * rotation->size;
}

size_t rpe_rotation_bytes(const rpe_rotation *rotation)
{
    size_t element = rpe_precision_size(rotation->precision);
    size_t bytes = rpe_workspace_sum(rpe_workspace_bytes(side_count(rotation, RPE_SIDE_QUERY), element),
                                     rpe_workspace_bytes(side_count(rotation, RPE_SIDE_KEY), element));
    return rpe_workspace_sum(bytes, tables_bytes(rotation));
}

typedef struct rotation_call {
    const rpe_rotation *rotation;
    rpe_side side;
    const unsigned char *from;
    unsigned char *to; /* [B,M,H,S], as from */
    rpe_workspace *workspaces;
} rotation_call;

static size_t chunks_of(const rpe_rotation *rotation, rpe_side side)
{
    return (rotation->counts[side] + RPE_LINEAR_POSITIONS - 1) / RPE_LINEAR_POSITIONS;
}

/* Some positions of one head of one item. */
static void chunk_turn(void *context, size_t index, int thread)
{
    const rotation_call *call = context;
    const rpe_rotation *rotation = call->rotation;
    size_t chunks = chunks_of(rotation, call->side), pair = index / chunks;
    size_t first = index % chunks * RPE_LINEAR_POSITIONS;
    size_t at = vector_at(rotation, call->side, pair / rotation->heads, pair % rotation->heads, first);
    rows_turn(rotation, call->from + at, first,
              smaller(RPE_LINEAR_POSITIONS, rotation->counts[call->side] - first), call->to + at,
              rotation->heads * rotation->size, &call->workspaces[thread]);
}

static const void *side_turn(const rpe_rotation *rotation, rpe_side side, const void *vectors, int threads,
                             rpe_workspace *workspaces)
{
    void *turned = rpe_workspace_take(&workspaces[0], side_count(rotation, side),
                                      rpe_precision_size(rotation->precision));
    rotation_call call = {rotation, side, vectors, turned, workspaces};
    rpe_parallel_for(rotation->batch * rotation->heads * chunks_of(rotation, side), threads, chunk_turn,
                     &call);
    return turned;
}

rpe_inputs rpe_rotation_apply(const rpe_rotation *rotation, const rpe_inputs *inputs, int threads,
                              rpe_workspace *workspaces)
{
    const void *queries = side_turn(rotation, RPE_SIDE_QUERY, inputs->queries, threads, workspaces);
    const void *keys = side_turn(rotation, RPE_SIDE_KEY, inputs->keys, threads, workspaces);
    return (rpe_inputs){queries, keys, inputs->values};
}

/* ---- the definition ---- */

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
        /* Phases are products in double. */
        double phase = DBL_EPSILON * (2 + fabs(position * rpe_rotary_angle(problem->kernel, j)));
        double rounding = (4 * definition->rounding + phase) * (fabs(first) + fabs(second)) + e[a] + e[b];
        x[a] = first * cosine - second * sine;
        x[b] = first * sine + second * cosine;
        e[a] = e[b] = rounding;
    }
    *rows = (rpe_known_rows){rows->count, rows->size, values, errors};
    *owned = values;
    return RPE_OK;
}
