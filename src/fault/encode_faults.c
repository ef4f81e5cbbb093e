/* Faults of the encoding: qhat = (RD)^(-1/4) sum_d q_d Qbar_d with a wrong scale, order or number of terms.  [spec 4] */
#include <math.h>
#include <string.h>

#include "rpe_fault.h"

static void realizations_root_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)queries;
    rpe_fault_scale(rpe_fault_encoded(fault, RPE_SIDE_KEY), pow((double)fault->asked.realizations, 0.25),
                    keys);
}

RPE_FAULT(realizations_root, .encoded = realizations_root_encoded)

const rpe_mutant rpe_mutant_realizations_root = {
    .name = "realizations-root",
    .title = "scores are over R^(1/4), not R^(1/2)",
    .claim = "score-rate",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realizations_root_wrap,
};

static void realizations_twice_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)queries;
    rpe_fault_scale(rpe_fault_encoded(fault, RPE_SIDE_KEY), 1.0 / sqrt((double)fault->asked.realizations),
                    keys);
}

RPE_FAULT(realizations_twice, .encoded = realizations_twice_encoded)

const rpe_mutant rpe_mutant_realizations_twice = {
    .name = "realizations-twice",
    .title = "scores are over the square root of R once more",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realizations_twice_wrap,
};

static void features_root_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)queries;
    rpe_fault_scale(rpe_fault_encoded(fault, RPE_SIDE_KEY), pow((double)fault->asked.features, 0.25), keys);
}

RPE_FAULT(features_root, .encoded = features_root_encoded)

const rpe_mutant rpe_mutant_features_root = {
    .name = "features-root",
    .title = "scores are over D^(1/4), not D^(1/2)",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = features_root_wrap,
};

static void features_missing_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)queries;
    rpe_fault_scale(rpe_fault_encoded(fault, RPE_SIDE_KEY), sqrt((double)fault->asked.features), keys);
}

RPE_FAULT(features_missing, .encoded = features_missing_encoded)

const rpe_mutant rpe_mutant_features_missing = {
    .name = "features-missing",
    .title = "scores are not over the square root of D",
    .claim = "score-mean",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = features_missing_wrap,
};

static void realization_dropped_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    size_t size = fault->asked.realizations;
    (void)keys;
    for (size_t i = size - 1; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i += size)
        queries[i] = 0.0;
}

RPE_FAULT(realization_dropped, .encoded = realization_dropped_encoded)

const rpe_mutant rpe_mutant_realization_dropped = {
    .name = "realization-dropped",
    .title = "the last realization is left out",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = realization_dropped_wrap,
};

/* Codes of keys [N,R] in the opposite order: N - 1 - n for n. */
static void keys_reversed_coded(const rpe_fault *fault, const rpe_noise *noise, size_t head, size_t feature,
                                double *query_codes, double *key_codes)
{
    size_t size = fault->asked.realizations, keys = fault->asked.keys.count;
    (void)noise;
    (void)head;
    (void)feature;
    (void)query_codes;
    for (size_t n = 0; n < keys / 2; n++)
        for (size_t r = 0; r < size; r++) {
            double *first = key_codes + n * size + r, *last = key_codes + (keys - 1 - n) * size + r;
            double code = *first;
            *first = *last;
            *last = code;
        }
}

RPE_FAULT(keys_reversed, .coded = keys_reversed_coded)

const rpe_mutant rpe_mutant_keys_reversed = {
    .name = "keys-reversed",
    .title = "the positions of keys are counted from the end",
    .claim = "score-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = keys_reversed_wrap,
};

static void keys_late_coded(const rpe_fault *fault, const rpe_noise *noise, size_t head, size_t feature,
                            double *query_codes, double *key_codes)
{
    size_t size = fault->asked.realizations, keys = fault->asked.keys.count;
    (void)noise;
    (void)head;
    (void)feature;
    (void)query_codes;
    memmove(key_codes + size, key_codes, (keys - 1) * size * sizeof *key_codes);
}

RPE_FAULT(keys_late, .coded = keys_late_coded)

const rpe_mutant rpe_mutant_keys_late = {
    .name = "keys-late",
    .title = "a key has the code of the one before",
    .claim = "code-covariance",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = keys_late_wrap,
};

/* Cosine and sine rows change places on the side of queries: of even rows and odd rows of the noise. */
static void cosine_sine_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                             double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        rpe_sampler_find("gaussian")
            ->draw(shape, stream, row < shape->rows ? (row ^ 1) : row, 1, values, workspace);
}

static const rpe_sampler cosine_sine_sampler = {.name = "gaussian", .draw = cosine_sine_draw};

static void cosine_sine_change(rpe_fault *fault)
{
    fault->apart = true;
    fault->problem[RPE_SIDE_QUERY].sampler = &cosine_sine_sampler;
}

RPE_FAULT(cosine_sine, .change = cosine_sine_change)

const rpe_mutant rpe_mutant_cosine_sine = {
    .name = "cosine-sine",
    .title = "cosine and sine are swapped in the codes of queries",
    .claim = "code-covariance",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = cosine_sine_wrap,
};

static void constant_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)keys;
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        queries[i] += 0.05;
}

RPE_FAULT(constant, .encoded = constant_encoded)

const rpe_mutant rpe_mutant_constant = {
    .name = "constant",
    .title = "a constant is added to encoded queries",
    .claim = "score-even",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = constant_wrap,
};

static void absolute_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        queries[i] = fabs(queries[i]);
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_KEY); i++)
        keys[i] = fabs(keys[i]);
}

RPE_FAULT(absolute, .encoded = absolute_encoded)

const rpe_mutant rpe_mutant_absolute = {
    .name = "absolute",
    .title = "encoded vectors are made positive",
    .claim = "exponential-mean",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = absolute_wrap,
};

static void last_key_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    size_t row = fault->asked.heads * fault->asked.realizations;
    (void)queries;
    memset(keys + (fault->asked.keys.count - 1) * row, 0, row * sizeof *keys);
}

RPE_FAULT(last_key, .encoded = last_key_encoded)

const rpe_mutant rpe_mutant_last_key = {
    .name = "last-key",
    .title = "the last key is not encoded",
    .claim = "encode-paths",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = last_key_wrap,
};

static void clipped_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)queries;
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_KEY); i++)
        keys[i] = fmin(keys[i], 1.0);
}

RPE_FAULT(clipped, .encoded = clipped_encoded)

const rpe_mutant rpe_mutant_clipped = {
    .name = "clipped",
    .title = "encoded keys are clipped at 1",
    .claim = "relu-limit",
    .case_name = "sine",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = clipped_wrap,
};

/* ---- single precision ---- */

/* 8 bits of a significand */
static float shortened(float value)
{
    int exponent;
    float significand = frexpf(value, &exponent);
    return ldexpf(roundf(significand * 256.0f) / 256.0f, exponent);
}

static void half_single(const rpe_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                        float *queries, float *keys)
{
    (void)noise;
    (void)inputs;
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        queries[i] = shortened(queries[i]);
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_KEY); i++)
        keys[i] = shortened(keys[i]);
}

RPE_FAULT(half, .single = half_single)

const rpe_mutant rpe_mutant_half = {
    .name = "half",
    .title = "encoded vectors have 8 bits of significand",
    .claim = "encode-precision",
    .case_name = "sine",
    .method = "softmax",
    .wrap = half_wrap,
};

/* One entry of qhat (theta as given) or khat (theta = 0), every phase in single precision. z: given noise [H,D,2K,R]. */
static float phase_sum(const rpe_fault *fault, const double *z, size_t head, size_t realization,
                       size_t position, float theta, const float *inputs)
{
    const rpe_kernel *kernel = fault->asked.kernel;
    size_t size = fault->asked.realizations, count = kernel->features * kernel->sinusoids;
    float sum = 0.0f;
    for (size_t i = 0; i < count; i++) {
        size_t at = head * count + i;
        float phase =
            6.2831853f * (float)kernel->frequency[at] * (float)position + theta * (float)kernel->phase[at];
        float even = (float)z[2 * at * size + realization], odd = (float)z[(2 * at + 1) * size + realization];
        sum += inputs[i / kernel->sinusoids] * (float)kernel->gain[at] *
               (cosf(phase) * even + sinf(phase) * odd);
    }
    return sum * powf((float)(size * kernel->features), -0.25f);
}

/* One item, sine kernels without a gate, noise that is given. */
static void float_phase_single(const rpe_fault *fault, const rpe_noise *noise, const rpe_inputs *inputs,
                               float *queries, float *keys)
{
    size_t size = fault->asked.realizations, features = fault->asked.features;
    if (noise->given == NULL || fault->asked.kernel->sinusoids == 0 || fault->asked.kernel->gate != NULL)
        return;
    const double *z = noise->given->values;
    const float *q = inputs->queries, *k = inputs->keys;
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i++) {
        size_t row = i / size, head = row % fault->asked.heads;
        queries[i] = phase_sum(fault, z, head, i % size, row / fault->asked.heads, 1.0f, q + row * features);
    }
    for (size_t i = 0; i < rpe_fault_encoded(fault, RPE_SIDE_KEY); i++) {
        size_t row = i / size, head = row % fault->asked.heads;
        keys[i] = phase_sum(fault, z, head, i % size, row / fault->asked.heads, 0.0f, k + row * features);
    }
}

RPE_FAULT(float_phase, .single = float_phase_single)

const rpe_mutant rpe_mutant_float_phase = {
    .name = "float-phase",
    .title = "phases are in single precision, also far out",
    .claim = "phase-precision",
    .case_name = "sine",
    .method = "softmax",
    .wrap = float_phase_wrap,
};

/* A thousandth of the first query in every later one: as a filter with a tail does. */
static void tail_encoded(const rpe_fault *fault, double *queries, double *keys)
{
    (void)keys;
    size_t row = fault->asked.heads * fault->asked.realizations;
    for (size_t i = row; i < rpe_fault_encoded(fault, RPE_SIDE_QUERY); i++)
        queries[i] += 1e-3 * queries[i % row];
}

RPE_FAULT(tail, .encoded = tail_encoded)

const rpe_mutant rpe_mutant_tail = {
    .name = "tail",
    .title = "a thousandth of the first query leaks into the later ones",
    .claim = "vanishing",
    .case_name = "conv",
    .sampler = "gaussian",
    .method = "softmax",
    .wrap = tail_wrap,
};
