/* cosFormer: ReLU features, reweighted by a cosine of the distance.  [families C; Qin et al. 2022, arXiv 2202.08791] */
#include <math.h>

#include "position/family/feature_family.h"

enum { LENGTH };
static const double HALF_PI = 1.5707963267948966192313216916398;

static size_t one_term(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    (void)size;
    return 1;
}

/* cos(pi (m-n) / (2L)) */
static void cosformer_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                            const rpe_place *key, double *cosine)
{
    (void)head;
    (void)size;
    *cosine = cos(HALF_PI * (query->at[0] - key->at[0]) / kernel->own[LENGTH].values[0]);
}

/* relu(q) . relu(k) cos */
static double cosformer_weight(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                               size_t size, const double *cosine)
{
    double sum = 0;
    (void)kernel;
    (void)head;
    for (size_t d = 0; d < size; d++)
        sum += fmax(q[d], 0) * fmax(k[d], 0);
    return sum * *cosine;
}

static size_t cosformer_width(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return 2 * size;
}

/* [relu(x) cos(pi m / (2L)), relu(x) sin(pi m / (2L))] */
static void cosformer_features(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                               const double *x, size_t size, double *values)
{
    double angle = HALF_PI * place->at[0] / kernel->own[LENGTH].values[0];
    (void)head;
    (void)side;
    for (size_t d = 0; d < size; d++) {
        values[d] = fmax(x[d], 0) * cos(angle);
        values[size + d] = fmax(x[d], 0) * sin(angle);
    }
}

static bool cosformer_form(const rpe_kernel *kernel, size_t head, rpe_feature_form *made)
{
    (void)head;
    *made = (rpe_feature_form){.map = RPE_FORM_RECTIFIED,
                               .scale = {1, 1},
                               .turns = true,
                               .angle = HALF_PI / kernel->own[LENGTH].values[0]};
    return true;
}

/* Positions are below the length: no lag turns by more than a quarter. */
static rpe_status cosformer_covers(const rpe_kernel *kernel, const rpe_positions *queries,
                                   const rpe_positions *keys, rpe_error *error)
{
    double lowest, highest, length = kernel->own[LENGTH].values[0];
    rpe_positions_lags(queries, keys, 0, &lowest, &highest);
    if (fmax(-lowest, highest) < length)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%s: \"length\": expected at least %.0f for these positions, found %g", kernel->path,
                         floor(fmax(-lowest, highest)) + 1, length);
}

static const rpe_parameter cosformer_parameters[] = {
    {.name = "length", .axes = "", .low = 1, .high = 1e15, .whole = true},
    {0},
};

static const rpe_feature_weight cosformer_feature = {one_term, cosformer_weight, 0};

const rpe_kernel_type rpe_kernel_type_cosformer = {
    .name = "cosformer",
    .title = "cosFormer",
    .source = "Qin et al. 2022, arXiv 2202.08791",
    .form = "cosformer",
    .family = &rpe_family_feature,
    .feature = &cosformer_feature,
    .parameters = cosformer_parameters,
    .terms = cosformer_terms,
    .width = cosformer_width,
    .features = cosformer_features,
    .feature_form = cosformer_form,
    .covers = cosformer_covers,
    /* relu(1) relu(2) cos(pi/3), L = 3, lag 2.
       Four features, of which two count: (1 2 + 2 4) cos(pi/3), and cos(pi/4) with L = 2, lag 1. */
    RPE_POSITION_EXAMPLES(RPE_EXAMPLE("{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":3}", 0, 2,
                                      {1, -1}, {2, 5}, 2, 0, 1),
                          RPE_EXAMPLE("{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":3}", 0, 2,
                                      {1, -1}, {2, 5}, 0, 2, 1),
                          RPE_EXAMPLE("{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":3}", 0, 2,
                                      {1, 2}, {3, 4}, 1, 1, 11),
                          RPE_EXAMPLE("{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":3}", 0, 4,
                                      {1, -1, 3, 2}, {2, -5, -1, 4}, 3, 1, 5),
                          RPE_EXAMPLE("{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":2}", 0, 4,
                                      {1, -1, 3, 2}, {2, -5, -1, 4}, 0, 1, 7.0710678118654752)),
    RPE_POSITION_CASES(RPE_CASE("cosformer", 1, {6}, {6}, 8,
                                "{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":256}")),
};
