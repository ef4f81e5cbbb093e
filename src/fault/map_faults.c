/* Faults of feature maps: in the fast expansion, and in the definition.  [spec 4] */
#include <math.h>

#include "fault/fault.h"
#include "method/linear_method.h"

/* ---- maps ---- */

static double square_and_three(double x)
{
    return x * x + 3;
}

static double absolute(double x)
{
    return fabs(x);
}

static void expand_square_and_three(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    (void)second;
    for (size_t i = 0; i < rows; i++)
        for (size_t f = 0; f < count; f++)
            ((double *)values)[i * stride + f] = square_and_three(((double *)values)[i * stride + f]);
}

/* Single precision stays as it is. */
static rpe_status expansion_plan(void **plan, const rpe_problem *problem, rpe_error *error)
{
    static rpe_feature_map map; /* outlives the plan, and is always the same */
    map = *rpe_method_find("elu")->map;
    map.expand[RPE_DOUBLE] = expand_square_and_three;
    return rpe_linear_method_create(plan, problem, &map, error);
}

RPE_MEMBER_FAULT(expansion, plan, expansion_plan)

const rpe_planting rpe_planting_expansion = {
    .case_name = "no positions", .method = "elu", .wrap = expansion_wrap};

/* As published code has it for its softmax features, where 1/1000 is wanted. */
static double smaller_offset(double u)
{
    return (u < 0 ? 0 : u) + 1e-4;
}

static rpe_status offset_plan(void **plan, const rpe_problem *problem, rpe_error *error)
{
    static rpe_feature_map map;
    map = *rpe_method_find("relu-projected")->map;
    map.define[0] = smaller_offset;
    return rpe_linear_method_create(plan, problem, &map, error);
}

RPE_MEMBER_FAULT(offset_smaller, plan, offset_plan)

const rpe_planting rpe_planting_offset_smaller = {
    .case_name = "no positions", .method = "relu-projected", .wrap = offset_smaller_wrap};

/* phi(x) = x, whose weights are t alone. */
static rpe_status first_order_plan(void **plan, const rpe_problem *problem, rpe_error *error)
{
    static rpe_feature_map map;
    map = *rpe_method_find("taylor2")->map;
    map.products = false;
    map.proportional = true;
    return rpe_linear_method_create(plan, problem, &map, error);
}

RPE_MEMBER_FAULT(first_order, plan, first_order_plan)

const rpe_planting rpe_planting_first_order = {
    .case_name = "no positions", .method = "taylor2", .wrap = first_order_wrap};

/* A method whose map is defined by another function; its expansions stay. */
#define DEFINITION_FAULT(key, function)                                                                      \
    static rpe_method key##_wrap(const rpe_method *method)                                                   \
    {                                                                                                        \
        static rpe_feature_map map;                                                                          \
        rpe_method faulty = *method;                                                                         \
        map = *method->map;                                                                                  \
        map.define[0] = function;                                                                            \
        faulty.map = &map;                                                                                   \
        return faulty;                                                                                       \
    }

DEFINITION_FAULT(definition, square_and_three)

const rpe_planting rpe_planting_definition = {
    .case_name = "no positions", .method = "elu", .wrap = definition_wrap};

DEFINITION_FAULT(definition_sign, absolute)

const rpe_planting rpe_planting_definition_sign = {
    .case_name = "no positions", .method = "relu", .wrap = definition_sign_wrap};

static double rectified(double u)
{
    return u < 0 ? 0 : u;
}

DEFINITION_FAULT(offset_missing, rectified)

const rpe_planting rpe_planting_offset_missing = {
    .case_name = "no positions", .method = "relu-projected", .wrap = offset_missing_wrap};

DEFINITION_FAULT(taylor_rectified, rectified)

const rpe_planting rpe_planting_taylor_rectified = {
    .case_name = "no positions", .method = "taylor2", .wrap = taylor_rectified_wrap};
