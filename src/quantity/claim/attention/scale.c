#include <math.h>

#include "quantity/claim/attention/small.h"

#define KINDS 8

/* Whether exponents of the method grow with the vectors. */
static bool has_exponents(const rpe_small *small)
{
    const rpe_feature_map *map = small->subject->method->map;
    return map == NULL || map->exponential || map->norm != 0;
}

/* Factor of every row of queries (side 0), keys (1), or values (2). */
static double factor_of(const rpe_small *small, size_t kind, int side, size_t row, size_t rows)
{
    double large = has_exponents(small) ? (small->problem.precision == RPE_SINGLE ? 3 : 20) : 1e9;
    double spread = has_exponents(small) ? 1 : 28; /* powers of ten from the smallest key to the largest */
    switch (kind) {
    case 0:
        return side < 2 ? 1e-25 : 1;
    case 1:
        return side < 2 ? large : 1;
    case 2:
        return side == 2 ? 1e30 : 1;
    case 3:
        return side == 2 ? 1e-30 : 1;
    case 4:
        return side == 1 ? pow(10, spread * ((double)row / (double)rows - 0.5)) : 1;
    case 5:
        return side < 2 && row % 3 == 0 ? 0 : 1;
    case 6:
        return side == 0 ? 1e-25 : 1;
    default:
        return side == 1 && row == rows / 2 ? large : 1;
    }
}

/* A copy whose rows have their factors; of kind 5 the rows of a third of the tokens are 0, the others are all alike. */
static double *scale_rows_of(rpe_small *small, size_t kind, int side, size_t count, size_t width,
                             const double *from, rpe_error *error)
{
    double *to = rpe_small_array(small, count, error);
    for (size_t i = 0; to != NULL && i < count; i++) {
        bool alike = kind == 5 && side < 2;
        to[i] = from[alike ? i % width : i] * factor_of(small, kind, side, i / width, count / width);
    }
    return to;
}

static rpe_status scale_visit(rpe_small *small, rpe_error *error)
{
    const rpe_problem *problem = &small->problem;
    size_t kind = small->index / 4 % KINDS, row = problem->heads * problem->features;
    size_t width = problem->heads * problem->value_features;
    const rpe_inputs inputs = {
        scale_rows_of(small, kind, 0, rpe_small_queries(problem), row, small->inputs.queries, error),
        scale_rows_of(small, kind, 1, rpe_small_keys(problem), row, small->inputs.keys, error),
        scale_rows_of(small, kind, 2, rpe_small_values(problem), width, small->inputs.values, error)};
    rpe_small_outcome by = {0};
    if (inputs.queries == NULL || inputs.keys == NULL || inputs.values == NULL)
        return RPE_ERROR_MEMORY;
    rpe_status status = rpe_small_run(small, problem, &inputs, &by, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(problem), by.outputs, by.expected, 1, by.bounds);
    return status;
}

const rpe_claim rpe_claim_scale = {
    .name = "scale",
    .title = "Tokens and values of every size are attended to: no overflow, no row that is lost",
    .formula = "q, k from 1e-25 to what exponents carry; key norms 1e28 apart; zero rows; v of 1e+-30",
    .source = "spec 4",
    .supports = rpe_supports_defined,
    RPE_SMALL_BOUNDS(scale_visit, .quick = 4 * KINDS)};
