#include <math.h>

#include "quantity/claim/simulate.h"

/* The score of an example by its text; NAN where it cannot be read. */
static rpe_status scored(const rpe_position_example *example, const rpe_claim_tools *tools, double *score,
                         rpe_error *error)
{
    rpe_kernel *kernel = NULL;
    double terms[4 * RPE_EXAMPLE_FEATURES];
    size_t size = example->size;
    const rpe_place query = {example->query, {(double)example->query}},
                    key = {example->key, {(double)example->key}};
    rpe_status status = rpe_kernel_parse(&kernel, example->text, "example", error);
    *score = NAN;
    if (status == RPE_OK && tools->position != NULL)
        kernel->type = tools->position(kernel->type);
    if (status == RPE_OK && kernel->type->family->terms(kernel, size) <= sizeof terms / sizeof terms[0]) {
        kernel->type->terms(kernel, example->head, size, &query, &key, terms);
        *score = kernel->type->family->score(kernel, example->head, example->q, example->k, size, terms);
    }
    rpe_kernel_destroy(kernel);
    return status;
}

static rpe_status position_check(const rpe_kernel_type *type, const rpe_claim_tools *tools,
                                 rpe_finding *finding, rpe_error *error)
{
    double worst = type->example_count >= 3 ? 0 : INFINITY, score;
    for (size_t i = 0; i < type->example_count; i++) {
        rpe_status status = scored(&type->examples[i], tools, &score, error);
        if (status != RPE_OK)
            return status;
        double value = type->examples[i].score, apart = fabs(score - value) / fmax(1, fabs(value));
        worst = isnan(apart) ? INFINITY : fmax(worst, apart);
    }
    *finding = rpe_finding_bounded(worst, 1e-14);
    return RPE_OK;
}

static rpe_status definition_values_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_feature_map *map = subject->method->map;
    if (subject->problem.kernel != NULL)
        return position_check(subject->problem.kernel->type, subject->tools, finding, error);
    double worst = map->example_count >= 3 ? 0 : INFINITY;
    (void)error;
    for (size_t i = 0; i < map->example_count; i++) {
        double value = map->examples[i].value;
        worst =
            fmax(worst, fabs(rpe_feature_map_example(map, &map->examples[i]) - value) / fmax(1, fabs(value)));
    }
    *finding = rpe_finding_bounded(worst, 4e-16);
    return RPE_OK;
}

static rpe_status definition_values_supports(const rpe_case *subject, rpe_error *reason)
{
    if (subject->method->map == NULL && subject->problem.kernel == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "values worked by hand are of feature maps and of positions");
    return RPE_OK;
}

const rpe_claim rpe_claim_definition_values = {
    .name = "definition-values",
    .title = "A feature map and a position have the values worked by hand",
    .formula = "phi(x)_c of three vectors, S(m,n) of three pairs, or more",
    .source = "spec 4; the map's own source",
    .null_hypothesis = "exact, to four roundings",
    .statistic = "largest difference of a value",
    .effect = "any difference",
    .supports = definition_values_supports,
    .stage = RPE_STAGE_ATTEND,
    .outputs = true,
    .check = definition_values_check,
};
