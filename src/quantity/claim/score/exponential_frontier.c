#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "theory/theory_exponential.h"

#define NEAR 1e-9 /* as a share of the frontier: far more than rounding of it */

static const double exponential_frontier_powers[] = {1.0, 2.0, -1.0};

/* Moments of a head at some power and R. */
typedef struct frontier_view {
    const rpe_theory *theory;
    double (*smallest)(const rpe_theory *theory, double p, size_t m, size_t n); /* R with a moment */
    double *logarithm;                                                          /* [M,N] */
    size_t entries, entry;
} frontier_view;

static rpe_status logarithm_at(const frontier_view *view, size_t realizations, double p, double *value,
                               rpe_error *error)
{
    rpe_status status =
        rpe_theory_exponential_logarithm(view->theory, realizations, p, view->logarithm, error);
    if (status == RPE_OK)
        *value = view->logarithm[view->entry];
    return status;
}

/* The law says Shat = positive A - negative B, and E exp(x A) is finite iff x < 1/2: so E exp(p Shat) is iff
   2 p positive < 1, for p < 0 iff -2 p negative < 1; both weights are those of R = 1 over R. */
static double frontier_of(const rpe_theory_law *law, double p)
{
    return p > 0.0 ? 2.0 * p * law->positive_weight : -2.0 * p * law->negative_weight;
}

/* Disagreements about R at one power: the smallest R with a moment, the one below it, and the closed form at both. */
static rpe_status integers(const frontier_view *view, double frontier, double p, size_t keys,
                           size_t *disagreements, rpe_error *error)
{
    double value = 0.0, smallest = view->smallest(view->theory, p, view->entry / keys, view->entry % keys);
    rpe_status status = logarithm_at(view, (size_t)smallest, p, &value, error);
    *disagreements += !(smallest > frontier * (1.0 - NEAR)) || !isfinite(value);
    if (status == RPE_OK && smallest > 1.0) {
        status = logarithm_at(view, (size_t)smallest - 1, p, &value, error);
        *disagreements += !(smallest - 1.0 <= frontier * (1.0 + NEAR)) || !isinf(value);
    }
    return status;
}

/* At R = 8 the power itself approaches its frontier: the moment grows without end, and does not exist beyond. */
static rpe_status approach(const frontier_view *view, double frontier, double sign, size_t *disagreements,
                           rpe_error *error)
{
    const size_t realizations = 8;
    double last = 0.0, value = 0.0, edge = sign * (double)realizations / frontier;
    rpe_status status = logarithm_at(view, realizations, edge * (1.0 - 1e-1), &last, error);
    for (double gap = 1e-3; status == RPE_OK && gap > NEAR; gap /= 100.0) {
        status = logarithm_at(view, realizations, edge * (1.0 - gap), &value, error);
        /* -(R/2) ln gap at least, per factor of 100 */
        *disagreements += !(value > last + (double)realizations / 2.0 * log(50.0)) || !isfinite(value);
        last = value;
    }
    if (status == RPE_OK)
        status = logarithm_at(view, realizations, edge * (1.0 + NEAR), &value, error);
    *disagreements += !isinf(value);
    return status;
}

static rpe_status head_check(const rpe_problem *problem, frontier_view *view, size_t *disagreements,
                             rpe_error *error)
{
    size_t keys = problem->keys.count;
    rpe_status status = RPE_OK;
    for (view->entry = 0; status == RPE_OK && view->entry < view->entries; view->entry++) {
        rpe_theory_law law = rpe_theory_score_law(view->theory, 1, view->entry / keys, view->entry % keys);
        for (size_t i = 0; status == RPE_OK &&
                           i < sizeof exponential_frontier_powers / sizeof exponential_frontier_powers[0];
             i++)
            status = integers(view, frontier_of(&law, exponential_frontier_powers[i]),
                              exponential_frontier_powers[i], keys, disagreements, error);
        for (double sign = -1.0; status == RPE_OK && sign <= 1.0; sign += 2.0)
            if (frontier_of(&law, sign) > 0.0)
                status = approach(view, frontier_of(&law, sign), sign, disagreements, error);
    }
    return status;
}

static rpe_status exponential_frontier_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t disagreements = 0;
    rpe_theories theories = {0};
    frontier_view view = {.smallest = subject->tools->frontier != NULL ? subject->tools->frontier
                                                                       : rpe_theory_exponential_realizations,
                          .entries = problem->queries.count * problem->keys.count};
    view.logarithm = rpe_memory_allocate(view.entries, sizeof *view.logarithm);
    if (view.logarithm == NULL)
        return rpe_error_memory(error, "exponential moments", view.entries, sizeof *view.logarithm);
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    for (size_t head = 0; status == RPE_OK && head < problem->heads; head++) {
        view.theory = theories.heads[head];
        status = head_check(problem, &view, &disagreements, error);
    }
    if (status == RPE_OK)
        *finding = rpe_finding_bounded((double)disagreements, 0.0);
    rpe_theories_destroy(&theories);
    rpe_memory_free(view.logarithm);
    return status;
}

const rpe_claim rpe_claim_exponential_frontier = {
    .name = "exponential-frontier",
    .title = "Moments of exp Shat exist beyond the frontier, grow without end towards it, and not before",
    .formula = "E exp(p Shat) finite iff R > p(c + s)/sqrt D; p < 0: |p|(s - c)/sqrt D",
    .source = "forms 4 and 9; by trials: claim exponential-mean",
    .null_hypothesis =
        "closed form, frontier and law of the scores agree in every entry: no disagreement is allowed",
    .statistic = "number of disagreements, p = 1, 2, -1",
    .effect = "number of disagreements",
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_gaussian,
    .check = exponential_frontier_check,
};
