/* Linear attention by the definition of its feature map: phi(x_m) . phi(y_n), x = q / S^(1/4), y = k / S^(1/4).  [spec 4] */
#include <math.h>

#include "base/memory.h"
#include "method/definition.h"
#include "method/linear_method.h"
#include "oracle/terms.h"

/* Features of the vectors of one side, [count,C]: value e^exponent, known to within error e^exponent. */
typedef struct features_side {
    rpe_feature_value *values; /* owned */
    size_t count;
} features_side;

typedef struct features_run {
    const rpe_definition *definition;
    const rpe_feature_map *map;
    size_t features;    /* C */
    double *projection; /* [F,S]; NULL: the map has none */
    double *vector;     /* [S], and its errors behind */
    double *highest;    /* [C]: largest exponent of a key */
    double *room;       /* of the tilt: matrix, axes and rho; NULL: the map does not tilt */
    rpe_tilt tilt;
    double tilt_error;
    features_side queries, keys;
} features_run;

static void run_destroy(features_run *run)
{
    rpe_memory_free(run->projection);
    rpe_memory_free(run->vector);
    rpe_memory_free(run->highest);
    rpe_memory_free(run->room);
    rpe_memory_free(run->queries.values);
    rpe_memory_free(run->keys.values);
}

static rpe_status projection_draw(features_run *run, rpe_error *error)
{
    const rpe_projection_law *law = run->map->projection;
    size_t count = run->definition->problem->projections, size = run->definition->queries.size;
    rpe_workspace workspace = {0};
    if (law == NULL)
        return RPE_OK;
    run->projection = rpe_memory_allocate(count, size * sizeof *run->projection);
    if (run->projection == NULL)
        return rpe_error_memory(error, "projections", count, size * sizeof *run->projection);
    rpe_status status = rpe_workspace_create(&workspace, law->workspace_bytes(count, size), error);
    if (status == RPE_OK)
        law->draw(count, size, run->definition->noise->stream, run->projection, &workspace);
    rpe_workspace_destroy(&workspace);
    return status;
}

static rpe_status run_create(features_run *run, rpe_error *error)
{
    const rpe_definition *definition = run->definition;
    size_t size = definition->queries.size;
    run->features = rpe_feature_map_features(run->map, definition->problem->projections, size);
    run->queries.count = definition->queries.count;
    run->keys.count = definition->keys.count;
    size_t width = run->features * sizeof(rpe_feature_value);
    run->vector = rpe_memory_allocate(2 * size, sizeof *run->vector);
    run->highest = rpe_memory_allocate(run->features, sizeof *run->highest);
    run->queries.values = rpe_memory_allocate(run->queries.count, width);
    run->keys.values = rpe_memory_allocate(run->keys.count, width);
    if (run->vector == NULL || run->highest == NULL || run->queries.values == NULL ||
        run->keys.values == NULL)
        return rpe_error_memory(error, "features", run->queries.count + run->keys.count, width);
    return projection_draw(run, error);
}

static void side_define(const features_run *run, const rpe_known_rows *rows, const features_side *side)
{
    double root = sqrt(sqrt((double)rows->size)), *vector = run->vector, *errors = run->vector + rows->size;
    const rpe_known_vector x = {.projections = run->definition->problem->projections,
                                .size = rows->size,
                                .projection = run->projection,
                                .values = vector,
                                .errors = errors,
                                .rounding = run->definition->rounding,
                                .tilt = run->room != NULL ? &run->tilt : NULL,
                                .tilt_error = run->tilt_error};
    for (size_t m = 0; m < rows->count; m++) {
        for (size_t s = 0; s < rows->size; s++) {
            vector[s] = rows->values[m * rows->size + s] / root;
            errors[s] = rows->errors[m * rows->size + s] / root + x.rounding * fabs(vector[s]);
        }
        for (size_t c = 0; c < run->features; c++)
            side->values[m * run->features + c] = rpe_feature_map_define(run->map, &x, c);
    }
}

/* matrix += mean over the queries m and keys n of (x_m + y_n)_i (x_m + y_n)_j, pair by pair as it is said. */
static void pairs_add(const rpe_known_rows *queries, const rpe_known_rows *keys, double *matrix)
{
    size_t size = queries->size;
    double share = 1 / (sqrt((double)size) * (double)queries->count * (double)keys->count);
    for (size_t m = 0; m < queries->count; m++)
        for (size_t n = 0; n < keys->count; n++)
            for (size_t i = 0; i < size * size; i++) {
                size_t a = i / size, b = i % size;
                double u = queries->values[m * size + a] + keys->values[n * size + a];
                matrix[i] += share * u * (queries->values[m * size + b] + keys->values[n * size + b]);
            }
}

/* Error of rows over their size, both as they are summed. */
static double relative_error(const rpe_known_rows *rows)
{
    double squares = 0, errors = 0;
    for (size_t i = 0; i < rows->count * rows->size; i++) {
        squares += rows->values[i] * rows->values[i];
        errors += rows->errors[i] * rows->errors[i];
    }
    return squares > 0 ? sqrt(errors / squares) : 0;
}

static rpe_status tilt_define(features_run *run, rpe_error *error)
{
    const rpe_known_rows *queries = &run->definition->queries, *keys = &run->definition->keys;
    size_t size = queries->size, square = size * size;
    if (run->map->tilt == NULL)
        return RPE_OK;
    run->room = rpe_memory_allocate_zero(2 * square + size, sizeof *run->room);
    if (run->room == NULL)
        return rpe_error_memory(error, "tilt of projections", 2 * square + size, sizeof *run->room);
    run->tilt = (rpe_tilt){.axes = run->room + square, .rho = run->room + 2 * square};
    pairs_add(queries, keys, run->room);
    run->map->tilt->fit(size, run->room, &run->tilt);
    run->tilt_error = 2 * (relative_error(queries) + relative_error(keys)) +
                      4 * ((double)size + 16) * run->definition->rounding;
    return RPE_OK;
}

/* Weights of one query, up to the factor that makes its largest exponent 0; powers [C] is room. */
static void row_weigh(const features_run *run, size_t m, double *powers, double *weights, double *errors)
{
    const rpe_feature_value *query = run->queries.values + m * run->features;
    double unit = run->definition->rounding, largest = -INFINITY;
    double terms = unit * ((double)run->features + 32);
    for (size_t c = 0; c < run->features; c++)
        largest = fmax(largest, query[c].exponent + run->highest[c]);
    for (size_t c = 0; c < run->features; c++)
        powers[c] = exp(query[c].exponent + run->highest[c] - largest);
    for (size_t n = 0; n < run->keys.count; n++) {
        const rpe_feature_value *key = run->keys.values + n * run->features;
        double sum = 0, spread = 0;
        for (size_t c = 0; c < run->features; c++) {
            double power = powers[c] * key[c].exponent; /* made a power below */
            double most = (fabs(query[c].value) + query[c].error) * (fabs(key[c].value) + key[c].error);
            sum += power * query[c].value * key[c].value;
            spread += power * (most - fabs(query[c].value * key[c].value));
            spread += (power * terms + unit * unit) * most; /* what is far below the largest may underflow */
        }
        weights[n] = sum;
        errors[n] = spread;
    }
}

/* Exponents of the keys become powers beside the largest of their feature. */
static void keys_scale(features_run *run)
{
    for (size_t c = 0; c < run->features; c++) {
        run->highest[c] = -INFINITY;
        for (size_t n = 0; n < run->keys.count; n++)
            run->highest[c] = fmax(run->highest[c], run->keys.values[n * run->features + c].exponent);
        for (size_t n = 0; n < run->keys.count; n++) {
            double *exponent = &run->keys.values[n * run->features + c].exponent;
            *exponent = exp(*exponent - run->highest[c]);
        }
    }
}

rpe_status rpe_linear_method_define(const rpe_definition *definition, const rpe_feature_map *map,
                                    double *weights, double *errors, rpe_error *error)
{
    features_run run = {.definition = definition, .map = map};
    rpe_status status = run_create(&run, error);
    double *powers = status == RPE_OK ? rpe_memory_allocate(run.features, sizeof *powers) : NULL;
    if (status == RPE_OK && powers == NULL)
        status = rpe_error_memory(error, "powers of features", run.features, sizeof *powers);
    if (status == RPE_OK)
        status = tilt_define(&run, error);
    if (status == RPE_OK) {
        side_define(&run, &definition->queries, &run.queries);
        side_define(&run, &definition->keys, &run.keys);
        keys_scale(&run);
    }
    for (size_t m = 0; status == RPE_OK && m < run.queries.count; m++)
        row_weigh(&run, m, powers, weights + m * run.keys.count, errors + m * run.keys.count);
    rpe_memory_free(powers);
    run_destroy(&run);
    return status;
}

/* ---- with a bias ---- */

/* phi(x_m) . phi(y_n) e^(b(m,n) - its largest of the row) */
rpe_status rpe_linear_method_define_biased(const rpe_definition *definition, const rpe_feature_map *map,
                                           double *weights, double *errors, rpe_error *error)
{
    const rpe_problem *problem = definition->problem;
    size_t queries = problem->queries.count, keys = problem->keys.count;
    rpe_terms *terms = NULL;
    rpe_status status = rpe_linear_method_define(definition, map, weights, errors, error);
    if (status == RPE_OK)
        status = rpe_terms_create(&terms, problem->kernel, definition->head, problem->features,
                                  &problem->queries, &problem->keys, 1, error);
    for (size_t m = 0; status == RPE_OK && problem->kernel != NULL && m < queries; m++) {
        double largest = -INFINITY, scratch;
        size_t seen = rpe_problem_visible(problem, m);
        for (size_t n = 0; n < seen; n++)
            largest = fmax(largest, *rpe_terms_of(terms, m, n, &scratch));
        for (size_t n = 0; n < keys; n++) {
            double bias = n < seen ? *rpe_terms_of(terms, m, n, &scratch) : 0;
            double mask = n < seen ? exp(bias - largest) : 0;
            double rounding = (double)(queries + keys) * definition->rounding * (1 + fabs(bias));
            errors[m * keys + n] = mask * (errors[m * keys + n] + rounding * fabs(weights[m * keys + n]));
            weights[m * keys + n] *= mask;
        }
    }
    rpe_terms_destroy(terms);
    return status;
}
