/* Tables of P_d over all lags between two position sets. */
#include "position/lag_table.h"

#include <stdint.h>

#include "base/interrupt.h"
#include "base/memory.h"
#include "base/parallel.h"

#define TERMS_POLLED 65536 /* between two looks at the interrupt */
#define RPE_MATRIX_TERMS 1024
#define LINE (RPE_MEMORY_ALIGNMENT / sizeof(double)) /* doubles of one cache line */

/* The lags -(N_i - 1) .. M_i - 1 on each axis as positions: lag = position - (N_i - 1). */
typedef struct lag_grid {
    rpe_positions positions;
    ptrdiff_t origin[RPE_AXES_MAX]; /* N_i - 1: the position of lag 0 */
} lag_grid;

static rpe_status lag_grid_make(lag_grid *grid, const rpe_kernel *kernel, const rpe_positions *queries,
                                const rpe_positions *keys, rpe_error *error)
{
    rpe_status status = rpe_kernel_covers(kernel, queries, keys, error);
    if (status != RPE_OK) {
        return status;
    }
    size_t extent[RPE_AXES_MAX] = {0};
    for (size_t i = 0; i < kernel->axes; i++) {
        extent[i] = queries->extent[i] + keys->extent[i] - 1; /* extents are at most PTRDIFF_MAX */
        grid->origin[i] = (ptrdiff_t)keys->extent[i] - 1;
    }
    return rpe_positions_make(&grid->positions, kernel->axes, extent, kernel->path, error);
}

size_t rpe_kernel_lags_polled(const rpe_kernel *kernel)
{
    size_t extent[RPE_AXES_MAX], terms = rpe_kernel_size(kernel, extent);
    return 1 + TERMS_POLLED / (1 + terms);
}

/* row[i] = P_d(lag i), or an auto-covariance at lag i */
static void lag_table_row_fill(double *row, const rpe_kernel *kernel, rpe_covariance which, size_t head,
                               size_t feature, const lag_grid *grid)
{
    rpe_side side = which == RPE_COVARIANCE_QUERY ? RPE_SIDE_QUERY : RPE_SIDE_KEY;
    size_t polled = rpe_kernel_lags_polled(kernel);
    for (size_t i = 0; i < grid->positions.count; i++) {
        ptrdiff_t lag[RPE_AXES_MAX];
        if (i % polled == 0 && rpe_interrupt_requested()) {
            return;
        }
        rpe_positions_coordinates(&grid->positions, i, lag);
        for (size_t axis = 0; axis < grid->positions.axes; axis++) {
            lag[axis] -= grid->origin[axis];
        }
        row[i] = which == RPE_COVARIANCE_CROSS ? rpe_kernel_value(kernel, head, feature, lag)
                                               : rpe_kernel_autocovariance(kernel, side, head, feature, lag);
    }
}

/* An odd number of cache lines: rows that are walked together then fall on different cache sets. */
static size_t stride_of(size_t lags)
{
    size_t lines = lags / LINE + (lags % LINE != 0);
    return (lines | 1) * LINE; /* lags <= PTRDIFF_MAX */
}

/* offset[i] = sum over the axes of (coordinate + shift) * (product of the lag extents that follow) */
static void offsets_fill(size_t *offset, const rpe_positions *positions, const lag_grid *grid, bool shifted)
{
    for (size_t i = 0; i < positions->count; i++) {
        ptrdiff_t at[RPE_AXES_MAX];
        rpe_positions_coordinates(positions, i, at);
        size_t sum = 0;
        for (size_t axis = 0; axis < positions->axes; axis++) {
            sum =
                sum * grid->positions.extent[axis] + (size_t)(at[axis] + (shifted ? grid->origin[axis] : 0));
        }
        offset[i] = sum;
    }
}

static rpe_status table_allocate(rpe_lag_table *table, size_t queries, size_t keys, rpe_error *error)
{
    size_t count = 0;
    if (!rpe_size_multiply(table->features, table->stride, &count)) {
        return rpe_error_memory(error, "lag table", table->features, SIZE_MAX);
    }
    table->values = rpe_memory_allocate_zero(count, sizeof *table->values);
    if (table->values == NULL) {
        return rpe_error_memory(error, "lag table", count, sizeof *table->values);
    }
    table->query_offset = rpe_memory_allocate(queries, sizeof *table->query_offset);
    if (table->query_offset == NULL) {
        return rpe_error_memory(error, "lag table: offsets", queries, sizeof *table->query_offset);
    }
    table->key_offset = rpe_memory_allocate(keys, sizeof *table->key_offset);
    if (table->key_offset == NULL) {
        return rpe_error_memory(error, "lag table: offsets", keys, sizeof *table->key_offset);
    }
    return RPE_OK;
}

rpe_status rpe_lag_table_create_part(rpe_lag_table *table, const rpe_kernel *kernel, rpe_covariance which,
                                     size_t head, size_t first_feature, size_t features,
                                     const rpe_positions *queries, const rpe_positions *keys,
                                     rpe_error *error)
{
    if (which != RPE_COVARIANCE_CROSS && kernel->type->autocovariance == NULL) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: \"type\": expected a kernel with codes, found \"%s\"", kernel->path,
                             kernel->type->name);
    }
    lag_grid grid = {0};
    rpe_status status = lag_grid_make(&grid, kernel, queries, keys, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_lag_table made = {.features = features, .lags = grid.positions.count};
    made.stride = stride_of(made.lags);
    status = table_allocate(&made, queries->count, keys->count, error);
    if (status != RPE_OK) {
        rpe_lag_table_destroy(&made);
        return status;
    }
    for (size_t d = 0; d < made.features; d++) {
        lag_table_row_fill(made.values + d * made.stride, kernel, which, head, first_feature + d, &grid);
    }
    offsets_fill(made.query_offset, queries, &grid, true);
    offsets_fill(made.key_offset, keys, &grid, false);
    status = rpe_interrupt_check("lag table", error);
    if (status != RPE_OK) {
        rpe_lag_table_destroy(&made);
        return status;
    }
    *table = made;
    return RPE_OK;
}

rpe_status rpe_lag_table_create(rpe_lag_table *table, const rpe_kernel *kernel, rpe_covariance which,
                                size_t head, const rpe_positions *queries, const rpe_positions *keys,
                                rpe_error *error)
{
    return rpe_lag_table_create_part(table, kernel, which, head, 0, kernel->features, queries, keys, error);
}

void rpe_lag_table_destroy(rpe_lag_table *table)
{
    rpe_memory_free(table->key_offset);
    rpe_memory_free(table->query_offset);
    rpe_memory_free(table->values);
    *table = (rpe_lag_table){0};
}

typedef struct matrix_job {
    const rpe_kernel *kernel;
    const lag_grid *grid;
    size_t heads, rows; /* rows: numbers of a lag */
    double *values;     /* [heads,rows,lags] */
} matrix_job;

static void matrix_row(void *context, size_t index, int thread)
{
    const matrix_job *job = context;
    (void)thread;
    lag_table_row_fill(job->values + index * job->grid->positions.count, job->kernel, RPE_COVARIANCE_CROSS,
                       index / job->rows, index % job->rows, job->grid);
}

/* All numbers of a lag of a head at once. */
static void matrix_lag(void *context, size_t index, int thread)
{
    const matrix_job *job = context;
    size_t lags = job->grid->positions.count, head = index / lags, lag = index % lags;
    const rpe_kernel *kernel = job->kernel;
    rpe_place query = {.at = {(double)lag}}, key = {.at = {(double)job->grid->origin[0]}};
    double terms[RPE_MATRIX_TERMS];
    (void)thread;
    kernel->type->terms(kernel, head, kernel->least_features, &query, &key, terms);
    for (size_t row = 0; row < job->rows; row++) {
        job->values[(head * job->rows + row) * lags + lag] = terms[row];
    }
}

static bool is_product(const rpe_kernel *kernel)
{
    return kernel->type->family == &rpe_family_product;
}

/* Numbers of a lag of a family that has not a kernel for each feature. */
static rpe_status rows_count(const rpe_kernel *kernel, size_t *rows, rpe_error *error)
{
    *rows = kernel->type->absolute ? 0 : kernel->type->family->terms(kernel, kernel->least_features);
    if (*rows >= 1 && *rows <= RPE_MATRIX_TERMS) {
        return RPE_OK;
    }
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: expected a position with 1 to %d numbers that depend on the lag alone, found %s", kernel->path,
        RPE_MATRIX_TERMS, kernel->type->title);
}

rpe_status rpe_kernel_matrix(rpe_array *matrix, const rpe_kernel *kernel, const rpe_positions *length,
                             int threads, rpe_error *error)
{
    lag_grid grid = {0};
    rpe_status status = lag_grid_make(&grid, kernel, length, length, error);
    if (status != RPE_OK) {
        return status;
    }
    size_t rows = kernel->features, heads = kernel->heads > 0 ? kernel->heads : 1, rank = 0;
    if (!is_product(kernel)) {
        status = rows_count(kernel, &rows, error);
        if (status != RPE_OK) {
            return status;
        }
    }
    size_t shape[2 + RPE_AXES_MAX] = {heads};
    rank = 1;
    if (is_product(kernel) || rows > 1) {
        shape[rank++] = rows;
    }
    for (size_t i = 0; i < kernel->axes; i++) {
        shape[rank++] = grid.positions.extent[i];
    }
    rpe_array made = {0};
    status = rpe_array_create(&made, RPE_DOUBLE, rank, shape, "kernel matrix", error);
    if (status != RPE_OK) {
        return status;
    }
    matrix_job job = {.kernel = kernel, .grid = &grid, .heads = heads, .rows = rows, .values = made.values};
    if (is_product(kernel)) {
        rpe_parallel_for(heads * rows, threads, matrix_row, &job);
    } else {
        rpe_parallel_for(heads * grid.positions.count, threads, matrix_lag, &job);
    }
    *matrix = made;
    return RPE_OK;
}
