/* Linear attention on exact features, against the dense sum over features of the test's own. */
#include <math.h>
#include <string.h>

#include "method/call.h"
#include "rpe_test.h"
#include "rpe_test_kernel.h"

enum { H = 2, D = 3, K = 2, V = 3, B = 2, M = 70, N = 150, F = 4, G = D * (2 * K + 1), NUMBERS = H * D * K };

static double frequency[NUMBERS], phase[NUMBERS], gain[NUMBERS], gate[H * D];
static double q[B * M * H * D], k[B * N * H * D], v[B * N * H * V], w[F * G];

static void fill(double *values, size_t count, uint64_t seed, double scale, double offset)
{
    for (size_t i = 0; i < count; i++)
        values[i] = offset + scale * rpe_test_number(seed, i);
}

static rpe_kernel kernel_make(void)
{
    fill(frequency, NUMBERS, 1, 0.24, 0.25);
    fill(phase, NUMBERS, 2, 3, 0);
    fill(gain, NUMBERS, 3, 0.3, 0.7);
    fill(gate, H * D, 4, 0.4, 0.5);
    rpe_kernel kernel = {.heads = H, .features = D, .axes = 1, .gate = gate};
    rpe_test_sine_set(&kernel, K, frequency, phase, gain);
    return kernel;
}

/* One vector's features in the order of the stacked noise, over D^(1/4). */
static void exact(const double *x, size_t head, size_t position, bool query, double u[G])
{
    double root = sqrt(sqrt(D));
    for (size_t d = 0; d < D; d++) {
        double delta = gate[head * D + d];
        for (size_t j = 0; j < 2 * K; j++) {
            size_t at = (head * D + d) * K + j / 2;
            double angle = 6.283185307179586476925 * frequency[at] * (double)position;
            angle += query ? phase[at] : 0;
            u[d * 2 * K + j] =
                x[d] * sqrt(1 - delta) * gain[at] * (j % 2 == 0 ? cos(angle) : sin(angle)) / root;
        }
        u[2 * K * D + d] = x[d] * sqrt(delta) / root;
    }
}

static double weight_relu(const double x[G], const double y[G])
{
    double sum = 0;
    for (size_t c = 0; c < G; c++)
        sum += fmax(x[c], 0) * fmax(y[c], 0);
    return sum;
}

static double weight_favor(const double x[G], const double y[G])
{
    double sum = 0;
    for (size_t f = 0; f < F; f++) {
        double exponent = 0;
        for (size_t c = 0; c < G; c++)
            exponent += w[f * G + c] * (x[c] + y[c]) - (x[c] * x[c] + y[c] * y[c]) / 2;
        sum += exp(exponent);
    }
    return sum;
}

static void expect(double (*weight)(const double *, const double *), bool causal, double *outputs)
{
    for (size_t row = 0; row < B * M * H; row++) {
        size_t item = row / H / M, m = row / H % M, h = row % H;
        double x[G], y[G], sum = 0, above[V] = {0};
        exact(q + row * D, h, m, true, x);
        for (size_t n = 0; n < (causal ? m + 1 : N); n++) {
            size_t at = (item * N + n) * H + h;
            exact(k + at * D, h, n, false, y);
            double by = weight(x, y);
            sum += by;
            for (size_t i = 0; i < V; i++)
                above[i] += by * v[at * V + i];
        }
        for (size_t i = 0; i < V; i++)
            outputs[row * V + i] = sum != 0 ? above[i] / sum : 0;
    }
}

static void compare(const char *name, double (*weight)(const double *, const double *), bool causal,
                    rpe_precision precision)
{
    rpe_error error;
    rpe_call call;
    rpe_kernel kernel = kernel_make();
    static double found[B * M * H * V], expected[B * M * H * V];
    rpe_array projection = {.precision = RPE_DOUBLE, .rank = 2, .shape = {F, G}, .values = w};
    const rpe_noise noise = {.projection = &projection};
    const rpe_problem problem = {.queries = {1, {M}, M, NULL, NULL},
                                 .keys = {1, {N}, N, NULL, NULL},
                                 .batch = B,
                                 .heads = H,
                                 .features = D,
                                 .value_features = V,
                                 .kernel = &kernel,
                                 .projections = F,
                                 .precision = precision,
                                 .causal = causal};
    const rpe_inputs inputs = {q, k, v};
    const rpe_method *method = rpe_method_find(name);
    assert_int_equal(rpe_method_size(method, &problem), G);
    rpe_test_ok(rpe_call_make(&call, method, &problem, 2, &error), &error);
    rpe_test_spoil(found, sizeof found);
    rpe_test_ok(rpe_call_attend_double(&call, &noise, &inputs, found, &error), &error);
    rpe_call_end(&call);
    expect(weight, causal, expected);
    for (size_t i = 0; i < B * M * H * V; i++)
        assert_true(fabs(found[i] - expected[i]) <= (precision == RPE_SINGLE ? 2e-5 : 1e-12));
}

static void test_dense(void **state)
{
    (void)state;
    fill(q, B * M * H * D, 11, 2, 0);
    fill(k, B * N * H * D, 12, 2, 0);
    fill(v, B * N * H * V, 13, 1, 0);
    fill(w, F * G, 14, 1.7, 0);
    for (int causal = 0; causal < 2; causal++)
        for (int precision = 0; precision < 2; precision++) {
            compare("sine-exact-relu", weight_relu, causal == 1, (rpe_precision)precision);
            compare("sine-exact-favor", weight_favor, causal == 1, (rpe_precision)precision);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dense)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
