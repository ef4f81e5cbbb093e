/* Fourier transforms against the definition, the identities of impulse, shift and Parseval, and the way back. */
#include <math.h>
#include <string.h>

#include "base/fourier.h"
#include "base/memory.h"
#include "rpe_test.h"

#define PI 3.14159265358979323846

static const size_t lengths[] = {8,   16,  24,  32,  40,  64,  72,  80,   96,
                                 120, 128, 200, 216, 320, 600, 640, 1024, 1152};
#define LENGTHS (sizeof lengths / sizeof lengths[0])

/* A plan with its arrays, all in double; single precision goes through converted copies. */
typedef struct bench {
    rpe_fourier plan;
    rpe_precision precision;
    size_t length, elements;
    double *signal[2];   /* [elements] as the plan places them */
    double *spectrum[2]; /* [L] in the order of frequencies */
    double *root[2];     /* [L] exp(2 pi i n / L) */
} bench;

static double *zeros(size_t count)
{
    double *values = rpe_memory_allocate_zero(count, sizeof *values);
    assert_non_null(values);
    return values;
}

static void bench_make(bench *b, size_t length, rpe_precision precision)
{
    rpe_error error;
    *b = (bench){.precision = precision, .length = length, .elements = rpe_fourier_elements(length)};
    rpe_test_ok(rpe_fourier_create(&b->plan, length, precision, &error), &error);
    for (int part = 0; part < 2; part++) {
        b->signal[part] = zeros(b->elements);
        b->spectrum[part] = zeros(length);
        b->root[part] = zeros(length);
    }
    for (size_t n = 0; n < length; n++) {
        b->root[0][n] = cos(2.0 * PI * (double)n / (double)length);
        b->root[1][n] = sin(2.0 * PI * (double)n / (double)length);
    }
}

static void bench_destroy(bench *b)
{
    for (int part = 0; part < 2; part++) {
        rpe_memory_free(b->signal[part]);
        rpe_memory_free(b->spectrum[part]);
        rpe_memory_free(b->root[part]);
    }
    rpe_fourier_destroy(&b->plan);
}

static void *converted(const double *values, size_t count, rpe_precision precision)
{
    void *copy = rpe_memory_allocate(count, rpe_precision_size(precision));
    assert_non_null(copy);
    for (size_t i = 0; i < count; i++)
        if (precision == RPE_SINGLE)
            ((float *)copy)[i] = (float)values[i];
        else
            ((double *)copy)[i] = values[i];
    return copy;
}

static double value_at(const void *values, size_t i, rpe_precision precision)
{
    return precision == RPE_SINGLE ? (double)((const float *)values)[i] : ((const double *)values)[i];
}

/* Where a part of the frequency of a row and lane stands in a spectrum. */
static size_t spectrum_place(size_t row, size_t lane, int part)
{
    return (row * 2 + (size_t)part) * RPE_FOURIER_LANES + lane;
}

static void spectrum_order(const bench *b, const void *own)
{
    for (size_t row = 0; row < b->plan.rows; row++)
        for (size_t lane = 0; lane < RPE_FOURIER_LANES; lane++)
            for (int part = 0; part < 2; part++)
                b->spectrum[part][RPE_FOURIER_LANES * b->plan.frequency[row] + lane] =
                    value_at(own, spectrum_place(row, lane, part), b->precision);
}

/* signal -> spectrum */
static void analyze(bench *b, bool complex)
{
    void *re = converted(b->signal[0], b->elements, b->precision);
    void *im = converted(b->signal[1], b->elements, b->precision);
    void *own = rpe_memory_allocate(2 * b->length, rpe_precision_size(b->precision));
    assert_non_null(own);
    if (b->precision == RPE_SINGLE)
        rpe_fourier_analyze_single(&b->plan, re, complex ? im : NULL, own);
    else
        rpe_fourier_analyze_double(&b->plan, re, complex ? im : NULL, own);
    spectrum_order(b, own);
    rpe_memory_free(re);
    rpe_memory_free(im);
    rpe_memory_free(own);
}

/* spectrum (in the order of frequencies) as the plan takes it, times factor */
static void *own_order(const bench *b, double *const spectrum[2])
{
    double *own = zeros(2 * b->length);
    for (size_t row = 0; row < b->plan.rows; row++)
        for (size_t lane = 0; lane < RPE_FOURIER_LANES; lane++)
            for (int part = 0; part < 2; part++)
                own[spectrum_place(row, lane, part)] =
                    spectrum[part][RPE_FOURIER_LANES * b->plan.frequency[row] + lane];
    void *copy = converted(own, 2 * b->length, b->precision);
    rpe_memory_free(own);
    return copy;
}

/* sums[item][part] += weights[item] (offset + inverse transform of spectrum x filter), from sums = 0; the caller frees sums */
static double *synthesize(const bench *b, double *const filter[2], const double offset[2], size_t items,
                          const double *weights)
{
    size_t element = rpe_precision_size(b->precision);
    void *spectrum = own_order(b, b->spectrum), *factor = own_order(b, filter);
    void *weight = converted(weights, items * b->elements, b->precision);
    void *work = rpe_memory_allocate_zero(2 * b->elements, element);
    void *sums = rpe_memory_allocate_zero(2 * items * b->elements, element);
    double *result = zeros(2 * items * b->elements);
    float narrow[2] = {(float)offset[0], (float)offset[1]};
    rpe_fourier_sink sink = {.items = items, .weights = weight, .sums = sums};
    assert_non_null(work);
    assert_non_null(sums);
    if (b->precision == RPE_SINGLE)
        rpe_fourier_synthesize_single(&b->plan, spectrum, factor, narrow, &sink, work);
    else
        rpe_fourier_synthesize_double(&b->plan, spectrum, factor, offset, &sink, work);
    for (size_t i = 0; i < 2 * items * b->elements; i++)
        result[i] = value_at(sums, i, b->precision);
    rpe_memory_free(spectrum);
    rpe_memory_free(factor);
    rpe_memory_free(weight);
    rpe_memory_free(work);
    rpe_memory_free(sums);
    return result;
}

static void signal_random(bench *b, uint64_t seed)
{
    for (int part = 0; part < 2; part++)
        for (size_t n = 0; n < b->length; n++)
            b->signal[part][rpe_fourier_place(&b->plan, n)] =
                (float)rpe_test_number(seed + (uint64_t)part, n);
}

/* Errors grow by about one rounding a stage; relative to the norm of what was transformed. */
static double tolerance(rpe_precision precision)
{
    return precision == RPE_SINGLE ? 1e-6 : 1e-14;
}

static double norm(size_t length, double *const parts[2])
{
    double squares = 0.0;
    for (size_t i = 0; i < length; i++)
        squares += parts[0][i] * parts[0][i] + parts[1][i] * parts[1][i];
    return sqrt(squares);
}

/* sum_k (x0 + i x1)(k) exp(2 pi i k n / L) */
static void definition(const bench *b, double *const x[2], size_t n, double result[2])
{
    result[0] = result[1] = 0.0;
    for (size_t k = 0; k < b->length; k++) {
        double c = b->root[0][k * n % b->length], s = b->root[1][k * n % b->length];
        result[0] += x[0][k] * c - x[1][k] * s;
        result[1] += x[0][k] * s + x[1][k] * c;
    }
}

static void each(void (*body)(bench *b))
{
    for (size_t i = 0; i < LENGTHS; i++)
        for (int precision = 0; precision < 2; precision++) {
            bench b;
            bench_make(&b, lengths[i], (rpe_precision)precision);
            body(&b);
            bench_destroy(&b);
        }
}

static void analysis_check(bench *b)
{
    double *plain[2] = {zeros(b->length), zeros(b->length)};
    signal_random(b, 1);
    for (int complex = 0; complex < 2; complex++) {
        for (int part = 0; part < 2; part++)
            for (size_t n = 0; n < b->length; n++)
                plain[part][n] =
                    part == 1 && complex == 0 ? 0.0 : b->signal[part][rpe_fourier_place(&b->plan, n)];
        analyze(b, complex != 0);
        for (size_t k = 0; k < b->length; k++) {
            double expected[2], bound = tolerance(b->precision) * norm(b->length, plain);
            definition(b, plain, k, expected);
            for (int part = 0; part < 2; part++)
                if (!(fabs(b->spectrum[part][k] - expected[part]) <= bound))
                    fail_msg("length %zu, %s, frequency %zu: %g for %g", b->length,
                             rpe_precision_name(b->precision), k, b->spectrum[part][k], expected[part]);
        }
        /* Parseval: sum |X|^2 = L sum |x|^2 */
        double energy = norm(b->length, b->spectrum) / sqrt((double)b->length);
        assert_true(fabs(energy - norm(b->length, plain)) <= tolerance(b->precision) * energy);
    }
    rpe_memory_free(plain[0]);
    rpe_memory_free(plain[1]);
}

static void test_analysis(void **state)
{
    (void)state;
    each(analysis_check);
}

/* Offset, filter and the weights of two items, against the definition. */
static void synthesis_check(bench *b)
{
    size_t length = b->length;
    double *filter[2] = {zeros(length), zeros(length)}, *product[2] = {zeros(length), zeros(length)};
    double *weights = zeros(2 * b->elements), offset[2] = {0.25, -3.0};
    for (size_t k = 0; k < length; k++) {
        for (int part = 0; part < 2; part++) {
            b->spectrum[part][k] = (float)rpe_test_number(3 + (uint64_t)part, k);
            filter[part][k] = (float)rpe_test_number(5 + (uint64_t)part, k);
        }
        product[0][k] = b->spectrum[0][k] * filter[0][k] - b->spectrum[1][k] * filter[1][k];
        product[1][k] = b->spectrum[0][k] * filter[1][k] + b->spectrum[1][k] * filter[0][k];
    }
    for (size_t i = 0; i < 2 * b->elements; i++)
        weights[i] = (float)rpe_test_number(7, i);
    double *sums = synthesize(b, filter, offset, 2, weights);
    double bound = tolerance(b->precision) * (norm(length, product) + 3.0);
    for (size_t n = 0; n < length; n++) {
        double expected[2];
        size_t place = rpe_fourier_place(&b->plan, n);
        definition(b, product, n, expected);
        for (size_t item = 0; item < 2; item++)
            for (size_t part = 0; part < 2; part++) {
                double value = weights[item * b->elements + place] * (expected[part] + offset[part]);
                if (!(fabs(sums[(2 * item + part) * b->elements + place] - value) <= bound))
                    fail_msg("length %zu, %s, element %zu: %g for %g", length,
                             rpe_precision_name(b->precision), n,
                             sums[(2 * item + part) * b->elements + place], value);
            }
    }
    rpe_memory_free(sums);
    rpe_memory_free(weights);
    for (int part = 0; part < 2; part++) {
        rpe_memory_free(filter[part]);
        rpe_memory_free(product[part]);
    }
}

static void test_synthesis(void **state)
{
    (void)state;
    each(synthesis_check);
}

/* A one at place s has the spectrum exp(2 pi i s k / L), for every s. */
static void impulse_check(bench *b)
{
    for (size_t s = 0; s < b->length; s += 1 + b->length / 61) {
        size_t place = rpe_fourier_place(&b->plan, s);
        b->signal[0][place] = 1.0;
        analyze(b, false);
        b->signal[0][place] = 0.0;
        for (size_t k = 0; k < b->length; k++) {
            for (int part = 0; part < 2; part++)
                assert_true(fabs(b->spectrum[part][k] - b->root[part][k * s % b->length]) <=
                            tolerance(b->precision));
        }
    }
}

static void test_impulse(void **state)
{
    (void)state;
    each(impulse_check);
}

/* Of the spectrum of x, conjugated, comes L conj x back; a shift by s is a phase of -s. */
static void shift_check(bench *b)
{
    size_t length = b->length, shift = length / 3 + 1;
    double *filter[2] = {zeros(length), zeros(length)}, *ones = zeros(b->elements), offset[2] = {0.0, 0.0};
    signal_random(b, 11);
    analyze(b, true);
    for (size_t i = 0; i < b->elements; i++)
        ones[i] = 1.0;
    for (size_t k = 0; k < length; k++) {
        b->spectrum[1][k] *= -1.0;
        for (int part = 0; part < 2; part++)
            filter[part][k] = b->root[part][k * shift % length] / (double)length;
    }
    double *sums = synthesize(b, filter, offset, 1, ones);
    for (size_t n = 0; n < length; n++) {
        size_t from = rpe_fourier_place(&b->plan, (n + shift) % length), to = rpe_fourier_place(&b->plan, n);
        double bound = 2.0 * tolerance(b->precision) * sqrt((double)length);
        assert_true(fabs(sums[to] - b->signal[0][from]) <= bound);
        assert_true(fabs(sums[b->elements + to] + b->signal[1][from]) <= bound);
    }
    rpe_memory_free(sums);
    rpe_memory_free(ones);
    rpe_memory_free(filter[0]);
    rpe_memory_free(filter[1]);
}

static void test_shift(void **state)
{
    (void)state;
    each(shift_check);
}

/* Every length is 8 2^a 3^b 5^c, large enough, and no smaller one is. */
static void test_length(void **state)
{
    (void)state;
    for (size_t least = 0; least < 3000; least++) {
        size_t expected = 8;
        for (;; expected += 8) {
            size_t rest = expected / 8;
            while (rest % 2 == 0)
                rest /= 2;
            while (rest % 3 == 0)
                rest /= 3;
            while (rest % 5 == 0)
                rest /= 5;
            if (rest == 1 && expected >= least)
                break;
        }
        assert_int_equal(rpe_fourier_length(least), expected);
    }
    assert_int_equal(rpe_fourier_length(SIZE_MAX), 0);
    assert_int_equal(rpe_fourier_length(SIZE_MAX / 2), 0);
}

static void test_memory(void **state)
{
    rpe_fourier plan = {0};
    rpe_error error;
    (void)state;
    for (uint64_t n = 1;; n++) {
        size_t held = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        rpe_status status = rpe_fourier_create(&plan, 24, RPE_DOUBLE, &error);
        rpe_memory_fail_from(0);
        if (status == RPE_OK)
            break;
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_int_equal(rpe_memory_usage_now().current, held);
        assert_true(n < 10);
    }
    rpe_fourier_destroy(&plan);
    rpe_fourier_destroy(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_analysis), cmocka_unit_test(test_synthesis), cmocka_unit_test(test_impulse),
        cmocka_unit_test(test_shift),    cmocka_unit_test(test_length),    cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
