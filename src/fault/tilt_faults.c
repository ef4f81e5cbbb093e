/* Faults of maps that tilt their projections: in the fit, and in the definition.  [families D] */
#include "fault/fault.h"
#include "method/linear_method.h"

/* As if vectors had one element. */
static void fit_of_one(size_t size, double *matrix, const rpe_tilt *tilt)
{
    rpe_tilt_alike.fit(size, matrix, tilt);
    double sigma = 0;
    for (size_t s = 0; s < size; s++)
        sigma += matrix[s * size + s];
    for (size_t s = 0; s < size; s++)
        tilt->rho[s] = rpe_tilt_best(1, sigma);
}

/* Axes in the columns, where they should be in the rows. */
static void fit_transposed(size_t size, double *matrix, const rpe_tilt *tilt)
{
    rpe_tilt_axes.fit(size, matrix, tilt);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < i; j++) {
            double kept = tilt->axes[i * size + j];
            tilt->axes[i * size + j] = tilt->axes[j * size + i];
            tilt->axes[j * size + i] = kept;
        }
}

static void fit_nothing(size_t size, double *matrix, const rpe_tilt *tilt)
{
    rpe_tilt_alike.fit(size, matrix, tilt);
    for (size_t s = 0; s < size; s++)
        tilt->rho[s] = 1;
}

/* The attention of a method whose map fits in another way; its definition stays. */
#define FIT_FAULT(key, map_name, honest, function)                                                           \
    static rpe_status key##_plan(void **plan, const rpe_problem *problem, rpe_error *error)                  \
    {                                                                                                        \
        static rpe_tilt_law law;                                                                             \
        static rpe_feature_map map; /* outlives the plan, and is always the same */                          \
        law = (rpe_tilt_law){.fit = function, .products = honest.products};                                  \
        map = *rpe_method_find(map_name)->map;                                                               \
        map.tilt = &law;                                                                                     \
        return rpe_linear_method_create(plan, problem, &map, error);                                         \
    }                                                                                                        \
    RPE_MEMBER_FAULT(key, plan, key##_plan)

FIT_FAULT(tilt_of_one, "oprf", rpe_tilt_alike, fit_of_one)

const rpe_planting rpe_planting_tilt_of_one = {
    .case_name = "no positions", .method = "oprf", .wrap = tilt_of_one_wrap};

FIT_FAULT(tilt_missing, "oprf-hyperbolic", rpe_tilt_alike, fit_nothing)

const rpe_planting rpe_planting_tilt_missing = {
    .case_name = "no positions", .method = "oprf-hyperbolic", .wrap = tilt_missing_wrap};

FIT_FAULT(tilt_alike, "saderf", rpe_tilt_alike, rpe_tilt_alike.fit)

const rpe_planting rpe_planting_tilt_alike = {
    .case_name = "no positions", .method = "saderf", .wrap = tilt_alike_wrap};

FIT_FAULT(tilt_transposed, "sderf", rpe_tilt_axes, fit_transposed)

const rpe_planting rpe_planting_tilt_transposed = {
    .case_name = "no positions", .method = "sderf", .wrap = tilt_transposed_wrap};

FIT_FAULT(tilt_diagonal, "sderf", rpe_tilt_diagonal, rpe_tilt_diagonal.fit)

const rpe_planting rpe_planting_tilt_diagonal = {
    .case_name = "no positions", .method = "sderf", .wrap = tilt_diagonal_wrap};

/* A method whose map is defined with one member otherwise. */
#define DEFINITION_FAULT(key, member, value)                                                                 \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        static rpe_feature_map map;                                                                          \
        rpe_method faulty = *method;                                                                         \
        map = *method->map;                                                                                  \
        map.member = value;                                                                                  \
        faulty.map = &map;                                                                                   \
        return faulty;                                                                                       \
    }

DEFINITION_FAULT(tilt_norm, norm, -0.25)

const rpe_planting rpe_planting_tilt_norm = {
    .case_name = "no positions", .method = "oprf", .wrap = tilt_norm_wrap};

DEFINITION_FAULT(tilt_undefined, tilt, NULL)

const rpe_planting rpe_planting_tilt_undefined = {
    .case_name = "no positions", .method = "saderf", .wrap = tilt_undefined_wrap};

static double itself(double u)
{
    return u;
}

DEFINITION_FAULT(tilt_one_sign, define[1], itself)

const rpe_planting rpe_planting_tilt_one_sign = {
    .case_name = "no positions", .method = "oprf-hyperbolic", .wrap = tilt_one_sign_wrap};
