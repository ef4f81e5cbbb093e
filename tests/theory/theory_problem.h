/* Problems that the tests of this folder share. */
#ifndef THEORY_PROBLEM_H
#define THEORY_PROBLEM_H

#include "rpe_test.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "theory/theory_rows.h"

#define assert_near(x, y, tolerance) assert_true(fabs((x) - (y)) <= (tolerance))
#define ENTRIES_MAX 64 /* M*N of every problem here */

static const rpe_noise_law GAUSSIAN = {RPE_NOISE_INDEPENDENT, 0};
static const rpe_noise_law RADEMACHER = {RPE_NOISE_INDEPENDENT, -2};
static const rpe_noise_law ORTHOGONAL = {RPE_NOISE_ORTHOGONAL, 0};
static const rpe_noise_law QUADRATURE = {RPE_NOISE_QUADRATURE, 0};

/* A problem on a golden kernel with made-up queries and keys. */
typedef struct problem {
    rpe_kernel *kernel;
    rpe_theory *theory;
    size_t m, n;
} problem;

static inline problem problem_open(const char *file, size_t axes, const size_t *queries, const size_t *keys,
                                   size_t first_feature, size_t features, double scale)
{
    problem created = {0};
    rpe_error error;
    double vectors[2][512];
    rpe_theory_inputs inputs = {0};
    rpe_test_ok(rpe_kernel_read(&created.kernel, rpe_test_golden(file), &error), &error);
    rpe_test_ok(rpe_positions_make(&inputs.query_positions, axes, queries, "queries", &error), &error);
    rpe_test_ok(rpe_positions_make(&inputs.key_positions, axes, keys, "keys", &error), &error);
    inputs.kernel = created.kernel;
    inputs.head = created.kernel->heads - 1;
    inputs.first_feature = first_feature;
    inputs.features = features == 0 ? created.kernel->features : features;
    inputs.query_stride = inputs.features + 1;
    inputs.key_stride = inputs.features;
    inputs.queries = vectors[0];
    inputs.keys = vectors[1];
    for (size_t i = 0; i < 512; i++) {
        vectors[0][i] = scale * rpe_test_number(3, i);
        vectors[1][i] = scale * rpe_test_number(4, i);
    }
    created.m = inputs.query_positions.count;
    created.n = inputs.key_positions.count;
    assert_true(created.m * created.n <= ENTRIES_MAX);
    rpe_test_ok(rpe_theory_create(&created.theory, &inputs, &error), &error);
    return created;
}

static inline void problem_close(problem *created)
{
    rpe_theory_destroy(created->theory);
    rpe_kernel_destroy(created->kernel);
}

/* The problems that every identity is tried on: sine and conv, gated or not, M != N both ways, an image, part of the
   features. */
#define PROBLEMS 8
static inline problem problem_at(size_t index)
{
    static const struct {
        const char *file;
        size_t axes, queries[2], keys[2], first_feature, features;
    } list[PROBLEMS] = {
        {"closed_sine.kernel.json", 1, {7, 0}, {6, 0}, 0, 0},
        {"closed_sine_gated.kernel.json", 1, {5, 0}, {8, 0}, 0, 0},
        {"closed_conv.kernel.json", 1, {7, 0}, {5, 0}, 0, 0},
        {"closed_conv_gated.kernel.json", 1, {4, 0}, {7, 0}, 0, 0},
        {"encode_conv_2d.kernel.json", 2, {3, 2}, {2, 2}, 0, 0},
        {"encode_conv_2d_gated.kernel.json", 2, {2, 3}, {4, 2}, 0, 0},
        {"kernel_sine_gated.kernel.json", 1, {6, 0}, {6, 0}, 1, 2},
        {"closed_conv_gated.kernel.json", 1, {6, 0}, {6, 0}, 1, 1},
    };
    return problem_open(list[index].file, list[index].axes, list[index].queries, list[index].keys,
                        list[index].first_feature, list[index].features, 1);
}

static inline void variance_of(const problem *p, rpe_noise_law law, size_t realizations,
                               double variance[ENTRIES_MAX])
{
    rpe_error error;
    rpe_test_ok(rpe_theory_score_variance(p->theory, law, realizations, variance, &error), &error);
}

#endif
