/* Faults of random features, fits of tables and the frontier of exponential moments.  [spec 4; 5, forms 4, 7, 13, 14 and 16] */
#include <math.h>
#include <string.h>

#include "fault/code_fault.h"
#include "theory/theory_exponential.h"

/* The tools of a fault: honest but for what is named. */
#define TOOLS(key, ...)                                                                                      \
    static const rpe_claim_tools key##_tools = {                                                             \
        .trial = rpe_claim_trial_honest, .standard_error = rpe_sample_standard_error, __VA_ARGS__};

/* ---- random features ---- */

/* Hooks give a static copy of the map, which is changed: the same whenever it is asked for. */
static const rpe_feature_map *norm_missing(const rpe_feature_map *honest)
{
    static rpe_feature_map map;
    map = *honest;
    map.norm = 0.0;
    return &map;
}

TOOLS(feature_norm, .feature_map = norm_missing)

const rpe_planting rpe_planting_feature_norm = {
    .case_name = "sine", .method = "favor", .tools = &feature_norm_tools};

/* 1/F of each side: F^-2 in the product */
static double scale_twice(size_t projections)
{
    return 1.0 / (double)projections;
}

static const rpe_feature_map *scale_of_both(const rpe_feature_map *honest)
{
    static rpe_feature_map map;
    map = *honest;
    map.scale = scale_twice;
    return &map;
}

TOOLS(feature_scale, .feature_map = scale_of_both)

const rpe_planting rpe_planting_feature_scale = {
    .case_name = "conv", .method = "favor-trigonometric", .tools = &feature_scale_tools};

/* Rows without their chi lengths: |w|^2 = 1 */
static void unit_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                      rpe_workspace *workspace)
{
    rpe_projection_orthogonal.draw(projections, size, stream, projection, workspace);
    for (size_t i = 0; i < projections; i++) {
        double squares = 0.0;
        for (size_t s = 0; s < size; s++)
            squares += projection[i * size + s] * projection[i * size + s];
        rpe_code_fault_scale(size, 1.0 / sqrt(squares), projection + i * size);
    }
}

/* The map of that name with other projections; valid until the next call. */
static const rpe_feature_map *map_with(const rpe_feature_map *honest, const rpe_projection_law *law)
{
    static rpe_feature_map map;
    map = *honest;
    map.projection = law;
    return &map;
}

/* Tools whose feature map draws its projections by another law. */
#define PROJECTION_TOOLS(key, bytes, drawn)                                                                  \
    static const rpe_feature_map *key##_map(const rpe_feature_map *honest)                                   \
    {                                                                                                        \
        static const rpe_projection_law law = {.workspace_bytes = bytes, .draw = drawn};                     \
        return map_with(honest, &law);                                                                       \
    }                                                                                                        \
    TOOLS(key, .feature_map = key##_map)

static size_t orthogonal_bytes(size_t projections, size_t size)
{
    return rpe_projection_orthogonal.workspace_bytes(projections, size);
}

PROJECTION_TOOLS(feature_lengths, orthogonal_bytes, unit_draw)

const rpe_planting rpe_planting_feature_lengths = {
    .case_name = "sine", .method = "favor-hyperbolic", .tools = &feature_lengths_tools};

/* w_(f + F/2) = w_f: without bias, twice the error */
static void repeated_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                          rpe_workspace *workspace)
{
    size_t half = projections / 2;
    rpe_projection_independent.draw(projections, size, stream, projection, workspace);
    memcpy(projection + half * size, projection, half * size * sizeof *projection);
}

static size_t independent_bytes(size_t projections, size_t size)
{
    return rpe_projection_independent.workspace_bytes(projections, size);
}

PROJECTION_TOOLS(feature_directions, independent_bytes, repeated_draw)

const rpe_planting rpe_planting_feature_directions = {
    .case_name = "sine", .method = "favor-iid", .tools = &feature_directions_tools};

/* w_f keeps its law, but shares a quarter of its variance with the one before. */
static void correlated_draw(size_t projections, size_t size, rpe_stream stream, double *projection,
                            rpe_workspace *workspace)
{
    rpe_projection_independent.draw(projections, size, stream, projection, workspace);
    for (size_t i = size; i < projections * size; i++)
        projection[i] = 0.5 * projection[i - size] + sqrt(0.75) * projection[i];
}

PROJECTION_TOOLS(feature_correlated, independent_bytes, correlated_draw)

const rpe_planting rpe_planting_feature_correlated = {
    .case_name = "conv", .method = "favor-trigonometric", .tools = &feature_correlated_tools};

/* ---- composition ---- */

RPE_CODE_FAULT(composed_phase, .change = rpe_code_fault_swap)

const rpe_planting rpe_planting_composed_phase = {
    .case_name = "sine", .sampler = "gaussian", .method = "favor-iid", .wrap = composed_phase_wrap};

const rpe_planting rpe_planting_composed_norm = {
    .case_name = "conv", .sampler = "gaussian", .method = "favor-iid", .tools = &feature_norm_tools};

const rpe_planting rpe_planting_composed_directions = {
    .case_name = "sine", .sampler = "gaussian", .method = "favor-iid", .tools = &feature_directions_tools};

/* ---- fits of tables ---- */

/* One sinusoid fewer than was asked for, with the bound of what was asked for. */
static rpe_status fit_sinusoid_fit(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids,
                                   int threads, rpe_fit_result *result, rpe_error *error)
{
    rpe_kernel *all = NULL, *fewer = NULL;
    rpe_fit_result less;
    rpe_status status = rpe_kernel_fit_sine(&all, table, sinusoids, threads, result, error);
    if (status != RPE_OK || result->size < 2) {
        *kernel = all;
        return status;
    }
    status = rpe_kernel_fit_sine(&fewer, table, result->size - 1, threads, &less, error);
    rpe_kernel_destroy(all);
    if (status == RPE_OK)
        *kernel = fewer;
    return status;
}

TOOLS(fit_sinusoid, .fit = fit_sinusoid_fit)

const rpe_planting rpe_planting_fit_sinusoid = {
    .case_name = "sine gated", .method = "softmax", .tools = &fit_sinusoid_tools};

/* lambda^2 for lambda */
static rpe_status fit_gain_fit(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids, int threads,
                               rpe_fit_result *result, rpe_error *error)
{
    rpe_status status = rpe_kernel_fit_sine(kernel, table, sinusoids, threads, result, error);
    const rpe_kernel_mistake *mistake = rpe_kernel_type_find("sine")->mistakes;
    while (strcmp(mistake->name, "gain_squared") != 0)
        mistake++;
    if (status == RPE_OK)
        mistake->make(*kernel);
    return status;
}

TOOLS(fit_gain, .fit = fit_gain_fit)

const rpe_planting rpe_planting_fit_gain = {
    .case_name = "conv", .method = "softmax", .tools = &fit_gain_tools};

/* The last sinusoids, which are the smallest, in the place of the largest. */
static rpe_status fit_order_fit(rpe_kernel **kernel, const rpe_fit_table *table, size_t sinusoids,
                                int threads, rpe_fit_result *result, rpe_error *error)
{
    rpe_kernel *all = NULL;
    rpe_fit_result whole;
    rpe_status status = rpe_kernel_fit_sine(kernel, table, sinusoids, threads, result, error);
    if (status != RPE_OK || sinusoids == 0)
        return status;
    status = rpe_kernel_fit_sine(&all, table, 0, threads, &whole, error);
    for (size_t p = 0; status == RPE_OK && p < RPE_PARAMETERS_MAX; p++)
        for (size_t i = 0; i < (*kernel)->own[p].count; i++)
            (*kernel)->own[p].values[i] =
                all->own[p].values[(i / sinusoids + 1) * whole.size - sinusoids + i % sinusoids];
    rpe_kernel_destroy(all);
    return status;
}

TOOLS(fit_order, .fit = fit_order_fit)

const rpe_planting rpe_planting_fit_order = {
    .case_name = "conv gated", .method = "softmax", .tools = &fit_order_tools};

/* ---- exponential moments ---- */

/* R >= for R > */
static double frontier_below_realizations(const rpe_theory *theory, double p, size_t m, size_t n)
{
    return fmax(1.0, rpe_theory_exponential_realizations(theory, p, m, n) - 1.0);
}

TOOLS(frontier_below, .frontier = frontier_below_realizations)

const rpe_planting rpe_planting_frontier_below = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .tools = &frontier_below_tools};

/* The frontier of p = 1 at every p. */
static double frontier_power_realizations(const rpe_theory *theory, double p, size_t m, size_t n)
{
    return rpe_theory_exponential_realizations(theory, p > 0.0 ? 1.0 : -1.0, m, n);
}

TOOLS(frontier_power, .frontier = frontier_power_realizations)

const rpe_planting rpe_planting_frontier_power = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .tools = &frontier_power_tools};

/* s + c for s - c */
static double frontier_sign_realizations(const rpe_theory *theory, double p, size_t m, size_t n)
{
    return rpe_theory_exponential_realizations(theory, fabs(p), m, n);
}

TOOLS(frontier_sign, .frontier = frontier_sign_realizations)

const rpe_planting rpe_planting_frontier_sign = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .tools = &frontier_sign_tools};
