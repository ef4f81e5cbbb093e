#include "quantity/measure/measure.h"

#include <string.h>

static const rpe_measure *const measures[] = {
#define RPE_MEASURE(name) &rpe_measure_##name,
#include "quantity/measure/measures.def"
#undef RPE_MEASURE
};

size_t rpe_measure_count(void)
{
    return sizeof measures / sizeof measures[0];
}

const rpe_measure *rpe_measure_at(size_t index)
{
    return measures[index];
}

const rpe_measure *rpe_measure_find(const char *name)
{
    for (size_t i = 0; i < rpe_measure_count(); i++)
        if (strcmp(measures[i]->name, name) == 0)
            return measures[i];
    return NULL;
}

double rpe_scores_squares(const rpe_problem *problem, const double *scores)
{
    size_t queries = problem->queries.count, keys = problem->keys.count;
    double sum = 0.0;
    for (size_t row = 0; row < problem->heads * queries; row++) {
        size_t visible = rpe_problem_visible(problem, row % queries);
        for (size_t n = 0; n < visible; n++)
            sum += scores[row * keys + n] * scores[row * keys + n];
    }
    return sum;
}

size_t rpe_measure_values(const rpe_measure *measure, const rpe_subject *subject)
{
    return measure->count == NULL ? 1 : measure->count(subject);
}

bool rpe_measure_closed_form_known(const rpe_measure *measure, const rpe_subject *subject)
{
    if (measure->closed_form == NULL)
        return false;
    return measure->has_closed_form == NULL || measure->has_closed_form(subject);
}

static bool method_has_stage(const rpe_method *method, rpe_stage stage)
{
    const bool has[RPE_STAGE_COUNT] = {
        [RPE_STAGE_CODES] = method->codes != NULL,   [RPE_STAGE_ENCODE] = method->encode != NULL,
        [RPE_STAGE_ATTEND] = method->attend != NULL, [RPE_STAGE_KERNEL] = method->codes != NULL,
        [RPE_STAGE_CALL] = method->attend != NULL,
    };
    return has[stage];
}

bool rpe_measure_concerns(const rpe_measure *measure, const rpe_method *method)
{
    return method_has_stage(method, measure->stage);
}

rpe_status rpe_stage_supports(rpe_stage stage, const rpe_method *method, const rpe_problem *problem,
                              rpe_error *error)
{
    static const char *const hooks[RPE_STAGE_COUNT] = {"codes", "encoded queries and keys", "attention",
                                                       "codes of a kernel", "call to be timed"};
    if (!method_has_stage(method, stage))
        return rpe_error_set(error, RPE_ERROR_INPUT, "method %s has no %s", method->name, hooks[stage]);
    if (stage != RPE_STAGE_ATTEND && problem->kernel == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "there are no codes without a kernel");
    return RPE_OK;
}

rpe_status rpe_measure_supports(const rpe_measure *measure, const rpe_subject *subject, rpe_error *error)
{
    rpe_status status = rpe_stage_supports(measure->stage, subject->method, subject->problem, error);
    return status != RPE_OK || measure->supports == NULL ? status : measure->supports(subject, error);
}

bool rpe_stage_same_numbers(rpe_stage stage, const rpe_method *a, const rpe_method *b)
{
    const bool same[RPE_STAGE_COUNT] = {
        [RPE_STAGE_CODES] = a->codes == b->codes,
        [RPE_STAGE_ENCODE] = a->encode == b->encode,
        [RPE_STAGE_ATTEND] = a == b,
        [RPE_STAGE_KERNEL] = (a->codes != NULL) == (b->codes != NULL),
        [RPE_STAGE_CALL] = a == b,
    };
    return same[stage];
}
