/* The tilt of the projections of each head and item, from the vectors that it attends.  [families D] */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "attention/linear/linear_apply.h"
#include "attention/map/tilt.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Room for the fit of one pair. */
typedef struct tilt_room {
    double *matrix, *means; /* [S,S] of u u^T; [2,S] by side */
    rpe_tilt tilt;
} tilt_room;

static size_t square_bytes(size_t size)
{
    size_t count;
    return rpe_size_multiply(size, size, &count) ? rpe_workspace_bytes(count, sizeof(double)) : SIZE_MAX;
}

static size_t room_bytes(const rpe_linear *linear)
{
    size_t size = linear->shape.size, square = square_bytes(size);
    size_t bytes = rpe_workspace_sum(square, square);
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(2 * size, sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(size, sizeof(double)));
}

static tilt_room room_take(const rpe_linear *linear, rpe_workspace *workspace)
{
    size_t size = linear->shape.size;
    return (tilt_room){.matrix = rpe_workspace_take(workspace, size * size, sizeof(double)),
                       .means = rpe_workspace_take(workspace, 2 * size, sizeof(double)),
                       .tilt = {.axes = rpe_workspace_take(workspace, size * size, sizeof(double)),
                                .rho = rpe_workspace_take(workspace, size, sizeof(double))}};
}

static void tilt_given(size_t size, double rho, const rpe_tilt *tilt)
{
    for (size_t s = 0; s < size; s++) {
        tilt->rho[s] = rho > 0 ? rho : 1;
    }
    for (size_t i = 0; i < size * size; i++) {
        tilt->axes[i] = i % (size + 1) == 0;
    }
}

/* ---- the mean of u u^T = mean x x^T + mean y y^T + xbar ybar^T + ybar xbar^T ---- */

static double element(const rpe_linear *linear, const void *values, ptrdiff_t index)
{
    return linear->precision == RPE_SINGLE ? (double)((const float *)values)[index]
                                           : ((const double *)values)[index];
}

/* share: 1/(root^2 count) */
static void add_row(const rpe_linear *linear, rpe_linear_rows rows, size_t row, double share, double *means,
                    double *matrix)
{
    size_t size = linear->shape.size;
    ptrdiff_t at = (ptrdiff_t)row * rows.stride;
    for (size_t i = 0; i < size; i++) {
        double x = element(linear, rows.values, at + (ptrdiff_t)i);
        size_t end = linear->map->tilt->products ? size : i + 1;
        means[i] += x;
        for (size_t j = i; j < end; j++) {
            matrix[i * size + j] += share * x * element(linear, rows.values, at + (ptrdiff_t)j);
        }
    }
}

static void add_side(const rpe_linear_call *call, rpe_side side, size_t pair, int thread,
                     const tilt_room *room)
{
    const rpe_linear *linear = call->pass.linear;
    rpe_workspace *workspace = &call->workspaces[thread];
    size_t size = linear->shape.size, mark = workspace->used;
    size_t positions = side == RPE_SIDE_QUERY ? linear->shape.queries : linear->shape.keys;
    double root = rpe_feature_map_root(linear->map, size), *means = room->means + (size_t)side * size;
    for (size_t first = 0, count; first < positions; first += count) {
        count = positions - first < RPE_LINEAR_POSITIONS ? positions - first : RPE_LINEAR_POSITIONS;
        rpe_linear_rows rows = rpe_linear_call_vectors(call, side, pair, first, count, thread);
        for (size_t n = 0; n < count; n++) {
            add_row(linear, rows, n, 1 / (root * root * (double)positions), means, room->matrix);
        }
        rpe_workspace_release(workspace, mark);
    }
    for (size_t i = 0; i < size; i++) {
        means[i] /= root * fmax(1, (double)positions);
    }
}

static void fit_pair(const rpe_linear_call *call, size_t pair, int thread, const tilt_room *room)
{
    const rpe_linear *linear = call->pass.linear;
    size_t size = linear->shape.size;
    const double *x = room->means, *y = room->means + size;
    memset(room->matrix, 0, size * size * sizeof *room->matrix);
    memset(room->means, 0, 2 * size * sizeof *room->means);
    add_side(call, RPE_SIDE_QUERY, pair, thread, room);
    add_side(call, RPE_SIDE_KEY, pair, thread, room);
    for (size_t i = 0; i < size; i++) {
        for (size_t j = i; j < size; j++) {
            room->matrix[i * size + j] += x[i] * y[j] + y[i] * x[j];
            room->matrix[j * size + i] = room->matrix[i * size + j];
        }
    }
    linear->map->tilt->fit(size, room->matrix, &room->tilt);
}

/* ---- what follows ---- */

static size_t pairs_count(const rpe_linear *linear)
{
    return linear->shape.batch * linear->shape.heads;
}

/* Of a pair, in double: projections [F,S] and factors [F]. */
static size_t rows_elements(const rpe_linear *linear)
{
    return linear->projections * (linear->shape.size + 1);
}

static size_t of_pairs_bytes(const rpe_linear *linear, size_t elements, size_t element_bytes)
{
    size_t count;
    return rpe_size_multiply(pairs_count(linear), elements, &count)
               ? rpe_workspace_bytes(count, element_bytes)
               : SIZE_MAX;
}

size_t rpe_linear_tilt_bytes(const rpe_linear *linear)
{
    if (linear->map->tilt == NULL) {
        return 0;
    }
    size_t bytes =
        of_pairs_bytes(linear, rpe_linear_prepared_elements(linear), rpe_precision_size(linear->precision));
    return rpe_workspace_sum(bytes, of_pairs_bytes(linear, rows_elements(linear), sizeof(double)));
}

size_t rpe_linear_tilt_room_bytes(const rpe_linear *linear)
{
    return linear->map->tilt != NULL ? room_bytes(linear) : 0;
}

void rpe_linear_tilt_take(rpe_linear_call *call, const rpe_projection *projection, const double *w)
{
    const rpe_linear *linear = call->pass.linear;
    call->drawn = w;
    call->rho = projection->rho;
    call->prepared_bytes = rpe_linear_prepared_elements(linear) * call->element;
    call->pass.prepared = rpe_workspace_take(&call->workspaces[0], pairs_count(linear), call->prepared_bytes);
    call->tilted =
        rpe_workspace_take(&call->workspaces[0], pairs_count(linear) * rows_elements(linear), sizeof(double));
}

rpe_linear_tilted rpe_linear_call_tilted(const rpe_linear_call *call, size_t pair)
{
    const rpe_linear *linear = call->pass.linear;
    const double *rows = call->tilted + pair * rows_elements(linear);
    return (rpe_linear_tilted){rows, rows + linear->projections * linear->shape.size};
}

static void write_factors(const rpe_linear *linear, const double *factors, double sides, void *prepared)
{
    void *to = (void *)rpe_linear_factors(linear, prepared);
    for (size_t c = 0; c < linear->padded; c++) {
        double factor = c < linear->features ? sides * RPE_UNIT_POWER * factors[c % linear->projections] : 0;
        if (linear->precision == RPE_SINGLE) {
            ((float *)to)[c] = (float)factor;
        } else {
            ((double *)to)[c] = factor;
        }
    }
}

static void prepare(const rpe_linear *linear, const rpe_tilt *tilt, double sides, const double *w,
                    double *rows, void *prepared)
{
    size_t count = linear->projections, size = linear->shape.size;
    rpe_tilt_apply(tilt, count, size, w, rows, rows + count * size);
    linear->functions->prepare(linear, rows, prepared);
    write_factors(linear, rows + count * size, sides, prepared);
}

typedef struct tilting {
    const rpe_linear_call *call;
    size_t first;
} tilting;

static void tilt_pair(void *context, size_t index, int thread)
{
    const tilting *state = context;
    const rpe_linear_call *call = state->call;
    const rpe_linear *linear = call->pass.linear;
    size_t pair = state->first + index, mark = call->workspaces[thread].used;
    tilt_room room = room_take(linear, &call->workspaces[thread]);
    if (call->rho > 0) {
        tilt_given(linear->shape.size, call->rho, &room.tilt);
    } else {
        fit_pair(call, pair, thread, &room);
    }
    prepare(linear, &room.tilt, 2, call->drawn, call->tilted + pair * rows_elements(linear),
            (void *)rpe_linear_call_prepared(call, pair));
    rpe_workspace_release(&call->workspaces[thread], mark);
}

void rpe_linear_call_tilt(const rpe_linear_call *call, size_t first, size_t end, int threads)
{
    tilting state = {call, first};
    if (call->pass.linear->map->tilt != NULL) {
        rpe_parallel_for(end - first, threads, tilt_pair, &state);
    }
}

/* ---- without vectors to fit ---- */

size_t rpe_linear_tilt_alone_bytes(const rpe_linear *linear)
{
    if (linear->map->tilt == NULL) {
        return 0;
    }
    return rpe_workspace_sum(room_bytes(linear), rpe_workspace_bytes(rows_elements(linear), sizeof(double)));
}

void rpe_linear_tilt_alone(const rpe_linear *linear, double rho, double sides, const double *w,
                           void *prepared, rpe_workspace *workspace)
{
    size_t mark = workspace->used;
    tilt_room room = room_take(linear, workspace);
    double *rows = rpe_workspace_take(workspace, rows_elements(linear), sizeof *rows);
    tilt_given(linear->shape.size, rho, &room.tilt);
    prepare(linear, &room.tilt, sides, w, rows, prepared);
    rpe_workspace_release(workspace, mark);
}
