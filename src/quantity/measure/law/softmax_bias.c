/* Bias of the softmax rows along the direction that theory gives it, relative to the attention:
     <b, Ahat - A> / (|b| |A|),   b the first-order bias of form 10, over heads and queries.
   Its expectation is |b|/|A| + O(R^-2), which falls as 1/R, while the scatter of Ahat falls as 1/sqrt(R). */
#include <math.h>

#include "base/memory.h"
#include "quantity/measure/score_matrix.h"
#include "theory/theory_exponential.h"

static rpe_status softmax_bias_supports(const rpe_subject *subject, rpe_error *error)
{
    if (rpe_method_projects(subject->method))
        return rpe_error_set(error, RPE_ERROR_INPUT, "method %s is no softmax of the scores",
                             subject->method->name);
    return rpe_subject_gaussian(subject, error);
}

static double norm_of(size_t count, const double *values)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += values[i] * values[i];
    return sqrt(squares);
}

static double attention_norm(const rpe_subject *subject)
{
    size_t keys = subject->problem->keys.count, width = keys + subject->values;
    size_t rows = subject->problem->queries.count * subject->problem->heads;
    double squares = 0.0;
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < keys; n++)
            squares += subject->oracle_outputs[row * width + n] * subject->oracle_outputs[row * width + n];
    return sqrt(squares);
}

/* b, [H,M,N] */
static rpe_status bias_make(const rpe_subject *subject, double **bias, size_t *count, rpe_error *error)
{
    const rpe_problem *problem = subject->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    *count = problem->heads * entries;
    *bias = rpe_memory_allocate(*count, sizeof **bias);
    if (*bias == NULL)
        return rpe_error_memory(error, "bias of the softmax", *count, sizeof **bias);
    rpe_status status = RPE_OK;
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        rpe_theory *theory = NULL;
        status = rpe_subject_theory(&theory, subject, head, error);
        if (status == RPE_OK)
            status = rpe_theory_softmax_bias(theory, problem->realizations, problem->causal,
                                             *bias + head * entries, error);
        rpe_theory_destroy(theory);
    }
    return status;
}

/* b / (|b| |A|) */
static rpe_status softmax_bias_prepare(const rpe_subject *subject, void **prepared, rpe_error *error)
{
    double *bias = NULL;
    size_t count;
    rpe_status status = bias_make(subject, &bias, &count, error);
    if (status == RPE_OK) {
        double scale = norm_of(count, bias) * attention_norm(subject);
        for (size_t i = 0; scale > 0.0 && i < count; i++)
            bias[i] /= scale;
    }
    *prepared = bias;
    return status;
}

static void softmax_bias_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                  rpe_workspace *workspace)
{
    (void)workspace;
    const rpe_problem *problem = subject->problem;
    const double *direction = trial->prepared;
    size_t keys = problem->keys.count, width = keys + subject->values, heads = problem->heads;
    double sum = 0.0;
    for (size_t head = 0; head < heads; head++)
        for (size_t m = 0; m < problem->queries.count; m++) {
            size_t row = (m * heads + head) * width;
            const double *b = direction + (head * problem->queries.count + m) * keys;
            for (size_t n = 0; n < keys; n++)
                sum += b[n] * (trial->outputs[row + n] - subject->oracle_outputs[row + n]);
        }
    values[0] = sum;
}

static rpe_status softmax_bias_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                           rpe_error *error)
{
    double *bias = NULL;
    size_t count;
    rpe_status status = bias_make(subject, &bias, &count, error);
    if (status == RPE_OK)
        values[0] =
            (rpe_closed_value){.mean = norm_of(count, bias) / attention_norm(subject), .variance = NAN};
    rpe_memory_free(bias);
    return status;
}

const rpe_measure rpe_measure_softmax_bias = {
    .name = "softmax_bias",
    .title = "relative bias of the softmax rows",
    .unit = "1",
    .source = "form 10",
    .stage = RPE_STAGE_ATTEND,
    .limit = true,
    .supports = softmax_bias_supports,
    .prepare = softmax_bias_prepare,
    .evaluate = softmax_bias_evaluate,
    .closed_form = softmax_bias_closed_form,
};
