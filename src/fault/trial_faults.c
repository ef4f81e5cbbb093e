/* Faults of streams and trials, and of the closed forms and statistics that trials are judged by.  [spec 5, 6] */
#include <math.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "fault/code_fault.h"

static void key_noise_change(rpe_code_fault *fault)
{
    fault->apart = true;
}

static void key_noise_noise(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    noise->stream.point += side == RPE_SIDE_KEY;
}

RPE_CODE_FAULT(key_noise, .change = key_noise_change, .noise = key_noise_noise)

const rpe_planting rpe_planting_key_noise = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = key_noise_wrap};

static void trial_pairs_noise(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    (void)side;
    noise->stream.trial /= 2;
}

RPE_CODE_FAULT(trial_pairs, .noise = trial_pairs_noise)

const rpe_planting rpe_planting_trial_pairs = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = trial_pairs_wrap};

static void trial_period_noise(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise)
{
    (void)fault;
    (void)side;
    noise->stream.trial %= 64;
}

RPE_CODE_FAULT(trial_period, .noise = trial_period_noise)

const rpe_planting rpe_planting_trial_period = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = trial_period_wrap};

/* A generator whose state all threads share: what a trial gets depends on what ran before. */
static void shared_state_noise(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise)
{
    static atomic_uint state;
    (void)fault;
    (void)side;
    noise->stream.trial = atomic_fetch_add(&state, 1);
}

RPE_CODE_FAULT(shared_state, .noise = shared_state_noise)

const rpe_planting rpe_planting_shared_state = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = shared_state_wrap};

/* One whose state each thread keeps. */
static void thread_state_noise(const rpe_code_fault *fault, rpe_side side, rpe_noise *noise)
{
    static _Thread_local unsigned state;
    (void)fault;
    (void)side;
    noise->stream.trial = state++;
}

RPE_CODE_FAULT(thread_state, .noise = thread_state_noise)

const rpe_planting rpe_planting_thread_state = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = thread_state_wrap};

/* ---- statistics ---- */

/* Stretches of 64 trials, each used twice. */
static uint32_t trial_again(size_t trial)
{
    return (uint32_t)(trial - trial / 64 % 2 * 64);
}

static const rpe_claim_tools stream_reused_tools = {.trial = trial_again,
                                                    .standard_error = rpe_sample_standard_error};

const rpe_planting rpe_planting_stream_reused = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .tools = &stream_reused_tools};

/* n for n - 1 */
static double standard_error_biased(const rpe_sample *sample)
{
    return sqrt(sample->squares) / (double)sample->count;
}

static const rpe_claim_tools standard_error_tools = {.trial = rpe_claim_trial_honest,
                                                     .standard_error = standard_error_biased};

const rpe_planting rpe_planting_standard_error = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .tools = &standard_error_tools};

/* The deviation over n, where the root of n is due. */
static double standard_error_divided(const rpe_sample *sample)
{
    return rpe_sample_standard_error(sample) / sqrt((double)sample->count);
}

static const rpe_claim_tools deviation_divided_tools = {.trial = rpe_claim_trial_honest,
                                                        .standard_error = standard_error_divided};

const rpe_planting rpe_planting_deviation_divided = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .tools = &deviation_divided_tools};

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

RPE_MEMBER_FAULT(square_missing, score_moments, square_missing_moments)

const rpe_planting rpe_planting_square_missing = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = square_missing_wrap};

static rpe_status position_variance_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                            size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t keys = problem->keys.count, entries = problem->queries.count * keys;
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] *= 1.0 + 1e-6 * floor((double)i / (double)keys);
    return status;
}

RPE_MEMBER_FAULT(position_variance, score_moments, position_variance_moments)

const rpe_planting rpe_planting_position_variance = {
    .case_name = "sine", .sampler = "gaussian", .method = "softmax", .wrap = position_variance_wrap};

/* (s^2 + c^2 + c~^2)/(RD). */
static rpe_status quadrature_loss_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                          size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_problem gaussian = *problem;
    gaussian.sampler = rpe_sampler_find("gaussian");
    double *other = rpe_memory_allocate(entries, sizeof *other);
    if (other == NULL)
        return rpe_error_memory(error, "moments of a fault", entries, sizeof *other);
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, other, error);
    if (status == RPE_OK)
        status = rpe_spe_score_moments(&gaussian, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] += variance[i] - other[i];
    rpe_memory_free(other);
    return status;
}

RPE_MEMBER_FAULT(quadrature_loss, score_moments, quadrature_loss_moments)

const rpe_planting rpe_planting_quadrature_loss = {
    .case_name = "sine", .sampler = "quadrature", .method = "softmax", .wrap = quadrature_loss_wrap};

static rpe_status position_mean_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                        size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t keys = problem->keys.count, entries = problem->queries.count * keys;
    rpe_status status = rpe_spe_score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        mean[i] += 1e-6 * (double)(i % keys);
    return status;
}

RPE_MEMBER_FAULT(position_mean, score_moments, position_mean_moments)

const rpe_planting rpe_planting_position_mean = {
    .case_name = "conv", .sampler = "gaussian", .method = "softmax", .wrap = position_mean_wrap};

/* A hundredth more than Gaussian noise has. */
static rpe_status quadrature_more_moments(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                          size_t head, double *mean, double *variance, rpe_error *error)
{
    size_t entries = problem->queries.count * problem->keys.count;
    rpe_problem gaussian = *problem;
    gaussian.sampler = rpe_sampler_find("gaussian");
    rpe_status status = rpe_spe_score_moments(&gaussian, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < entries; i++)
        variance[i] *= 1.01;
    return status;
}

RPE_MEMBER_FAULT(quadrature_more, score_moments, quadrature_more_moments)

const rpe_planting rpe_planting_quadrature_more = {
    .case_name = "sine gated", .sampler = "quadrature", .method = "softmax", .wrap = quadrature_more_wrap};
