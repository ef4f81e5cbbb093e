/* Small problems: outputs of the method and of its definition, and how they are judged. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "method/call.h"
#include "quantity/claim/attention/small.h"
#include "quantity/claim/variation.h"

#define THREADS_MAX 4
#define TELLING 0.1 /* of the largest number: a larger bound says nothing */

/* ---- a position of as many tokens ---- */

rpe_status rpe_small_fit(rpe_problem *problem, rpe_kernel **fitted, rpe_error *error)
{
    size_t tokens = problem->kernel != NULL ? rpe_kernel_tokens(problem->kernel) : 0;
    *fitted = NULL;
    if (tokens == 0 || tokens == problem->keys.count)
        return RPE_OK;
    rpe_status status = rpe_kernel_tokens_repeat(fitted, problem->kernel, problem->keys.count, error);
    if (status == RPE_OK)
        problem->kernel = *fitted;
    return status;
}

/* ---- a call of the method ---- */

rpe_status rpe_small_attend(rpe_small *small, const rpe_problem *problem, const rpe_noise *noise,
                            const rpe_inputs *inputs, int threads, double **outputs, rpe_error *error)
{
    size_t count = rpe_small_outputs(problem);
    rpe_problem own = *problem;
    rpe_kernel *kernel = NULL;
    rpe_call call = {0};
    *outputs = rpe_small_array(small, count, error);
    if (*outputs == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        (*outputs)[i] = NAN;
    rpe_status status = rpe_small_fit(&own, &kernel, error);
    if (status == RPE_OK)
        status = rpe_call_make(&call, small->subject->method, &own, threads, error);
    if (status == RPE_OK)
        status = rpe_call_attend_double(&call, noise, inputs, *outputs, error);
    rpe_call_end(&call);
    rpe_kernel_destroy(kernel);
    return status;
}

/* ---- its definition ---- */

/* An item after another: the definition is of one. */
rpe_status rpe_small_define(rpe_small *small, const rpe_problem *problem, const rpe_noise *noise,
                            const rpe_inputs *inputs, double **outputs, double **bounds, rpe_error *error)
{
    rpe_problem one = *problem;
    rpe_kernel *kernel = NULL;
    one.batch = 1;
    size_t count = rpe_small_outputs(&one), queries = rpe_small_queries(&one), keys = rpe_small_keys(&one);
    *outputs = rpe_small_array(small, 2 * problem->batch * count, error);
    if (*outputs == NULL)
        return RPE_ERROR_MEMORY;
    *bounds = *outputs + problem->batch * count;
    rpe_status status = rpe_small_fit(&one, &kernel, error);
    for (size_t item = 0; status == RPE_OK && item < problem->batch; item++) {
        const rpe_inputs own = {(const double *)inputs->queries + item * queries,
                                (const double *)inputs->keys + item * keys,
                                (const double *)inputs->values + item * rpe_small_values(&one)};
        status = rpe_definition_attend(small->subject->method, &one, noise, &own, *outputs + item * count,
                                       *bounds + item * count, error);
    }
    rpe_kernel_destroy(kernel);
    return status;
}

rpe_status rpe_small_run(rpe_small *small, const rpe_problem *problem, const rpe_inputs *inputs,
                         rpe_small_outcome *outcome, rpe_error *error)
{
    rpe_status status = rpe_small_attend(small, problem, &small->noise, inputs, 1, &outcome->outputs, error);
    if (status == RPE_OK)
        status = rpe_small_define(small, problem, &small->noise, inputs, &outcome->expected, &outcome->bounds,
                                  error);
    return status;
}

/* ---- judgement ---- */

void rpe_small_judge(rpe_small *small, size_t count, const double *found, const double *expected,
                     double times, const double *bounds)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = isfinite(expected[i]) ? fmax(largest, fabs(expected[i])) : largest;
    for (size_t i = 0; i < count; i++) {
        double bound = times * bounds[i], apart = fabs(found[i] - expected[i]);
        bool telling = bound <= TELLING * largest;
        small->asked++;
        small->judged += telling;
        if (!isfinite(found[i]))
            small->worst = INFINITY;
        else if (telling && apart > 0)
            small->worst = fmax(small->worst, apart / bound);
    }
}

void rpe_small_judge_bits(rpe_small *small, size_t count, const double *found, const double *expected)
{
    small->asked += count;
    small->judged += count;
    small->worst += (double)rpe_bits_different(count, found, expected);
    for (size_t i = 0; i < count; i++)
        small->worst += !isfinite(found[i]);
}

/* ---- parts of given noise ---- */

static void part_copy(const rpe_array *whole, rpe_array *part, size_t head)
{
    const double *from = whole->values;
    double *to = part->values;
    size_t count = part->values == NULL ? 0 : rpe_array_count(part);
    for (size_t i = 0; i < count; i++) {
        size_t rest = i, place = 0, stride = 1;
        for (size_t axis = part->rank; axis-- > 0;) {
            bool cut_to_one = part->shape[axis] == 1 && whole->shape[axis] > 1;
            place += stride * (rest % part->shape[axis] + (cut_to_one ? head : 0));
            rest /= part->shape[axis];
            stride *= whole->shape[axis];
        }
        to[i] = from[place];
    }
}

rpe_status rpe_small_noise_part(rpe_given_noise *part, const rpe_given_noise *whole,
                                const rpe_problem *problem, size_t head, rpe_error *error)
{
    const rpe_stream none = {0};
    rpe_status status = rpe_given_noise_draw(part, problem, none, error);
    if (status == RPE_OK) {
        part_copy(&whole->position, &part->position, head);
        part_copy(&whole->gate, &part->gate, head);
    }
    return status;
}
