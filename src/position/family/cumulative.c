/* FoX: a bias of forget gates summed from the key to the query.  [families A1; Lin et al. 2025, arXiv 2503.02130] */
#include <math.h>

#include "position/parameter_table.h"

enum { GATE };

/* b(m,n) = sum_{i = n+1 .. m} f_i,  f <= 0 a token */
static void cumulative_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                             const rpe_place *key, double *b)
{
    const double *gate = kernel->own[GATE].values + head * kernel->own[GATE].extent[1];
    (void)size;
    *b = 0;
    for (size_t i = key->index + 1; i <= query->index; i++)
        *b += gate[i];
}

static double cumulative_log_decay(const rpe_kernel *kernel, size_t head, size_t token, size_t feature)
{
    (void)feature;
    return kernel->own[GATE].values[head * kernel->own[GATE].extent[1] + token];
}

static rpe_status cumulative_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                                    const rpe_positions *keys, rpe_error *error)
{
    size_t tokens = kernel->own[GATE].extent[1];
    if (queries->count == tokens && keys->count == tokens && queries->given == NULL && keys->given == NULL)
        return RPE_OK;
    return rpe_error_set(
        error, RPE_ERROR_INPUT,
        "%s: \"gate\": expected a gate for each of as many queries as keys, found %zu for %zu "
        "queries and %zu keys%s",
        kernel->path, tokens, queries->count, keys->count,
        queries->given != NULL || keys->given != NULL ? " of given positions" : "");
}

static bool always(const rpe_kernel *kernel)
{
    (void)kernel;
    return true;
}

static const rpe_parameter cumulative_parameters[] = {
    {.name = "gate", .axes = "hn", .low = -INFINITY, .high = 0, .neutral = true},
    {0},
};

const rpe_kernel_type rpe_kernel_type_cumulative = {
    .name = "cumulative",
    .title = "forget gates (FoX)",
    .source = "Lin et al. 2025, arXiv 2503.02130",
    .form = "cumulative",
    .family = &rpe_family_bias,
    .parameters = cumulative_parameters,
    .terms = cumulative_terms,
    .log_decay = cumulative_log_decay,
    .absolute = true,
    .causal = always,
    .covers = cumulative_covers,
    /* The gates behind the key up to the query. */
    RPE_POSITION_EXAMPLES(
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-8,-4,-0.5,-0.25]]}", 0, 2, {0, 0},
                    {0, 0}, 3, 1, -0.75),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-8,-4,-0.5,-0.25]]}", 0, 2, {0, 0},
                    {0, 0}, 1, 0, -4),
        RPE_EXAMPLE("{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-8,-4,-0.5,-0.25]]}", 0, 2,
                    {1.4142135623730950488, 0}, {3, 0}, 2, 2, 3)),
    RPE_POSITION_CASES(RPE_CASE("forget gates", 1, {6}, {6}, 8,
                                "{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-0.3,-0.1,-0.6,-0.05,-"
                                "0.9,-0.2],[-0.02,-1.5,-0.4,-0.15,-0.25,-0.7]]}")),
};
