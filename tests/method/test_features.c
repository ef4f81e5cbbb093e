/* The laws of random features, by simulation: fixed seed, null hypotheses, p-values corrected by Holm. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attention/attention.h"
#include "base/memory.h"
#include "rpe_test.h"
#include "statistic/hypothesis.h"
#include "statistic/sample.h"

#define SIZE 4
#define PROJECTIONS 10 /* two blocks of 4, and one of 2 */
#define DRAWS 4000
#define LEVEL 1e-4 /* of a whole family */

static void draw(const rpe_projection_law *law, uint32_t trial, double *w)
{
    rpe_error error;
    rpe_workspace workspace = {0};
    rpe_stream stream = {.seed = 20, .point = 3, .trial = trial};
    rpe_test_ok(rpe_workspace_create(&workspace, law->workspace_bytes(PROJECTIONS, SIZE), &error), &error);
    law->draw(PROJECTIONS, SIZE, stream, w, &workspace);
    assert_int_equal(workspace.used, 0);
    rpe_workspace_destroy(&workspace);
}

static double dot(const double *a, const double *b)
{
    double sum = 0;
    for (size_t s = 0; s < SIZE; s++) {
        sum += a[s] * b[s];
    }
    return sum;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Rows of a block are orthogonal to rounding; rows of different blocks are not. */
static void blocks_are_orthogonal(void **state)
{
    (void)state;
    double w[PROJECTIONS * SIZE];
    for (uint32_t trial = 0; trial < 50; trial++) {
        draw(&rpe_projection_orthogonal, trial, w);
        for (size_t i = 0; i < PROJECTIONS; i++) {
            for (size_t j = 0; j < i; j++) {
                const double *a = w + i * SIZE, *b = w + j * SIZE;
                double cosine = dot(a, b) / sqrt(dot(a, a) * dot(b, b));
                assert_true(i / SIZE == j / SIZE ? fabs(cosine) <= 1e-13 : fabs(cosine) > 1e-9);
            }
        }
    }
}

/* Null: norms are independent chi_R, by Kolmogorov-Smirnov; and so is a coordinate standard normal.  40,000 values: a distance
   of 0.012 is seen; norms of exactly sqrt(R) have distance above 0.5, scaled by 1.03 about 0.06. */
static void norms_are_chi(void **state)
{
    (void)state;
    static const rpe_projection_law *const laws[] = {&rpe_projection_orthogonal, &rpe_projection_independent};
    size_t count = (size_t)PROJECTIONS * DRAWS;
    double *norms = rpe_memory_allocate(count, sizeof *norms), p[4], w[PROJECTIONS * SIZE];
    double *coordinates = rpe_memory_allocate(DRAWS, sizeof *coordinates);
    for (size_t l = 0; l < 2; l++) {
        for (uint32_t trial = 0; trial < DRAWS; trial++) {
            draw(laws[l], trial, w);
            for (size_t f = 0; f < PROJECTIONS; f++) {
                norms[trial * PROJECTIONS + f] =
                    gsl_cdf_chisq_P(dot(w + f * SIZE, w + f * SIZE), (double)SIZE);
            }
            coordinates[trial] = gsl_cdf_ugaussian_P(w[5 * SIZE + 2]);
        }
        qsort(norms, count, sizeof *norms, ascending);
        qsort(coordinates, DRAWS, sizeof *coordinates, ascending);
        p[2 * l] = rpe_p_kolmogorov(rpe_kolmogorov_distance(count, norms), count);
        p[2 * l + 1] = rpe_p_kolmogorov(rpe_kolmogorov_distance(DRAWS, coordinates), DRAWS);
    }
    print_message("smallest p = %g of 4\n", rpe_holm_smallest(4, p));
    assert_true(rpe_holm_smallest(4, p) > LEVEL);
    rpe_memory_free(coordinates);
    rpe_memory_free(norms);
}

/* phi(x) . phi(y) of one draw. */
static double estimate(const rpe_linear *linear, uint32_t trial, const double *vectors,
                       rpe_workspace *workspace)
{
    double features[2 * 2 * PROJECTIONS], sum = 0;
    size_t count = rpe_linear_features_count(linear);
    rpe_projection projection = {.stream = {.seed = 21, .point = 4, .trial = trial}, .rho = 0.6};
    rpe_linear_features(linear, &projection, 2, vectors, features, workspace);
    for (size_t c = 0; c < count; c++) {
        sum += features[c] * features[count + c];
    }
    return sum;
}

/* Null: E phi(x) . phi(y) = exp(x . y).  The smallest bias that is seen nine times in ten is printed. */
static void features_are_unbiased(void **state)
{
    (void)state;
    static const double q[3][SIZE] = {{0.5, -0.3, 0.2, 0.4}, {1, 0.6, -0.8, 0.1}, {-0.7, 0.9, 0.3, 0.5}};
    static const double k[3][SIZE] = {{0.3, 0.1, -0.4, 0.2}, {0.7, 0.9, -0.2, 0.4}, {0.6, -0.8, 0.2, 0.3}};
    double p[24];
    size_t tests = 0;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        rpe_linear_settings settings = {{1, 1, 1, 1, SIZE, 1, false}, map, PROJECTIONS, RPE_DOUBLE, NULL};
        rpe_linear *linear = NULL;
        rpe_workspace workspace = {0};
        rpe_error error;
        if (map->law == RPE_FEATURE_LAW_NONE) {
            continue;
        }
        rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
        rpe_test_ok(rpe_workspace_create(&workspace, rpe_linear_workspace_bytes(linear), &error), &error);
        for (size_t pair = 0; pair < 3; pair++) {
            double vectors[2 * SIZE], exact = exp(dot(q[pair], k[pair]) / sqrt((double)SIZE));
            rpe_sample sample = {0};
            memcpy(vectors, q[pair], sizeof q[pair]);
            memcpy(vectors + SIZE, k[pair], sizeof k[pair]);
            for (uint32_t trial = 0; trial < DRAWS; trial++) {
                rpe_sample_add(&sample, estimate(linear, trial, vectors, &workspace));
            }
            double deviation = rpe_sample_standard_error(&sample), z = (sample.mean - exact) / deviation;
            print_message("%s: %.5f, exact %.5f, z = %.2f, sees a bias of %.2g\n", map->name, sample.mean,
                          exact, z, 5.9 * deviation);
            p[tests++] = rpe_p_normal(z);
        }
        rpe_workspace_destroy(&workspace);
        rpe_linear_destroy(linear);
    }
    assert_int_equal(tests, 21);
    assert_true(rpe_holm_smallest(tests, p) > LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_orthogonal),
        cmocka_unit_test(norms_are_chi),
        cmocka_unit_test(features_are_unbiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
