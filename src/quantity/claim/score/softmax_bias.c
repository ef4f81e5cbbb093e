#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "theory/theory_exponential.h"

#define WANTED_EFFECT 0.5
#define REALIZATIONS 64 /* R and 2R: what is left of order R^-3 is then below a standard error */

/* Explicit scores and attention, [H,M,N]. */
typedef struct bias_view {
    const rpe_problem *problem;
    const double *scores, *attention;
} bias_view;

/* x_n = [A_n - a_n]/a_n - (e_n - sum_j a_j e_j), e = Shat - S: what is taken off is linear in e and has mean 0, and most of
   the scatter of A.  values [H,M,N] */
static void softmax_bias_visit(void *context, const rpe_trial *trial, double *values,
                               rpe_workspace *workspace)
{
    const bias_view *view = context;
    const rpe_problem *problem = view->problem;
    size_t heads = problem->heads, queries = problem->queries.count, keys = problem->keys.count;
    size_t row = keys + problem->value_features;
    rpe_problem copy = *problem;
    rpe_visit_scores(&copy, trial, values, workspace);
    for (size_t i = 0; i < heads * queries; i++) {
        const double *a = view->attention + i * keys, *s = view->scores + i * keys;
        const double *seen = trial->outputs + (i % queries * heads + i / queries) * row;
        double mean = 0.0, *x = values + i * keys;
        for (size_t n = 0; n < keys; n++)
            mean += a[n] * (x[n] - s[n]);
        for (size_t n = 0; n < keys; n++)
            x[n] = seen[n] / a[n] - 1.0 - (x[n] - s[n] - mean);
    }
}

/* a = softmax of S, row by row */
static void attention_of(size_t rows, size_t keys, const double *scores, double *attention)
{
    for (size_t i = 0; i < rows; i++) {
        double sum = 0.0, largest = -INFINITY;
        for (size_t n = 0; n < keys; n++)
            largest = fmax(largest, scores[i * keys + n]);
        for (size_t n = 0; n < keys; n++)
            sum += attention[i * keys + n] = exp(scores[i * keys + n] - largest);
        for (size_t n = 0; n < keys; n++)
            attention[i * keys + n] /= sum;
    }
}

static rpe_status softmax_bias_simulate(const rpe_case *subject, const bias_view *view, size_t realizations,
                                        size_t trials, double *values, rpe_error *error)
{
    rpe_problem problem = *view->problem;
    problem.realizations = realizations;
    bias_view at = {&problem, view->scores, view->attention};
    const bool stages[RPE_STAGE_COUNT] = {[RPE_STAGE_ENCODE] = true, [RPE_STAGE_ATTEND] = true};
    return rpe_simulate(subject, "softmax-bias", &problem, stages, trials, rpe_score_count(&problem), 0,
                        softmax_bias_visit, &at, values, error);
}

/* First-order bias over a, [H,M,N]. */
static rpe_status first_order(const rpe_case *subject, const bias_view *view, double *bias, rpe_error *error)
{
    const rpe_problem *problem = view->problem;
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_theories theories = {0};
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++)
        status =
            rpe_theory_softmax_bias(theories.heads[head], REALIZATIONS, false, bias + head * entries, error);
    for (size_t i = 0; status == RPE_OK && i < rpe_score_count(problem); i++)
        bias[i] /= view->attention[i];
    rpe_theories_destroy(&theories);
    return status;
}

/* E x(R) = b1/R + b2/R^2 + b3/R^3 + ...: E[4 x(2R) - x(R)] = b1/R - b3/(2R^3) + ..., and b1/R is the closed form.
   few, many: x(R), x(2R), [trials,entries]; the difference, with the sign of the bias so that entries add up, goes to few. */
static double combine(size_t trials, size_t entries, const double *bias, double *few, const double *many)
{
    double sensitivity = 0.0;
    for (size_t i = 0; i < trials * entries; i++)
        few[i] = copysign(1.0, bias[i % entries]) * (4.0 * many[i] - few[i] - bias[i % entries]);
    for (size_t i = 0; i < entries; i++)
        sensitivity += fabs(bias[i]) / (double)entries;
    return sensitivity;
}

static rpe_status softmax_bias_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = rpe_score_count(problem);
    /* The bias is about half of what the remainder of A scatters by: both are of order Var Shat; Richardson doubles that. */
    size_t trials = rpe_trials_for(subject, WANTED_EFFECT / 4.0, 2500);
    double *scores = NULL, *work = rpe_memory_allocate(2 * (trials + 1), entries * sizeof *work);
    if (work == NULL)
        return rpe_error_memory(error, "biases", 2 * (trials + 1), entries * sizeof *work);
    double *few = work, *many = few + trials * entries, *attention = many + trials * entries,
           *bias = attention + entries;
    rpe_status status = rpe_case_scores(subject, problem, &scores, error);
    if (status == RPE_OK) {
        bias_view view = {problem, scores, attention};
        attention_of(problem->heads * problem->queries.count, problem->keys.count, scores, attention);
        status = first_order(subject, &view, bias, error);
        if (status == RPE_OK)
            status = softmax_bias_simulate(subject, &view, REALIZATIONS, trials, few, error);
        if (status == RPE_OK)
            status = softmax_bias_simulate(subject, &view, 2 * REALIZATIONS, trials, many, error);
    }
    if (status == RPE_OK) {
        double sensitivity = combine(trials, entries, bias, few, many);
        status = rpe_test_mean_zero(subject, trials, entries, few, finding, error);
        finding->effect_error /= sensitivity;
        finding->trials = 2 * trials;
    }
    rpe_memory_free(scores);
    rpe_memory_free(work);
    return status;
}

static rpe_status softmax_bias_supports(const rpe_case *subject, rpe_error *reason)
{
    rpe_status status = rpe_supports_gaussian(subject, reason);
    if (status == RPE_OK && (subject->method->encode == NULL || subject->method->map != NULL))
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s is not the softmax of the scores",
                             subject->method->name);
    return status;
}

const rpe_claim rpe_claim_softmax_bias = {
    .name = "softmax-bias",
    .title = "The softmax of approximate scores is biased, to first order as the closed form says",
    .formula = "E A(m,n) - a_n = a_n/2 [G_nn - 2(Ga)_n + 2a'Ga - sum_j a_j G_jj] + O(R^-2)",
    .source = "form 10",
    .null_hypothesis =
        "4 (A - a)(2R) - (A - a)(R) has the first-order bias at R = 64 as mean: the term in R^-2 cancels",
    .statistic = "Hotelling's T^2 as F, on projections of that over a, less the bias over a",
    .effect = "relative change of the first-order bias",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ATTEND,
    .every_sampler = true,
    .supports = softmax_bias_supports,
    .check = softmax_bias_check,
};
