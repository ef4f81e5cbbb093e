/* LRPE: features are transformed, then turned by angles that grow with the position.  [families C; Qin et al. 2023,
   arXiv 2307.09270] */
#include <math.h>

#include "position/family/feature_family.h"

enum { ANGLE, HOUSEHOLDER, OFFSET };

/* phi(x) = max(x,0) + offset, then z = phi - 2 u (u . phi) / (u . u): element e */
static double transformed(const rpe_kernel *kernel, size_t head, const double *x, size_t size, size_t e)
{
    const double *given = kernel->own[OFFSET].values, *u = kernel->own[HOUSEHOLDER].values;
    double offset = given != NULL ? *given : 0, along = 0, square = 0;
    for (size_t d = 0; u != NULL && d < size; d++) {
        along += u[head * size + d] * (fmax(x[d], 0) + offset);
        square += u[head * size + d] * u[head * size + d];
    }
    return fmax(x[e], 0) + offset - (u != NULL ? 2 * u[head * size + e] * along / square : 0);
}

/* cos alpha_j (m-n), sin alpha_j (m-n) */
static void lrpe_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                       const rpe_place *key, double *turns)
{
    size_t count = kernel->own[ANGLE].extent[1];
    (void)size;
    for (size_t j = 0; j < count; j++) {
        double angle = kernel->own[ANGLE].values[head * count + j] * (query->at[0] - key->at[0]);
        turns[2 * j] = cos(angle);
        turns[2 * j + 1] = sin(angle);
    }
}

static size_t lrpe_term_count(const rpe_kernel *kernel, size_t size)
{
    (void)size;
    return 2 * kernel->own[ANGLE].extent[1];
}

/* sum_j z^q_j z^k_j cos(alpha_j tau) */
static double unitary(const rpe_kernel *kernel, size_t head, const double *q, const double *k, size_t size,
                      const double *turns)
{
    double sum = 0;
    for (size_t j = 0; j < size; j++)
        sum += transformed(kernel, head, q, size, j) * transformed(kernel, head, k, size, j) * turns[2 * j];
    return sum;
}

/* (R_m z^q) . (R_n z^k), pairs (2j, 2j+1) */
static double rotation(const rpe_kernel *kernel, size_t head, const double *q, const double *k, size_t size,
                       const double *turns)
{
    double sum = 0;
    for (size_t j = 0; j < size / 2; j++) {
        double qa = transformed(kernel, head, q, size, 2 * j),
               qb = transformed(kernel, head, q, size, 2 * j + 1);
        double ka = transformed(kernel, head, k, size, 2 * j),
               kb = transformed(kernel, head, k, size, 2 * j + 1);
        sum += (qa * ka + qb * kb) * turns[2 * j] + (qa * kb - qb * ka) * turns[2 * j + 1];
    }
    return sum;
}

static size_t twice(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return 2 * size;
}

static size_t once(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return size;
}

/* [z cos(m alpha), z sin(m alpha)] */
static void unitary_features(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                             const double *x, size_t size, double *values)
{
    (void)side;
    for (size_t j = 0; j < size; j++) {
        double angle = kernel->own[ANGLE].values[head * size + j] * place->at[0];
        values[j] = transformed(kernel, head, x, size, j);
        values[size + j] = values[j] * sin(angle);
        values[j] *= cos(angle);
    }
}

/* R_m z */
static void rotation_features(const rpe_kernel *kernel, size_t head, rpe_side side, const rpe_place *place,
                              const double *x, size_t size, double *values)
{
    (void)side;
    for (size_t j = 0; j < size / 2; j++) {
        double angle = kernel->own[ANGLE].values[head * (size / 2) + j] * place->at[0];
        double a = transformed(kernel, head, x, size, 2 * j),
               b = transformed(kernel, head, x, size, 2 * j + 1);
        values[2 * j] = a * cos(angle) - b * sin(angle);
        values[2 * j + 1] = a * sin(angle) + b * cos(angle);
    }
}

static rpe_feature_form form_of(const rpe_kernel *kernel, size_t head)
{
    const double *given = kernel->own[OFFSET].values, *u = kernel->own[HOUSEHOLDER].values;
    const rpe_parameter_values *angle = &kernel->own[ANGLE];
    return (rpe_feature_form){.map = RPE_FORM_RECTIFIED,
                              .offset = given != NULL ? *given : 0,
                              .reflected = u != NULL ? u + head * kernel->features : NULL,
                              .scale = {1, 1},
                              .turns = true,
                              .angles = angle->values + head * angle->extent[1]};
}

static bool unitary_form(const rpe_kernel *kernel, size_t head, rpe_feature_form *form)
{
    *form = form_of(kernel, head);
    return true;
}

static bool rotation_form(const rpe_kernel *kernel, size_t head, rpe_feature_form *form)
{
    *form = form_of(kernel, head);
    form->layout = RPE_FORM_PAIRS;
    return true;
}

static rpe_status check_vector(rpe_kernel *kernel, rpe_error *error)
{
    const rpe_parameter_values *u = &kernel->own[HOUSEHOLDER];
    for (size_t h = 0; u->values != NULL && h < kernel->heads; h++) {
        double square = 0;
        for (size_t d = 0; d < kernel->features; d++)
            square += u->values[h * kernel->features + d] * u->values[h * kernel->features + d];
        if (!(square > 0 && isfinite(square)))
            return rpe_parameters_error(kernel, "householder", "a vector that is not 0", square, error);
    }
    return RPE_OK;
}

/* One angle for each pair. */
static rpe_status check_pairs(rpe_kernel *kernel, rpe_error *error)
{
    size_t angles = kernel->own[ANGLE].extent[1];
    if (kernel->features != 0 && kernel->features != 2 * angles)
        return rpe_parameters_error(kernel, "angle", "one for each pair of features in each head",
                                    (double)angles, error);
    kernel->features = 2 * angles;
    return check_vector(kernel, error);
}

static const rpe_parameter of_features[] = {
    {.name = "angle", .axes = "hd", .low = -INFINITY, .high = INFINITY},
    {.name = "householder", .axes = "hd", .low = -INFINITY, .high = INFINITY, .optional = true},
    {.name = "offset", .axes = "", .low = 0, .high = INFINITY, .optional = true},
    {0},
};
static const rpe_parameter of_pairs[] = {
    {.name = "angle", .axes = "hj", .low = -INFINITY, .high = INFINITY},
    {.name = "householder", .axes = "hd", .low = -INFINITY, .high = INFINITY, .optional = true},
    {.name = "offset", .axes = "", .low = 0, .high = INFINITY, .optional = true},
    {0},
};

static const rpe_feature_weight by_features = {lrpe_term_count, unitary, 0},
                                by_pairs = {lrpe_term_count, rotation, 0};

/* 1 3 cos(pi/3) + 2 4; a reflection keeps products; (0,2) + 1 and (1,1) + 1.
   A feature each at cosines 1, 0, -1 and 1/2: 1 5 + 0 - 3 7 + 2 8 / 2. */
/* clang-format off */
static const rpe_position_example unitary_examples[] = {
    {"{\"type\":\"feature\",\"form\":\"lrpe-unitary\",\"angle\":[[1.0471975511965976,0]]}",
     0, 2, {1, 2}, {3, 4}, 1, 0, 9.5},
    {"{\"type\":\"feature\",\"form\":\"lrpe-unitary\",\"angle\":[[0,0]],\"householder\":[[1,1]]}",
     0, 2, {1, 2}, {3, 4}, 0, 0, 11},
    {"{\"type\":\"feature\",\"form\":\"lrpe-unitary\",\"angle\":[[0,0]],\"offset\":1}",
     0, 2, {-1, 1}, {1, 1}, 0, 0, 6},
    {"{\"type\":\"feature\",\"form\":\"lrpe-unitary\","
     "\"angle\":[[0,0,0,0],[0,1.5707963267948966,3.1415926535897931,1.0471975511965976]]}",
     1, 4, {1, 2, 3, 2}, {5, 6, 7, 8}, 1, 0, -8},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_lrpe_unitary = {
    .name = "lrpe-unitary",
    .title = "LRPE, unitary",
    .source = "Qin et al. 2023, arXiv 2307.09270",
    .form = "lrpe-unitary",
    .family = &rpe_family_feature,
    .feature = &by_features,
    .parameters = of_features,
    .check = check_vector,
    .terms = lrpe_terms,
    .width = twice,
    .features = unitary_features,
    .feature_form = unitary_form,
    .examples = unitary_examples,
    .example_count = sizeof unitary_examples / sizeof unitary_examples[0],
    RPE_POSITION_CASES(RPE_CASE("lrpe", 1, {6}, {6}, 8,
                                "{\"type\":\"feature\",\"form\":\"lrpe-unitary\",\"angle\":[[0.001,0.004,0."
                                "007],[0.008,0.002,0.005]],\"offset\":0.1}")),
};

/* (3 + 8) cos + (1 4 - 2 3) sin of a quarter of a turn, either way round; 1 3.
   Two pairs of (1,2,3,4) and (5,6,7,8), the first turned by a quarter, the second by a half:
     (-2,1).(5,6) + (-3,-4).(7,8) = -4 - 53;  back by as much: (2,-1).(5,6) - 53 = 4 - 53
   The reflection along (0,1,0,-1) has the second and the fourth change places:
     (1,4,3,2) and (5,8,7,6): (-4,1).(5,8) + (-3,-2).(7,6) = -12 - 33 */
/* clang-format off */
static const rpe_position_example rotation_examples[] = {
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[1.5707963267948966]]}",
     0, 2, {1, 2}, {3, 4}, 1, 0, -2},
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[1.5707963267948966]]}",
     0, 2, {1, 2}, {3, 4}, 0, 1, 2},
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[1.5707963267948966]]}",
     0, 2, {1, 2}, {3, -4}, 2, 2, 3},
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[0,0],[1.5707963267948966,3.1415926535897931]]}",
     1, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, -57},
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[1.5707963267948966,3.1415926535897931]]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 2, 3, -49},
    {"{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[1.5707963267948966,3.1415926535897931]],\"householder\":[[0,1,0,-1]]}",
     0, 4, {1, 2, 3, 4}, {5, 6, 7, 8}, 1, 0, -45},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_lrpe_rotation = {
    .name = "lrpe-rotation",
    .title = "LRPE, rotation",
    .source = "Qin et al. 2023, arXiv 2307.09270",
    .form = "lrpe-rotation",
    .family = &rpe_family_feature,
    .feature = &by_pairs,
    .parameters = of_pairs,
    .check = check_pairs,
    .terms = lrpe_terms,
    .width = once,
    .features = rotation_features,
    .feature_form = rotation_form,
    .examples = rotation_examples,
    .example_count = sizeof rotation_examples / sizeof rotation_examples[0],
    RPE_POSITION_CASES(
        RPE_CASE("lrpe rotation", 1, {6}, {6}, 8,
                 "{\"type\":\"feature\",\"form\":\"lrpe-rotation\",\"angle\":[[0.3,1.1],[0.7,0.2]]}")),
};
