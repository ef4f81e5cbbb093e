#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random/box_muller.h"
#include "base/random/philox.h"
#include "base/stream.h"
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

/* Whatever the processor takes, it is Random123's own code; also over the end of the first counter word. */
static void philox_is_random123(void **state)
{
    (void)state;
    enum { GROUPS = 5, WORDS = GROUPS * 4 * RPE_PHILOX_LANES };
    uint32_t words[WORDS], expected[WORDS];
    for (uint64_t round = 0; round < 400; round++) {
        uint32_t counter[4] = {0, 0, 0, 0};
        for (size_t i = 1; i < 4; i++)
            counter[i] = (uint32_t)((rpe_test_number(round, i) + 1.0) * 0x1p31);
        uint64_t key = (uint64_t)((rpe_test_number(round, 4) + 1.0) * 0x1p62) << 1 | (round & 1);
        uint32_t first =
            round % 4 == 0 ? UINT32_MAX / RPE_PHILOX_LANES - 2 : (uint32_t)(round * round * round);
        rpe_philox_groups(key, counter, first, GROUPS, words);
        rpe_philox_groups_portable(key, counter, first, GROUPS, expected);
        assert_memory_equal(words, expected, sizeof words);
    }
}

static void normals_single(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    float narrow[700];
    rpe_stream_normals_single(stream, first, count, narrow);
    for (size_t i = 0; i < count; i++)
        values[i] = narrow[i];
}

static void signs_single(rpe_stream stream, uint64_t first, size_t count, double *values)
{
    float narrow[700];
    rpe_stream_signs_single(stream, first, count, narrow);
    for (size_t i = 0; i < count; i++)
        values[i] = narrow[i];
}

/* Numbers depend on their index, not on how they were asked for. */
static void independent_of_grouping(void **state)
{
    (void)state;
    enum { LENGTH = 700 };
    static double whole[LENGTH], part[LENGTH];
    rpe_stream stream = {.seed = 7, .point = 3, .trial = 2, .purpose = 1};
    void (*kinds[])(rpe_stream, uint64_t, size_t, double *) = {
        rpe_stream_normals, normals_single, rpe_stream_signs, signs_single, rpe_stream_uniforms};
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        kinds[kind](stream, 0, LENGTH, whole);
        for (size_t first = 0; first < 260; first += 13)
            for (size_t count = 0; count < 300; count += 37) {
                kinds[kind](stream, first, count, part);
                assert_memory_equal(part, whole + first, count * sizeof *part);
            }
    }
}

/* The definition of base/stream.h, number by number: Random123's block, then the formula. */
static void normals_follow_their_definition(void **state)
{
    (void)state;
    enum { FIRST = 95, COUNT = 100, LANES = RPE_PHILOX_LANES };
    rpe_stream stream = {.seed = UINT64_C(0x123456789abcdef), .point = 3, .trial = 9, .purpose = 0x1000007};
    const uint32_t counter[4] = {0, stream.trial, stream.point, stream.purpose};
    const uint32_t flagged[4] = {0, stream.trial, stream.point, stream.purpose ^ UINT32_C(1) << 31};
    double normals[COUNT];
    float narrow[COUNT];
    rpe_stream_normals(stream, FIRST, COUNT, normals);
    rpe_stream_normals_single(stream, FIRST, COUNT, narrow);
    for (size_t i = 0; i < COUNT; i++) {
        size_t group = (FIRST + i) / (4 * LANES), j = (FIRST + i) / LANES % 4, lane = (FIRST + i) % LANES;
        uint32_t words[4][LANES], low[4][LANES];
        rpe_philox_groups_portable(stream.seed, counter, (uint32_t)group, 1, words[0]);
        rpe_philox_groups_portable(stream.seed, flagged, (uint32_t)group, 1, low[0]);
        double uniform[2][2]; /* by precision: u, v */
        for (size_t k = 0; k < 2; k++) {
            uint32_t word = words[j % 2 + 2 * k][lane], refinement = low[j % 2 + 2 * k][lane] >> 12;
            uniform[0][k] = (word + 0.5) * 0x1p-32;
            uniform[1][k] = (word + (refinement + 0.5) * 0x1p-20) * 0x1p-32;
        }
        double values[2];
        for (size_t p = 0; p < 2; p++) {
            double angle = 6.283185307179586476925286766559 * uniform[p][1];
            values[p] = sqrt(-2.0 * log(uniform[p][0])) * (j < 2 ? cos(angle) : sin(angle));
        }
        assert_true(fabs(narrow[i] - values[0]) < 1e-6);
        assert_true(fabs(normals[i] - values[1]) < 1e-14);
    }
}

/* Likewise signs: bit i % 128 of Random123's block i / 128, in ranges that begin and end inside and at the ends of words
   and of groups, and beyond the first 2^32 signs. */
static void signs_follow_their_definition(void **state)
{
    (void)state;
    enum { MOST = 2500, LANES = RPE_PHILOX_LANES };
    static double signs[MOST + 1];
    static float narrow[MOST + 1];
    rpe_stream stream = {.seed = UINT64_C(0xfedcba987654321), .point = 2, .trial = 5, .purpose = 0x1000003};
    const uint32_t counter[4] = {0, stream.trial, stream.point, stream.purpose};
    const uint64_t starts[] = {0, 1, 31, 32, 33, 95, 127, 1000, 1023, 1024, (UINT64_C(1) << 32) + 1020};
    const size_t counts[] = {0, 1, 2, 31, 32, 33, 65, 992, 1024, 1025, 1056, 2048, MOST};
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++)
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            signs[counts[c]] = narrow[counts[c]] = 7;
            rpe_stream_signs(stream, starts[s], counts[c], signs);
            rpe_stream_signs_single(stream, starts[s], counts[c], narrow);
            for (size_t i = 0; i < counts[c]; i++) {
                uint64_t number = starts[s] + i, block = number / 128;
                static uint32_t words[4][LANES];
                if (i == 0 || number % (128 * LANES) == 0)
                    rpe_philox_groups_portable(stream.seed, counter, (uint32_t)(block / LANES), 1, words[0]);
                double expected = words[number % 128 / 32][block % LANES] >> number % 32 & 1 ? -1 : 1;
                assert_true(signs[i] == expected && (double)narrow[i] == expected);
            }
            assert_true(signs[counts[c]] == 7 && narrow[counts[c]] == 7); /* nothing beyond */
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

/* Words at the ends of the uniform's range and of every quarter turn, at sqrt(1/2), and powers of two beside them. */
static uint32_t extreme_word(uint64_t seed, uint64_t index)
{
    const uint32_t ends[] = {0, UINT32_MAX, UINT32_C(0xb504f333), UINT32_C(0xb504f334)};
    uint64_t number = (uint64_t)((rpe_test_number(seed, index) + 1.0) * 0x1p20);
    uint32_t power = UINT32_C(1) << number % 32, step = (uint32_t)(number / 32 % 3), turn = number / 96 % 8;
    switch (number / 1024 % 4) {
    case 0:
        return ends[number / 96 % 4];
    case 1:
        return power - 1 + step;
    case 2:
        return ~power - 1 + step;
    default:
        return (turn << 29) - 1 + step;
    }
}

static uint32_t any_word(uint64_t seed, uint64_t index)
{
    return (uint32_t)((rpe_test_number(seed, index) + 1.0) * 0x1p31);
}

enum { GROUPS = RPE_BOX_MULLER_GROUPS, NORMALS = GROUPS * RPE_BOX_MULLER_NORMALS };
enum { LANES = RPE_PHILOX_LANES, PARTNER = 2 * LANES /* from a cosine to its sine */ };

/* Largest error of the pairs, relative to their radius; uniforms (k + 1/2) 2^-bits of all words. */
static double largest_error(const uint64_t *k, int bits, const double *normals)
{
    double largest = 0.0;
    for (size_t i = 0; i < NORMALS; i++) {
        if (i / LANES % 4 >= 2)
            continue;
        long double u = ldexpl((long double)k[i] + 0.5L, -bits);
        long double v = ldexpl((long double)k[i + PARTNER] + 0.5L, -bits);
        long double radius = sqrtl(-2 * logl(u)), angle = 6.283185307179586476925286766559005768L * v;
        double cosine_error = (double)(fabsl(normals[i] - radius * cosl(angle)) / radius);
        double sine_error = (double)(fabsl(normals[i + PARTNER] - radius * sinl(angle)) / radius);
        assert_true(isfinite(normals[i]) && isfinite(normals[i + PARTNER]));
        largest = fmax(largest, fmax(cosine_error, sine_error));
    }
    return largest;
}

/* Box-Muller against the mathematical library in long double, at usual and at extreme words. */
static void normals_are_accurate(void **state)
{
    (void)state;
    static uint32_t words[NORMALS], refinements[NORMALS];
    static uint64_t short_bits[NORMALS], long_bits[NORMALS];
    static float narrow[NORMALS];
    static double single[NORMALS], normals[NORMALS];
    for (uint64_t round = 0; round < 200; round++) {
        for (size_t i = 0; i < NORMALS; i++) {
            words[i] = (round + i) % 5 < 2 ? extreme_word(round, i) : any_word(round, i);
            refinements[i] = (round + i) % 7 == 0   ? 0
                             : (round + i) % 7 == 1 ? UINT32_MAX
                                                    : any_word(round + 1000, i);
            short_bits[i] = words[i];
            long_bits[i] = (uint64_t)words[i] << 20 | refinements[i] >> 12;
        }
        rpe_box_muller_single(GROUPS, words, narrow);
        rpe_box_muller_double(GROUPS, words, refinements, normals);
        for (size_t i = 0; i < NORMALS; i++)
            single[i] = narrow[i];
        assert_true(largest_error(short_bits, 32, single) < 4e-7);
        assert_true(largest_error(long_bits, 52, normals) < 1e-15);
    }
}

/* H0: the numbers are iid standard normal.  For n = 10^6, sums of x, x^2 - 1, x^4 - 3 and of products 1, 8 and 16 apart
   (the next lane, the next pair, the partner) are normal with standard deviations sqrt(n) times 1, sqrt 2, sqrt 96, 1, 1, 1;
   Kolmogorov's statistic exceeds 2.42 / sqrt(n) and the counts beyond 4 (63.3 expected) leave 28 .. 100 with probability
   about 1e-5 each: all hold, in both precisions, with probability > 1 - 3e-4.
   Detects a shift of 0.0044, a scale error of 0.3 %, Rademacher or uniform numbers (x^4), a tail half too heavy. */
enum { LENGTH = 1000000 };

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void moments_check(double *x)
{
    const size_t lags[] = {1, 8, 16};
    const double deviations[6] = {1.0, sqrt(2.0), sqrt(96.0), 1.0, 1.0, 1.0};
    double sums[6] = {0.0}, count = LENGTH, distance = 0.0;
    size_t beyond = 0;
    for (size_t i = 0; i < LENGTH; i++) {
        double square = x[i] * x[i];
        sums[0] += x[i];
        sums[1] += square - 1.0;
        sums[2] += square * square - 3.0;
        for (size_t lag = 0; lag < 3; lag++)
            sums[3 + lag] += i >= lags[lag] ? x[i] * x[i - lags[lag]] : 0.0;
        beyond += fabs(x[i]) > 4.0;
    }
    for (size_t i = 0; i < 6; i++)
        assert_true(fabs(sums[i]) < 4.4 * deviations[i] * sqrt(count));
    assert_in_range(beyond, 28, 100);
    qsort(x, LENGTH, sizeof *x, ascending);
    for (size_t i = 0; i < LENGTH; i++) {
        double below = 0.5 * erfc(-x[i] * sqrt(0.5));
        distance =
            fmax(distance, fmax(fabs(below - (double)i / count), fabs(below - (double)(i + 1) / count)));
    }
    assert_true(distance < 2.42 / sqrt(count));
}

static void normals_have_their_law(void **state)
{
    (void)state;
    static double x[LENGTH];
    static float narrow[LENGTH];
    rpe_stream_normals((rpe_stream){.seed = 11, .purpose = 5}, 0, LENGTH, x);
    moments_check(x);
    rpe_stream_normals_single((rpe_stream){.seed = 12, .purpose = 5}, 0, LENGTH, narrow);
    for (size_t i = 0; i < LENGTH; i++)
        x[i] = narrow[i];
    moments_check(x);
}

/* The two precisions of one stream are one realization: uniforms differ by 2^-33 at most, which moves a normal of radius
   between 0.01 and 5 by less than 1e-5 beyond rounding. */
static void precisions_agree(void **state)
{
    (void)state;
    enum { COUNT = 32768 };
    static double x[COUNT];
    static float narrow[COUNT];
    rpe_stream stream = {.seed = 13, .point = 1, .trial = 2, .purpose = 3};
    rpe_stream_normals(stream, 0, COUNT, x);
    rpe_stream_normals_single(stream, 0, COUNT, narrow);
    for (size_t i = 0; i < COUNT; i++) {
        size_t pair = i / (4 * LANES) * (4 * LANES) + i % (2 * LANES);
        double radius = hypot(x[pair], x[pair + PARTNER]);
        assert_true(fabs(x[i] - narrow[i]) < (radius > 0.01 && radius < 5.0 ? 2e-6 : 1e-3));
    }
}

/* H0: signs are fair and independent of their neighbours; same bound. */
static void signs_are_fair(void **state)
{
    (void)state;
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
        cmocka_unit_test(philox_is_random123),
        cmocka_unit_test(independent_of_grouping),
        cmocka_unit_test(normals_follow_their_definition),
        cmocka_unit_test(signs_follow_their_definition),
        cmocka_unit_test(coordinates_matter),
        cmocka_unit_test(normals_are_accurate),
        cmocka_unit_test(normals_have_their_law),
        cmocka_unit_test(precisions_agree),
        cmocka_unit_test(signs_are_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
