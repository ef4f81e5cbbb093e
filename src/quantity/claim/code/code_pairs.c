#include "quantity/claim/code/code_pairs.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define PROBES 2
#define PRODUCTS 3 /* of probes: first with first, second with second, first with second */

/* Weights of different size, so that signs cannot cancel where all positions have the same code. */
static double weight_raw(size_t probe, size_t position, size_t positions)
{
    double sign = probe == 0 ? rpe_projection_sign(17, position) : 1.0;
    return sign * (1.0 + (double)position / (double)positions);
}

/* w_p over the deviation of sum_p w_p x(p) */
static void code_pairs_weights_fill(const rpe_code_law *law, double *weights)
{
    size_t positions = law->positions;
    for (size_t i = 0; i < law->units * PROBES; i++, weights += positions) {
        const double *correlation = law->correlation + i / PROBES * positions * positions;
        double variance = 0.0;
        for (size_t p = 0; p < positions; p++)
            weights[p] = weight_raw(i % PROBES, p, positions);
        for (size_t p = 0; p < positions; p++)
            for (size_t q = 0; q < positions; q++)
                variance += weights[p] * weights[q] * correlation[p * positions + q];
        for (size_t p = 0; p < positions; p++)
            weights[p] = variance > 1e-9 ? weights[p] / sqrt(variance) : 0.0;
    }
}

/* Probes [units,PROBES,R] of a trial; context: weights. */
static void code_pairs_visit(const void *context, const rpe_code_law *law, const double *codes,
                             const rpe_trial *trial, double *values)
{
    (void)trial;
    const double *weights = context;
    size_t positions = law->positions, size = law->problem->realizations;
    memset(values, 0, law->units * PROBES * size * sizeof *values);
    for (size_t i = 0; i < law->units * PROBES; i++, values += size) {
        const double *code = codes + i / PROBES * positions * size;
        for (size_t p = 0; p < positions; p++)
            for (size_t r = 0; r < size; r++)
                values[r] += weights[i * positions + p] * code[p * size + r];
    }
}

/* Mean 0 and variance 1 over trials and realizations of each probe: whether codes have the mean and the variance that they
   must is asked by other claims.  probes [trials,units*PROBES,R] */
static void code_pairs_standardize(size_t trials, size_t count, size_t size, double *probes)
{
    for (size_t i = 0; i < count; i++) {
        rpe_sample sample = {0};
        for (size_t t = 0; t < trials; t++)
            for (size_t r = 0; r < size; r++)
                rpe_sample_add(&sample, probes[(t * count + i) * size + r]);
        double variance = rpe_sample_variance(&sample), scale = variance > 0.0 ? 1.0 / sqrt(variance) : 0.0;
        for (size_t t = 0; t < trials; t++)
            for (size_t r = 0; r < size; r++) {
                double *value = &probes[(t * count + i) * size + r];
                *value = (*value - sample.mean) * scale;
            }
    }
}

/* Means over r of y(r) y'(r+s) and of (y(r)^2 - 1) (y'(r+s)^2 - 1) / 2, r+s modulo R, over the compared ones. */
static void code_pairs_compare(const rpe_code_pairs *pairs, const rpe_problem *problem, const double *left,
                               const double *right, size_t shift, double *values)
{
    size_t size = problem->realizations, count = 0;
    double sums[2 * PRODUCTS] = {0};
    for (size_t r = 0; r < size; r++) {
        size_t s = (r + shift) % size;
        if (pairs->realizations != NULL && !pairs->realizations(problem, r, s))
            continue;
        double a = left[r], b = left[size + r], c = right[s], d = right[size + s];
        double square = a * a - 1.0;
        sums[0] += a * c;
        sums[1] += b * d;
        sums[2] += a * d;
        sums[3] += 0.5 * square * (c * c - 1.0);
        sums[4] += 0.5 * (b * b - 1.0) * (d * d - 1.0);
        sums[5] += 0.5 * square * (d * d - 1.0);
        count++;
    }
    for (size_t i = 0; i < (pairs->squares ? 2 * PRODUCTS : PRODUCTS); i++)
        values[i] = count > 0 ? sums[i] / (double)count : 0.0;
}

/* One trial's probes [units,PROBES,R] -> all pairs. */
static void code_pairs_pairs_fill(const rpe_code_pairs *pairs, const rpe_code_law *law, const double *probes,
                                  double *values)
{
    size_t size = law->problem->realizations, row = PROBES * size;
    for (size_t a = 0; a < law->units; a++)
        for (size_t b = a; b < law->units; b++)
            for (size_t shift = 0; pairs->units(law->problem, a, b) && shift < size; shift++) {
                code_pairs_compare(pairs, law->problem, probes + a * row, probes + b * row, shift, values);
                values += pairs->squares ? 2 * PRODUCTS : PRODUCTS;
            }
}

static size_t unit_pairs(const rpe_code_pairs *pairs, const rpe_code_law *law)
{
    size_t count = 0;
    for (size_t a = 0; a < law->units; a++)
        for (size_t b = a; b < law->units; b++)
            count += pairs->units(law->problem, a, b);
    return count;
}

static rpe_status pairs_test(const rpe_case *subject, const rpe_code_pairs *pairs, const rpe_code_law *law,
                             size_t trials, double *probes, rpe_finding *finding, rpe_error *error)
{
    size_t size = law->problem->realizations, count = law->units * PROBES;
    size_t width = unit_pairs(pairs, law) * size * (pairs->squares ? 2 * PRODUCTS : PRODUCTS);
    double *values = rpe_memory_allocate(trials, width * sizeof *values);
    if (values == NULL)
        return rpe_error_memory(error, "products of codes", trials, width * sizeof *values);
    code_pairs_standardize(trials, count, size, probes);
    for (size_t t = 0; t < trials; t++)
        code_pairs_pairs_fill(pairs, law, probes + t * count * size, values + t * width);
    rpe_status status = rpe_test_mean_zero(subject, trials, width, values, finding, error);
    rpe_memory_free(values);
    return status;
}

rpe_status rpe_code_pairs_check(const rpe_case *subject, const rpe_code_pairs *pairs, rpe_finding *finding,
                                rpe_error *error)
{
    rpe_code_law law = {0};
    rpe_status status = rpe_code_law_create(&law, &subject->problem, error);
    if (status != RPE_OK)
        return status;
    size_t size = subject->problem.realizations, compared = unit_pairs(pairs, &law) * size;
    double *probes = NULL,
           *weights = rpe_memory_allocate(law.units * PROBES, law.positions * sizeof *weights);
    rpe_code_test test = {.claim = pairs->claim,
                          .trials = rpe_code_trials(subject, RPE_CODE_PAIRS_EFFECT, compared * size),
                          .width = law.units * PROBES * size,
                          .visit = code_pairs_visit,
                          .context = weights};
    if (weights == NULL) {
        status = rpe_error_memory(error, "probes", law.units * PROBES, law.positions * sizeof *weights);
    } else {
        code_pairs_weights_fill(&law, weights);
        status = rpe_code_simulate(subject, &law, &test, &probes, error);
    }
    if (status == RPE_OK)
        status = pairs_test(subject, pairs, &law, test.trials, probes, finding, error);
    rpe_memory_free(probes);
    rpe_memory_free(weights);
    rpe_code_law_destroy(&law);
    return status;
}
