#include <math.h>

#include "base/memory.h"
#include "quantity/claim/score/closed_form.h"

#define WANTED_EFFECT 0.05

/* Two entries of scores [H,M,N], and what the product of their standardized deviations has for a mean. */
typedef struct score_pair {
    size_t first, second;
    double correlation;
} score_pair;

enum {
    SAME_QUERY, /* (m,n) and (m,n+1) */
    SAME_KEY,   /* (m,n) and (m+1,n) */
    NEITHER,    /* (m,n) and (m+1,n+1) */
    OTHER_HEAD, /* (m,n) of two heads: independent, unless they share their codes */
    PAIRS_A_PLACE
};

static size_t entry_of(const rpe_problem *problem, rpe_score_place at)
{
    return (at.head * problem->queries.count + at.query) * problem->keys.count + at.key;
}

/* Neighbours wrap around; the second place of a pair. */
static rpe_score_place partner(const rpe_problem *problem, rpe_score_place at, size_t kind)
{
    if (kind == SAME_KEY || kind == NEITHER)
        at.query = (at.query + 1) % problem->queries.count;
    if (kind == SAME_QUERY || kind == NEITHER)
        at.key = (at.key + 1) % problem->keys.count;
    if (kind == OTHER_HEAD)
        at.head = (at.head + 1) % problem->heads;
    return at;
}

/* Kinds of pairs that the closed form covers: heads that share their codes are correlated in another way. */
static size_t kinds(const rpe_problem *problem)
{
    return problem->heads < 2 || problem->shared_heads ? OTHER_HEAD : PAIRS_A_PLACE;
}

/* pairs [H*M*N*kinds] */
static rpe_status score_covariance_pairs_fill(const rpe_problem *problem, const rpe_theories *theories,
                                              const double *variance, score_pair *pairs, rpe_error *error)
{
    rpe_status status = RPE_OK;
    size_t count = kinds(problem);
    for (size_t i = 0; status == RPE_OK && i < rpe_score_count(problem) * count; i++) {
        rpe_score_place at = rpe_score_place_of(problem, i / count), other;
        double covariance = 0.0;
        other = partner(problem, at, i % count);
        pairs[i] = (score_pair){.first = i / count, .second = entry_of(problem, other)};
        if (other.head == at.head)
            status = rpe_theory_score_covariance(theories->heads[at.head], problem->sampler->law,
                                                 problem->realizations, at.query, at.key, other.query,
                                                 other.key, &covariance, error);
        double scale = sqrt(variance[pairs[i].first] * variance[pairs[i].second]);
        pairs[i].correlation = scale > 0.0 ? covariance / scale : 0.0;
    }
    return status;
}

/* z_i z_j - correlation, [trials,pairs] */
static rpe_status score_covariance_products(size_t trials, size_t entries, size_t count,
                                            const score_pair *pairs, const double *deviations, double **made,
                                            rpe_error *error)
{
    double *values = rpe_memory_allocate(trials * count, sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "products of deviations", trials * count, sizeof *values);
    for (size_t t = 0; t < trials; t++)
        for (size_t i = 0; i < count; i++)
            values[t * count + i] =
                deviations[t * entries + pairs[i].first] * deviations[t * entries + pairs[i].second] -
                pairs[i].correlation;
    *made = values;
    return RPE_OK;
}

static rpe_status score_covariance_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    const rpe_problem *problem = &subject->problem;
    size_t entries = rpe_score_count(problem), count = entries * kinds(problem);
    size_t trials = rpe_trials_for(subject, WANTED_EFFECT, 15000);
    double *deviations = NULL, *mean = NULL, *variance = NULL, *values = NULL;
    rpe_theories theories = {0};
    score_pair *pairs = rpe_memory_allocate(count, sizeof *pairs);
    if (pairs == NULL)
        return rpe_error_memory(error, "pairs of scores", count, sizeof *pairs);
    rpe_status status = rpe_theories_create(&theories, subject, problem, error);
    if (status == RPE_OK)
        status = rpe_case_moments(subject, problem, &mean, &variance, error);
    if (status == RPE_OK)
        status = score_covariance_pairs_fill(problem, &theories, variance, pairs, error);
    if (status == RPE_OK)
        status = rpe_simulate_deviations(subject, "score-covariance", problem, trials, &deviations, error);
    if (status == RPE_OK)
        status = score_covariance_products(trials, entries, count, pairs, deviations, &values, error);
    if (status == RPE_OK)
        status = rpe_test_mean_zero(subject, trials, count, values, finding, error);
    rpe_memory_free(values);
    rpe_memory_free(deviations);
    rpe_memory_free(variance);
    rpe_memory_free(mean);
    rpe_theories_destroy(&theories);
    rpe_memory_free(pairs);
    return status;
}

const rpe_claim rpe_claim_score_covariance = {
    .name = "score-covariance",
    .title = "Scores of a query, of a key, of neither and of two heads covary as the closed form says",
    .formula = "Cov(Shat(m,n), Shat(m',n')) = [Gq(m,m') Gk(n,n') + c(m,n') c(m',n)]/(RD)",
    .source = "form 8",
    .null_hypothesis = "products of two standardized deviations have the closed form's correlation as mean",
    .statistic = "Hotelling's T^2 as F, on projections of the products less their means",
    .effect = "change of the mean correlation of two scores",
    .wanted_effect = WANTED_EFFECT,
    .stage = RPE_STAGE_ENCODE,
    .every_sampler = true,
    .supports = rpe_supports_independent,
    .check = score_covariance_check,
};
