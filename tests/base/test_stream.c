#include <math.h>
#include <string.h>

#include "rpe_box_muller.h"
#include "rpe_stream.h"
#include "rpe_test.h"

/* Known answers of Philox4x32-10 (Random123, kat_vectors): counter 0, key 0, and counter, key of the digits of pi.  They are
   seen through the uniforms: u = (k + 1/2) 2^-52, k the 52 high bits of each pair of words. */
static void known_answers(void **state)
{
    (void)state;
    const struct {
        rpe_stream stream;
        uint64_t block;
        uint32_t words[4];
    } cases[] = {
        {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{.seed = UINT64_C(0x299f31d0a4093822),
          .trial = 0x85a308d3,
          .point = 0x13198a2e,
          .purpose = 0x03707344},
         0x243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < 2; i++) {
        double uniforms[2];
        rpe_stream_uniforms(cases[i].stream, 2 * cases[i].block, 2, uniforms);
        for (size_t j = 0; j < 2; j++) {
            uint64_t bits = cases[i].words[2 * j] | (uint64_t)cases[i].words[2 * j + 1] << 32;
            assert_true(uniforms[j] == ((double)(bits >> 12) + 0.5) * 0x1p-52);
        }
    }
}

/* Numbers depend on their index, not on how they were asked for. */
static void independent_of_grouping(void **state)
{
    (void)state;
    enum { LENGTH = 700 };
    static double whole[LENGTH], part[LENGTH];
    rpe_stream stream = {.seed = 7, .point = 3, .trial = 2, .purpose = 1};
    void (*kinds[])(rpe_stream, uint64_t, size_t, double *) = {rpe_stream_normals, rpe_stream_signs,
                                                               rpe_stream_uniforms};
    for (size_t kind = 0; kind < 3; kind++) {
        kinds[kind](stream, 0, LENGTH, whole);
        for (size_t first = 0; first < 260; first += 13)
            for (size_t count = 0; count < 300; count += 37) {
                kinds[kind](stream, first, count, part);
                assert_memory_equal(part, whole + first, count * sizeof *part);
            }
    }
}

/* Each coordinate changes the numbers. */
static void coordinates_matter(void **state)
{
    (void)state;
    const rpe_stream streams[] = {{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 2, 1, 1},
                                  {1, 1, 2, 1}, {1, 1, 1, 2}, {1 | UINT64_C(1) << 32, 1, 1, 1}};
    double values[6];
    for (size_t i = 0; i < 6; i++)
        rpe_stream_uniforms(streams[i], 0, 1, &values[i]);
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(values[i] != values[j]);
    assert_int_not_equal(rpe_stream_point("realizations=64"), rpe_stream_point("realizations=65"));
    assert_int_not_equal(rpe_stream_purpose(RPE_PURPOSE_NOISE, 1), rpe_stream_purpose(RPE_PURPOSE_NOISE, 2));
    assert_int_not_equal(rpe_stream_purpose(RPE_PURPOSE_NOISE, 0), rpe_stream_purpose(RPE_PURPOSE_GATE, 0));
}

/* Box-Muller against the mathematical library in long double, at usual and at extreme bits. */
static void normals_are_accurate(void **state)
{
    (void)state;
    enum { PAIRS = 61 };
    uint64_t bits[2 * PAIRS];
    double normals[2 * PAIRS];
    const uint64_t ends[] = {
        0, UINT64_MAX, UINT64_C(1) << 63, UINT64_MAX >> 1, UINT64_C(3) << 62, UINT64_C(1) << 12};
    for (size_t round = 0; round < 300; round++) {
        for (size_t i = 0; i < 2 * PAIRS; i++)
            bits[i] = (uint64_t)((rpe_test_number(round, i) + 1.0) * 0x1p62) << 1;
        for (size_t i = 0; i < 6; i++) {
            bits[(2 * i + round) % (2 * PAIRS)] = ends[i];
            bits[(2 * i + 7 * round + 1) % (2 * PAIRS)] = ends[(i + round) % 6];
        }
        rpe_bits_normals(PAIRS, bits, normals);
        for (size_t i = 0; i < PAIRS; i++) {
            long double u = ((long double)(bits[2 * i] >> 12) + 0.5L) * 0x1p-52L;
            long double v = ((long double)(bits[2 * i + 1] >> 12) + 0.5L) * 0x1p-52L;
            long double radius = sqrtl(-2 * logl(u)), angle = 6.283185307179586476925286766559005768L * v;
            assert_true(fabsl(normals[2 * i] - radius * cosl(angle)) <= 1e-15L * radius);
            assert_true(fabsl(normals[2 * i + 1] - radius * sinl(angle)) <= 1e-15L * radius);
        }
    }
}

/* H0: the numbers are iid standard normal.  For n = 10^6, sums of x, x^2 - 1, x^4 - 3 and of lag-1 products are normal with
   standard deviations sqrt(n) times 1, sqrt 2, sqrt 96, 1: |z| < 4.4 for all four has probability > 1 - 5e-5.
   Detects a shift of 0.0044, a scale error of 0.3 %, and Rademacher or uniform numbers (x^4). */
static void normals_have_their_moments(void **state)
{
    (void)state;
    enum { CHUNK = 10000, CHUNKS = 100 };
    static double x[CHUNK];
    double sums[4] = {0.0}, last = 0.0, count = (double)CHUNK * CHUNKS;
    rpe_stream stream = {.seed = 11, .purpose = 5};
    for (size_t chunk = 0; chunk < CHUNKS; chunk++) {
        rpe_stream_normals(stream, chunk * CHUNK, CHUNK, x);
        for (size_t i = 0; i < CHUNK; i++) {
            sums[0] += x[i];
            sums[1] += x[i] * x[i] - 1.0;
            sums[2] += x[i] * x[i] * x[i] * x[i] - 3.0;
            sums[3] += x[i] * last;
            last = x[i];
        }
    }
    const double deviations[4] = {1.0, sqrt(2.0), sqrt(96.0), 1.0};
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(sums[i]) < 4.4 * deviations[i] * sqrt(count));
}

/* H0: signs are fair and independent of their neighbours; same bound. */
static void signs_are_fair(void **state)
{
    (void)state;
    enum { LENGTH = 1000000 };
    static double x[LENGTH];
    double sum = 0.0, product = 0.0;
    rpe_stream_signs((rpe_stream){.seed = 12}, 0, LENGTH, x);
    for (size_t i = 0; i < LENGTH; i++) {
        assert_true(x[i] == 1.0 || x[i] == -1.0);
        sum += x[i];
        product += i > 0 ? x[i] * x[i - 1] : 0.0;
    }
    assert_true(fabs(sum) < 4.4 * sqrt(LENGTH) && fabs(product) < 4.4 * sqrt(LENGTH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(independent_of_grouping),
        cmocka_unit_test(coordinates_matter),
        cmocka_unit_test(normals_are_accurate),
        cmocka_unit_test(normals_have_their_moments),
        cmocka_unit_test(signs_are_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
