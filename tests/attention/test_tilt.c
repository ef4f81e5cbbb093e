/* Tilted features: the golden cases of FAVOR++ and FAVOR#, and the fit. */
#include <math.h>
#include <stdlib.h>

#include "attention/attention.h"
#include "attention/map/tilt.h"
#include "rpe_test.h"

#define SIZE 4
#define HEADS 2
#define FEATURES 8

static double dot(size_t size, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += x[i] * y[i];
    return sum;
}

/* mean u u^T over all pairs of a head, pair by pair */
static void matrix_make(const rpe_array *q, const rpe_array *k, size_t head, double *matrix)
{
    const double *x = q->values, *y = k->values;
    size_t m_count = q->shape[0], n_count = k->shape[0];
    for (size_t i = 0; i < SIZE * SIZE; i++) {
        matrix[i] = 0;
        for (size_t m = 0; m < m_count; m++)
            for (size_t n = 0; n < n_count; n++) {
                const double *a = x + (m * HEADS + head) * SIZE, *b = y + (n * HEADS + head) * SIZE;
                matrix[i] += (a[i / SIZE] + b[i / SIZE]) * (a[i % SIZE] + b[i % SIZE]) /
                             (sqrt(SIZE) * (double)(m_count * n_count));
            }
    }
}

/* rho from the data, and the features of a head's rows with it. */
static void one_rho(void **state)
{
    (void)state;
    rpe_array q = rpe_test_golden_read("families/oprf.q.npy"),
              k = rpe_test_golden_read("families/oprf.k.npy");
    rpe_array w = rpe_test_golden_read("families/oprf.projection.npy");
    rpe_array rho = rpe_test_golden_read("families/oprf.rho.npy");
    rpe_array wanted = rpe_test_golden_read("families/oprf.query_features.npy");
    const rpe_linear_settings settings = {.shape = {1, 1, 1, 1, SIZE, 1, false},
                                          .map = &rpe_feature_map_oprf,
                                          .projections = FEATURES,
                                          .precision = RPE_DOUBLE};
    rpe_linear *linear = NULL;
    rpe_workspace workspace = {0};
    rpe_error error;
    rpe_test_ok(rpe_linear_create(&linear, &settings, &error), &error);
    rpe_test_ok(rpe_workspace_create(&workspace, rpe_linear_workspace_bytes(linear), &error), &error);
    for (size_t head = 0; head < HEADS; head++) {
        double matrix[SIZE * SIZE], found[SIZE], axes[SIZE * SIZE], features[FEATURES];
        const rpe_tilt tilt = {found, axes};
        matrix_make(&q, &k, head, matrix);
        rpe_tilt_alike.fit(SIZE, matrix, &tilt);
        for (size_t l = 0; l < SIZE; l++)
            assert_true(fabs(found[l] - ((const double *)rho.values)[head]) <= 1e-14);
        for (size_t m = 0; m < q.shape[0]; m++) {
            const rpe_projection projection = {.given = w.values, .rho = found[0]};
            for (size_t f = 0; f < FEATURES; f++)
                features[f] = NAN;
            rpe_linear_features(linear, &projection, 1, (const double *)q.values + (m * HEADS + head) * SIZE,
                                features, &workspace);
            assert_true(rpe_test_error(FEATURES, features,
                                       (const double *)wanted.values + (m * HEADS + head) * FEATURES) <=
                        1e-12);
        }
    }
    rpe_workspace_destroy(&workspace);
    rpe_linear_destroy(linear);
    rpe_array_destroy(&q);
    rpe_array_destroy(&k);
    rpe_array_destroy(&w);
    rpe_array_destroy(&rho);
    rpe_array_destroy(&wanted);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Weights by the golden eigenvectors, which are columns in the file; the fit finds the same rho, and axes that are eigenvectors. */
static void axes_of_the_vectors(void **state)
{
    (void)state;
    rpe_array q = rpe_test_golden_read("families/sderf.q.npy"),
              k = rpe_test_golden_read("families/sderf.k.npy");
    rpe_array w = rpe_test_golden_read("families/sderf.projection.npy");
    rpe_array rho = rpe_test_golden_read("families/sderf.rho.npy");
    rpe_array vectors = rpe_test_golden_read("families/sderf.eigenvectors.npy");
    rpe_array wanted = rpe_test_golden_read("families/sderf.weights.npy");
    size_t m_count = q.shape[0], n_count = k.shape[0];
    double root = sqrt(sqrt(SIZE)), found[HEADS * 64];
    for (size_t head = 0; head < HEADS; head++) {
        double matrix[SIZE * SIZE], kept[SIZE * SIZE], fitted[SIZE], axes[SIZE * SIZE], golden[SIZE * SIZE],
            own[SIZE], tilted[FEATURES * SIZE], factors[FEATURES];
        const double *columns = (const double *)vectors.values + head * SIZE * SIZE;
        matrix_make(&q, &k, head, matrix);
        matrix_make(&q, &k, head, kept);
        rpe_tilt_axes.fit(SIZE, matrix, &(rpe_tilt){fitted, axes});
        for (size_t l = 0; l < SIZE; l++) {
            const double *axis = axes + l * SIZE;
            double image[SIZE], value;
            for (size_t i = 0; i < SIZE; i++)
                image[i] = dot(SIZE, kept + i * SIZE, axis);
            value = dot(SIZE, axis, image);
            for (size_t i = 0; i < SIZE; i++) {
                assert_true(fabs(image[i] - value * axis[i]) <= 1e-13);
                golden[l * SIZE + i] = columns[i * SIZE + l];
            }
            own[l] = ((const double *)rho.values)[head * SIZE + l];
        }
        /* The golden projections are along the axes. */
        double turned[FEATURES * SIZE];
        for (size_t i = 0; i < FEATURES * SIZE; i++) {
            turned[i] = 0;
            for (size_t l = 0; l < SIZE; l++)
                turned[i] += ((const double *)w.values)[i / SIZE * SIZE + l] * golden[l * SIZE + i % SIZE];
        }
        rpe_tilt_apply(&(rpe_tilt){own, golden}, FEATURES, SIZE, turned, tilted, factors);
        qsort(fitted, SIZE, sizeof *fitted, descending);
        double sorted[SIZE];
        for (size_t l = 0; l < SIZE; l++)
            sorted[l] = own[l];
        qsort(sorted, SIZE, sizeof *sorted, descending);
        assert_true(rpe_test_error(SIZE, fitted, sorted) <= 1e-13);
        for (size_t m = 0; m < m_count; m++)
            for (size_t n = 0; n < n_count; n++) {
                const double *x = (const double *)q.values + (m * HEADS + head) * SIZE;
                const double *y = (const double *)k.values + (n * HEADS + head) * SIZE;
                double sum = 0, norm = (dot(SIZE, x, x) + dot(SIZE, y, y)) / (2 * root * root);
                for (size_t f = 0; f < FEATURES; f++) {
                    const double *row = tilted + f * SIZE;
                    sum += exp(2 * factors[f] + (dot(SIZE, row, x) + dot(SIZE, row, y)) / root - norm);
                }
                found[(head * m_count + m) * n_count + n] = sum / FEATURES;
            }
    }
    assert_true(rpe_test_error(HEADS * m_count * n_count, found, wanted.values) <= 1e-10);
    rpe_array_destroy(&q);
    rpe_array_destroy(&k);
    rpe_array_destroy(&w);
    rpe_array_destroy(&rho);
    rpe_array_destroy(&vectors);
    rpe_array_destroy(&wanted);
}

/* A stream has no vectors to fit to. */
static void stream_wants_rho(void **state)
{
    (void)state;
    const rpe_linear_settings settings = {.shape = {1, 1, 1, 1, SIZE, 1, true},
                                          .map = &rpe_feature_map_oprf,
                                          .projections = FEATURES,
                                          .precision = RPE_DOUBLE};
    rpe_linear_state *stream = NULL;
    rpe_projection projection = {.stream = {.seed = 1}};
    rpe_error error;
    assert_int_equal(rpe_linear_state_create(&stream, &settings, &projection, &error), RPE_ERROR_INPUT);
    assert_null(stream);
    projection.rho = 0.5;
    rpe_test_ok(rpe_linear_state_create(&stream, &settings, &projection, &error), &error);
    rpe_linear_state_destroy(stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rho),
        cmocka_unit_test(axes_of_the_vectors),
        cmocka_unit_test(stream_wants_rho),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
