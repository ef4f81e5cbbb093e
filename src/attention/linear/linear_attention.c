/* Linear attention: its plan, and where things are, for both precisions. */
#include <stdint.h>

#include "attention/linear/linear_apply.h"
#include "base/memory.h"

#define SEGMENT 512 /* keys that are summed by one thread, at least: a multiple of a chunk */
#define SEGMENTS_MAX 16
#define PRODUCTS_MOST 256 /* elements: 33,153 features */
#define AXES_MOST                                                                                            \
    512 /* of a matrix whose eigenvectors are found in one go, which an interrupt waits for: 0.2 s */

const rpe_linear_functions *const rpe_linear_functions_of[2] = {&rpe_linear_functions_single,
                                                                &rpe_linear_functions_double};

/* Rows of an odd number of lines do not evict each other. */
static size_t odd_lines(size_t count, size_t line)
{
    return rpe_size_round_up(count, 2 * line) + line;
}

static rpe_status sizes_check(const rpe_linear_settings *settings, rpe_error *error)
{
    size_t elements;
    if (settings->map->products && settings->shape.size > PRODUCTS_MOST) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "vectors: expected at most %d elements for method %s, whose features are their "
                             "products, found %zu",
                             PRODUCTS_MOST, settings->map->name, settings->shape.size);
    }
    if (settings->map->tilt != NULL && settings->map->tilt->products && settings->shape.size > AXES_MOST) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "vectors: expected at most %d elements for method %s, which finds their axes "
                             "(saderf takes any number), found %zu",
                             AXES_MOST, settings->map->name, settings->shape.size);
    }
    if (settings->map->projection == NULL) {
        return RPE_OK;
    }
    if (settings->projections < 1) {
        return rpe_error_set(error, RPE_ERROR_INPUT, "features: expected at least 1 for method %s, found %zu",
                             settings->map->name, settings->projections);
    }
    if (settings->shape.size < settings->map->projection->size_least) {
        return rpe_error_set(
            error, RPE_ERROR_INPUT, "vectors: expected at least %zu elements for method %s, found %zu",
            settings->map->projection->size_least, settings->map->name, settings->shape.size);
    }
    if (!rpe_size_multiply(settings->projections, settings->shape.size, &elements) ||
        elements > RPE_STREAM_LENGTH) {
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "features: expected at most 2^33 numbers in all projections, found %zu of size "
                             "%zu",
                             settings->projections, settings->shape.size);
    }
    return RPE_OK;
}

/* Extents that follow from the features and values; false when one overflows. */
static bool sizes_derive(rpe_linear *linear)
{
    size_t sums, area, size = linear->shape.size;
    linear->line = RPE_LINEAR_LINE / rpe_precision_size(linear->precision);
    if (linear->features > SIZE_MAX / 8 || linear->shape.values > SIZE_MAX / 8 || size > SIZE_MAX / 8) {
        return false;
    }
    linear->panels = rpe_size_round_up(linear->shape.values, linear->line) / linear->line;
    linear->padded = rpe_size_round_up(linear->features, linear->line);
    linear->padded_levels = rpe_size_round_up(linear->levels, linear->line);
    linear->key_stride = RPE_LINEAR_CHUNK + linear->line;
    linear->query_stride = odd_lines(linear->features, linear->line);
    linear->vector_stride = odd_lines(size, linear->line);
    if (!rpe_size_multiply(linear->features, linear->line, &area) ||
        !rpe_size_multiply(area, linear->panels, &sums) ||
        sums > SIZE_MAX - linear->padded - 2 * linear->padded_levels) {
        return false;
    }
    /* Whole lines, so that all of it is aligned. */
    linear->sums_elements = sums + linear->padded + 2 * linear->padded_levels;
    return true;
}

rpe_status rpe_linear_make(rpe_linear *linear, const rpe_linear_settings *settings, rpe_error *error)
{
    rpe_status status = sizes_check(settings, error);
    if (status != RPE_OK) {
        return status;
    }
    const rpe_attention_shape *shape = &settings->shape;
    const rpe_feature_map *map = settings->map;
    rpe_linear made = {.shape = *shape,
                       .map = map,
                       .functions = rpe_linear_functions_of[settings->precision],
                       .precision = settings->precision};
    if (settings->decay != NULL) {
        made.decays = true;
        made.decay = *settings->decay;
    }
    size_t longest = rpe_size_round_up((shape->keys + SEGMENTS_MAX - 1) / SEGMENTS_MAX, RPE_LINEAR_CHUNK);
    made.projections = map->projection != NULL ? settings->projections : 0;
    made.features = rpe_feature_map_features(map, made.projections, shape->size);
    made.levels = map->exponential ? made.features : 1;
    made.segment = longest > SEGMENT ? longest : SEGMENT;
    made.segments = (shape->keys + made.segment - 1) / made.segment;
    if (!sizes_derive(&made)) {
        return rpe_error_set(error, RPE_ERROR_MEMORY, "sums of linear attention: their size overflows");
    }
    *linear = made;
    return RPE_OK;
}

rpe_status rpe_linear_create(rpe_linear **linear, const rpe_linear_settings *settings, rpe_error *error)
{
    rpe_linear made;
    rpe_status status = rpe_linear_make(&made, settings, error);
    if (status != RPE_OK) {
        return status;
    }
    rpe_linear *created = rpe_memory_allocate_zero(1, sizeof *created);
    if (created == NULL) {
        return rpe_error_memory(error, "plan of linear attention", 1, sizeof *created);
    }
    *created = made;
    *linear = created;
    return RPE_OK;
}

void rpe_linear_destroy(rpe_linear *linear)
{
    rpe_memory_free(linear);
}

/* ---- memory ---- */

/* Bytes of [rows,columns] in the precision of the computation. */
static size_t matrix_bytes(const rpe_linear *linear, size_t rows, size_t columns)
{
    size_t count;
    return rpe_size_multiply(rows, columns, &count)
               ? rpe_workspace_bytes(count, rpe_precision_size(linear->precision))
               : SIZE_MAX;
}

static void *matrix_take(const rpe_linear *linear, size_t rows, size_t columns, rpe_workspace *workspace)
{
    return rpe_workspace_take(workspace, rows * columns, rpe_precision_size(linear->precision));
}

/* Elements of the copied vectors: transposed, or as they are. */
static size_t vectors_elements(const rpe_linear *linear)
{
    size_t transposed = 0, rows = 0;
    if (!rpe_size_multiply(linear->shape.size, linear->key_stride, &transposed) ||
        !rpe_size_multiply(RPE_LINEAR_CHUNK, linear->vector_stride, &rows)) {
        return SIZE_MAX;
    }
    return transposed > rows ? transposed : rows;
}

size_t rpe_linear_scratch_bytes(const rpe_linear *linear)
{
    return rpe_workspace_sum(matrix_bytes(linear, vectors_elements(linear), 1),
                             matrix_bytes(linear, RPE_LINEAR_CHUNK, linear->key_stride));
}

rpe_linear_scratch rpe_linear_scratch_take(const rpe_linear *linear, rpe_workspace *workspace)
{
    return (rpe_linear_scratch){
        .vectors = matrix_take(linear, vectors_elements(linear), 1, workspace),
        .scores = matrix_take(linear, RPE_LINEAR_CHUNK, linear->key_stride, workspace),
    };
}

size_t rpe_linear_chunk_bytes(const rpe_linear *linear)
{
    size_t values = matrix_bytes(linear, linear->panels * RPE_LINEAR_CHUNK, linear->line);
    size_t levels = matrix_bytes(linear, linear->padded_levels, 1);
    size_t bytes = matrix_bytes(linear, linear->features, linear->key_stride);
    bytes = rpe_workspace_sum(bytes, 4 * matrix_bytes(linear, RPE_LINEAR_CHUNK, 1));
    bytes = rpe_workspace_sum(bytes, 3 * rpe_workspace_bytes(RPE_LINEAR_CHUNK, sizeof(double)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_sum(levels, rpe_workspace_sum(levels, levels)));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(linear->levels, sizeof(size_t)));
    bytes = rpe_workspace_sum(bytes, matrix_bytes(linear, linear->padded, 1));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_sum(values, values));
    return rpe_workspace_sum(bytes, matrix_bytes(linear, RPE_LINEAR_CHUNK, linear->query_stride));
}

rpe_linear_chunk rpe_linear_chunk_take(const rpe_linear *linear, rpe_workspace *workspace)
{
    const size_t chunk = RPE_LINEAR_CHUNK, values = linear->panels * chunk;
    return (rpe_linear_chunk){
        .keys = matrix_take(linear, linear->features, linear->key_stride, workspace),
        .exponents = matrix_take(linear, chunk, 1, workspace),
        .maxima = matrix_take(linear, linear->padded_levels, 1, workspace),
        .level = matrix_take(linear, linear->padded_levels, 1, workspace),
        .factor = matrix_take(linear, linear->padded_levels, 1, workspace),
        .raised = rpe_workspace_take(workspace, linear->levels, sizeof(size_t)),
        .key_weights = matrix_take(linear, linear->padded, 1, workspace),
        .values = matrix_take(linear, values, linear->line, workspace),
        .queries = matrix_take(linear, chunk, linear->query_stride, workspace),
        .outputs = matrix_take(linear, values, linear->line, workspace),
        .denominators = matrix_take(linear, chunk, 1, workspace),
        .tops = matrix_take(linear, chunk, 1, workspace),
        .shifts = matrix_take(linear, chunk, 1, workspace),
        .falls = rpe_workspace_take(workspace, chunk, sizeof(double)),
        .ahead = rpe_workspace_take(workspace, chunk, sizeof(double)),
        .masks = rpe_workspace_take(workspace, chunk, sizeof(double)),
    };
}

rpe_linear_sums rpe_linear_sums_at(const rpe_linear *linear, void *elements)
{
    unsigned char *at = elements;
    size_t element = rpe_precision_size(linear->precision), level = linear->padded_levels * element;
    size_t weights = linear->padded * element;
    return (rpe_linear_sums){
        .level = at, .highest = at + level, .weights = at + 2 * level, .sums = at + 2 * level + weights};
}

/* Rows and panels. */
static size_t panels_elements(const rpe_linear *linear)
{
    size_t projections = linear->projections, count;
    return rpe_size_multiply(projections + rpe_size_round_up(projections, linear->line), linear->shape.size,
                             &count)
               ? count
               : SIZE_MAX;
}

size_t rpe_linear_prepared_elements(const rpe_linear *linear)
{
    size_t panels = panels_elements(linear), factors = linear->map->tilt != NULL ? linear->padded : 0;
    return panels > SIZE_MAX - factors - linear->line ? SIZE_MAX
                                                      : rpe_size_round_up(panels + factors, linear->line);
}

const void *rpe_linear_factors(const rpe_linear *linear, const void *prepared)
{
    return (const unsigned char *)prepared + panels_elements(linear) * rpe_precision_size(linear->precision);
}

size_t rpe_linear_prepare_bytes(const rpe_linear *linear)
{
    size_t size = linear->shape.size, count = linear->projections * size; /* checked */
    if (linear->map->projection == NULL) {
        return 0;
    }
    size_t drawing = linear->map->projection->workspace_bytes(linear->projections, size);
    size_t tilting = rpe_linear_tilt_alone_bytes(linear);
    return rpe_workspace_sum(
        matrix_bytes(linear, rpe_linear_prepared_elements(linear), 1),
        rpe_workspace_sum(rpe_workspace_bytes(count, sizeof(double)), drawing > tilting ? drawing : tilting));
}

void *rpe_linear_prepare(const rpe_linear *linear, const rpe_projection *projection, double sides,
                         const double **rows, rpe_workspace *workspace)
{
    size_t size = linear->shape.size, count = linear->projections * size;
    if (linear->map->projection == NULL) {
        return NULL;
    }
    void *prepared = matrix_take(linear, rpe_linear_prepared_elements(linear), 1, workspace);
    size_t mark = workspace->used;
    const double *taken = projection->given;
    if (taken == NULL) {
        double *drawn = rpe_workspace_take(workspace, count, sizeof *drawn);
        size_t drawing = workspace->used;
        linear->map->projection->draw(linear->projections, size, projection->stream, drawn, workspace);
        rpe_workspace_release(workspace, drawing);
        taken = drawn;
    }
    if (linear->map->tilt != NULL) {
        rpe_linear_tilt_alone(linear, projection->rho, sides, taken, prepared, workspace);
    } else {
        linear->functions->prepare(linear, taken, prepared);
    }
    if (rows != NULL) {
        *rows = taken;
    } else {
        rpe_workspace_release(workspace, mark);
    }
    return prepared;
}

size_t rpe_linear_workspace_bytes(const rpe_linear *linear)
{
    return rpe_workspace_sum(rpe_linear_prepare_bytes(linear), rpe_linear_apply_bytes(linear));
}

/* ---- features as defined ---- */

size_t rpe_linear_features_count(const rpe_linear *linear)
{
    return linear->features;
}

void rpe_linear_features(const rpe_linear *linear, const rpe_projection *projection, size_t rows,
                         const void *vectors, void *features, rpe_workspace *workspace)
{
    size_t mark = workspace->used, size = linear->shape.size;
    size_t element = rpe_precision_size(linear->precision);
    const void *prepared = rpe_linear_prepare(linear, projection, 1, NULL, workspace);
    rpe_linear_scratch scratch = rpe_linear_scratch_take(linear, workspace);
    rpe_linear_chunk chunk = rpe_linear_chunk_take(linear, workspace);
    for (size_t first = 0; first < rows; first += chunk.count) {
        chunk.count = rows - first < RPE_LINEAR_CHUNK ? rows - first : RPE_LINEAR_CHUNK;
        rpe_linear_rows block = {(const unsigned char *)vectors + first * size * element, (ptrdiff_t)size};
        linear->functions->features(linear, prepared, &scratch, block, &chunk,
                                    (unsigned char *)features + first * linear->features * element);
    }
    rpe_workspace_release(workspace, mark);
}
