/* Faults of streams and trials, and of the closed forms and statistics that trials are judged by.  [spec 5, 6] */
#include <math.h>
#include <stdatomic.h>

#include "rpe_fault.h"
#include "rpe_memory.h"

static void key_noise_change(rpe_fault *fault)
{
    fault->apart = true;
}

static void key_noise_noise(const rpe_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    noise->stream.point += side == RPE_SIDE_KEY;
}

RPE_FAULT(key_noise, .change = key_noise_change, .noise = key_noise_noise)

const rpe_mutant rpe_mutant_key_noise = {
    .name = "key-noise",
    .title = "keys have noise of their own",
    .claim = "score-mean",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = key_noise_wrap,
};

static void trial_pairs_noise(const rpe_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    (void)side;
    noise->stream.trial /= 2;
}

RPE_FAULT(trial_pairs, .noise = trial_pairs_noise)

const rpe_mutant rpe_mutant_trial_pairs = {
    .name = "trial-pairs",
    .title = "two trials have the same noise",
    .claim = "score-trials",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = trial_pairs_wrap,
};

static void trial_period_noise(const rpe_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    (void)side;
    noise->stream.trial %= 64;
}

RPE_FAULT(trial_period, .noise = trial_period_noise)

const rpe_mutant rpe_mutant_trial_period = {
    .name = "trial-period",
    .title = "the noise of trials comes again after 64 of them",
    .claim = "score-trials",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = trial_period_wrap,
};

/* A generator whose state all threads share: what a trial gets depends on what ran before. */
static void shared_state_noise(const rpe_fault *fault, rpe_side side, rpe_noise *noise)
{
    static atomic_uint state;
    (void)fault;
    (void)side;
    noise->stream.trial = atomic_fetch_add(&state, 1);
}

RPE_FAULT(shared_state, .noise = shared_state_noise)

const rpe_mutant rpe_mutant_shared_state = {
    .name = "shared-state",
    .title = "the generator's state is shared by threads",
    .claim = "thread-invariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = shared_state_wrap,
};

/* ---- statistics ---- */

/* Stretches of 64 trials, each used twice. */
static uint32_t trial_again(size_t trial)
{
    return (uint32_t)(trial - trial / 64 % 2 * 64);
}

static const rpe_claim_tools stream_reused_tools = {.trial = trial_again,
                                                    .standard_error = rpe_sample_standard_error};

const rpe_mutant rpe_mutant_stream_reused = {
    .name = "stream-reused",
    .title = "the stream of a trial is used for a later one too",
    .claim = "score-trials",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .tools = &stream_reused_tools,
};

/* n for n - 1 */
static double standard_error_biased(const rpe_sample *sample)
{
    return sqrt(sample->squares) / (double)sample->count;
}

static uint32_t trial_itself(size_t trial)
{
    return (uint32_t)trial;
}

static const rpe_claim_tools standard_error_tools = {.trial = trial_itself,
                                                     .standard_error = standard_error_biased};

const rpe_mutant rpe_mutant_standard_error = {
    .name = "standard-error",
    .title = "the standard error is without n - 1",
    .claim = "interval-coverage",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .tools = &standard_error_tools,
};

/* ---- closed forms ---- */

static rpe_status square_missing_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                         size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, variance, error);
    /* c^2/(RD) = S^2/R */
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] -= mean[i] * mean[i] / (double)problem->realizations;
    return status;
}

static rpe_method square_missing_wrap(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.score_moments = square_missing_moments;
    return faulty;
}

const rpe_mutant rpe_mutant_square_missing = {
    .name = "square-missing",
    .title = "the closed form of the variance is s^2/(RD), without c^2",
    .claim = "score-variance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = square_missing_wrap,
};

static rpe_status position_variance_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                            size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t keys = problem->keys.count, entries = problem->queries.count * keys;
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] *= 1.0 + 1e-6 * (double)(i / keys);
    return status;
}

static rpe_method position_variance_wrap(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.score_moments = position_variance_moments;
    return faulty;
}

const rpe_mutant rpe_mutant_position_variance = {
    .name = "position-variance",
    .title = "the closed form of the variance depends on the position",
    .claim = "shift-invariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = position_variance_wrap,
};

/* (s^2 + c^2 + c~^2)/(RD). */
static rpe_status quadrature_loss_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                          size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_problem gaussian = *problem;
    gaussian.sampler = rpe_sampler_find("gaussian");
    double *other = rpe_memory_allocate(entries, sizeof *other);
    if (other == NULL)
        return rpe_error_memory(error, "moments of a mutant", entries, sizeof *other);
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, other, error);
    if (status == RPE_OK)
        status = rpe_spe_score_moments(&gaussian, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] += variance[i] - other[i];
    rpe_memory_free(other);
    return status;
}

static rpe_method quadrature_loss_wrap(const rpe_method *method)
{
    rpe_method faulty = *method;
    faulty.score_moments = quadrature_loss_moments;
    return faulty;
}

const rpe_mutant rpe_mutant_quadrature_loss = {
    .name = "quadrature-loss",
    .title = "the closed form of quadrature pairs adds what it should subtract",
    .claim = "score-quadrature",
    .case_name = "sine",
    .sampler = "quadrature",
    .method = "softmax",
    .wrap = quadrature_loss_wrap,
};
