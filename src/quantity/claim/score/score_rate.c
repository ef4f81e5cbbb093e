#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"
#include "statistic/fit.h"

#define WANTED_EFFECT 0.05
#define POINTS 5
static const size_t score_rate_realizations[POINTS] = {4, 8, 16, 32, 64};
#define SPREAD 0.980 /* standard deviation of ln R over the points: ln 2 sqrt 2 */

/* What the points of a line are made of: ln of the mean of ||Shat - S||^2 over its closed form. */
typedef struct rate_line {
    double logarithm[POINTS]; /* ln R, its weighted mean taken out */
    double excess[POINTS], error[POINTS];
} rate_line;

/* Mean of ||Shat - S||^2 of T trials over sum Var Shat; entries that the closed form calls exact count in full. */
static rpe_status score_rate_point(const rpe_case *subject, size_t index, size_t trials, rate_line *line,
                                   rpe_error *error)
{
    rpe_problem problem = subject->problem;
    problem.realizations = score_rate_realizations[index];
    size_t entries = rpe_score_count(&problem);
    double *scores = NULL, *oracle = NULL, *mean = NULL, *variance = NULL, expected = 0.0;
    rpe_status status = rpe_simulate_scores(subject, "score-rate", &problem, trials, &scores, error);
    if (status == RPE_OK)
        status = rpe_case_scores(subject, &problem, &oracle, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, &problem, &mean, &variance, error);
    rpe_sample sample = {0};
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        expected += variance[i];
    for (size_t t = 0; status == RPE_OK && t < trials; t++) {
        double squares = 0.0;
        for (size_t i = 0; i < entries; i++) {
            double difference = scores[t * entries + i] - oracle[i];
            squares += difference * difference;
        }
        rpe_sample_add(&sample, squares);
    }
    if (status == RPE_OK) {
        line->logarithm[index] = log((double)score_rate_realizations[index]);
        line->excess[index] = log(sample.mean / expected);
        line->error[index] = subject->tools->standard_error(&sample) / sample.mean;
    }
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    rpe_memory_free(oracle);
    rpe_memory_free(scores);
    return status;
}

/* With the weighted mean of ln R taken out, slope and intercept are independent. */
static void centre(rate_line *line)
{
    double sum = 0.0, weights = 0.0;
    for (size_t i = 0; i < POINTS; i++) {
        double weight = 1.0 / (line->error[i] * line->error[i]);
        sum += weight * line->logarithm[i];
        weights += weight;
    }
    for (size_t i = 0; i < POINTS; i++)
        line->logarithm[i] -= sum / weights;
}

/* The error of a slope is that of one point over SPREAD sqrt(POINTS); that of a point is about 1/sqrt(trials), since the
   squared error scatters by about its own mean. */
static rpe_status score_rate_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    size_t trials = rpe_trials_for(subject, WANTED_EFFECT * SPREAD * sqrt(POINTS), 4000);
    rate_line line;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < POINTS; i++)
        status = score_rate_point(subject, i, trials, &line, error);
    if (status != RPE_OK)
        return status;
    for (size_t i = 0; i < POINTS; i++)
        if (!(line.error[i] > 0.0)) { /* errors that do not vary, as of scores that are all 0 */
            *finding = (rpe_finding){.statistic = INFINITY, .p = 0.0, .trials = POINTS * trials};
            return RPE_OK;
        }
    centre(&line);
    rpe_line fit = rpe_line_fit(POINTS, line.logarithm, line.excess, line.error);
    double slope = fit.slope / fit.slope_error, constant = fit.intercept / fit.intercept_error;
    /* chi^2 of two degrees: P(X >= x) = e^(-x/2) */
    *finding = (rpe_finding){.statistic = fit.slope - 1.0,
                             .p = exp(-(slope * slope + constant * constant) / 2.0),
                             .trials = POINTS * trials,
                             .effect_error = fit.slope_error};
    return RPE_OK;
}

const rpe_claim rpe_claim_score_rate = {
    .name = "score-rate",
    .title = "The error of the scores falls as R^(-1/2), with the closed form's constant",
    .formula = "E ||Shat - S||^2 = sum_mn R Var Shat(m,n) / R, R = 4, 8, 16, 32, 64",
    .source = "form 3; SPE paper",
    .null_hypothesis =
        "ln of the mean squared error is ln of the constant less ln R: slope -1 and that constant",
    .statistic = "slope of ln ||Shat - S||^2 over ln R",
    .effect = "change of the slope",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_independent,
    .check = score_rate_check,
};
