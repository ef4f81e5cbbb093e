/* Linear attention of vectors and values that are tiny, huge or both: closed forms and sums in long double, in both
   precisions.  Without its range kept apart each of these would under- or overflow. */
#include "wide_problem.h"

/* Keys that are all equal give the mean of the values, whatever the map, the size of the vectors and of the values. */
static void equal_keys(void **state)
{
    (void)state;
    wide_range_needed();
    static const double sizes[2][7] = {{1e-45, 1e-38, 1e-23, 1e-12, 1, 1e18, 1e30},
                                       {5e-324, 1e-300, 1e-165, 1e-100, 1, 1e150, 1e200}};
    static const double values[2][3] = {{1, 1e-30, 1e30}, {1, 1e-200, 1e200}};
    double *w = numbers(31, PROJECTIONS * 4, 1);
    for (size_t i = 0; i < rpe_feature_map_count() * 2 * 7 * 3; i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i % rpe_feature_map_count());
        rpe_precision precision = precisions[i / rpe_feature_map_count() % 2];
        double size = sizes[precision][i / rpe_feature_map_count() / 2 % 7];
        problem p = wide_make(counts[i % COUNTS], 4);
        size_t count = p.shape.keys;
        fill(p.q, count * 4, size);
        fill(p.k, count * 4, size);
        for (size_t j = 0; j < count * WIDTH; j++) {
            p.v[j] *= values[precision][i / rpe_feature_map_count() / 14];
        }
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            run(&p, map, w, precision, 1 + (int)(i % 3));
            for (size_t m = 0; m < count; m++) {
                expect_mean(&p, map->name, precision, m, 0, seen_by(&p, m));
            }
        }
        problem_destroy(&p);
    }
    rpe_memory_free(w);
}

/* Tiny queries of ordinary keys, and ordinary queries of tiny keys. */
static void one_side(void **state)
{
    (void)state;
    wide_range_needed();
    for (size_t i = 0; i < 8; i++) {
        rpe_precision precision = precisions[i % 2];
        double tiny = precision == RPE_SINGLE ? 1e-44 : 1e-322, huge = precision == RPE_SINGLE ? 1e38 : 1e307;
        problem p = wide_make(130, 16);
        fill(p.q, 130 * 16, i / 2 == 0 ? tiny : i / 2 == 1 ? huge : 1);
        fill(p.k, 130 * 16, i / 2 == 2 ? tiny : i / 2 == 3 ? huge : 1);
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            run(&p, rpe_feature_map_find("relu"), NULL, precision, 1);
            for (size_t m = 0; m < 130; m++) {
                expect_mean(&p, "relu", precision, m, 0, seen_by(&p, m));
            }
        }
        problem_destroy(&p);
    }
}

/* One key is 10^30 times the others (10^200 in double): rows that see it have its value, those before the mean. */
static void dominating_key(void **state)
{
    (void)state;
    static const double small[2][3] = {{1e-38, 1e-20, 1}, {1e-307, 1e-150, 1}};
    for (size_t i = 0; i < COUNTS * 6; i++) {
        rpe_precision precision = precisions[i % 2];
        double from = small[precision][i / 2 % 3];
        problem p = wide_make(counts[i / 6], 5);
        size_t count = p.shape.keys, at = count / 2;
        fill(p.q, count * 5, 1);
        fill(p.k, count * 5, from);
        fill(p.k + at * 5, 5, from * (precision == RPE_SINGLE ? 1e30 : 1e200));
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            run(&p, rpe_feature_map_find("relu"), NULL, precision, 2);
            for (size_t m = 0; m < count; m++) {
                bool sees = seen_by(&p, m) > at;
                expect_mean(&p, "relu", precision, m, sees ? at : 0, sees ? at + 1 : m + 1);
            }
        }
        problem_destroy(&p);
    }
}

/* exp(-|y|^2/2) of a huge key is 0 beside others, exp(+|y|^2/2), or a feature that grows with the vector, is all: its value
   counts for nothing or for everything. */
static void huge_key(void **state)
{
    (void)state;
    wide_range_needed();
    double *w = numbers(32, PROJECTIONS * 2, 1);
    for (size_t i = 0; i < rpe_feature_map_count() * 4; i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i / 4);
        rpe_precision precision = precisions[i % 2];
        if (map->proportional) {
            continue; /* with queries of 0 there are no features */
        }
        problem p = wide_make(130, 2);
        fill(p.q, 130 * 2, 0);
        fill(p.k, 130 * 2, 0);
        fill(p.k + 129 * 2, 2, precision == RPE_SINGLE ? 1e25 : 1e200);
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            run(&p, map, w, precision, 1);
            for (size_t m = 0; m < 130; m++) {
                /* A query of 0 weighs all keys alike where the features are 1 and products. */
                bool sees = seen_by(&p, m) == 130, all = sees && map->norm >= 0 && !map->products;
                size_t end = all || map->products ? seen_by(&p, m) : sees ? 129 : m + 1;
                expect_mean(&p, map->name, precision, m, all ? 129 : 0, end);
            }
        }
        problem_destroy(&p);
    }
    rpe_memory_free(w);
}

/* A feature e^y that no precision holds, S = 1: beside e^(y - n/8) only the lags n count, however low y and the query are. */
static void features_below_the_range(void **state)
{
    (void)state;
    wide_range_needed();
    static const double lows[] = {-1, -60, -200, -3000, -1e5};
    for (size_t i = 0; i < 5 * 5 * 2; i++) {
        rpe_precision precision = precisions[i % 2];
        problem p = wide_make(90, 1);
        fill(p.q, 90, lows[i / 2 % 5]);
        for (size_t n = 0; n < 90; n++) {
            p.k[n] = lows[i / 10] - (double)n / 8;
        }
        for (int causal = 0; causal < 2; causal++) {
            p.shape.causal = causal == 1;
            run(&p, rpe_feature_map_find("elu"), NULL, precision, 1);
            for (size_t j = 0; j < 90 * WIDTH; j++) {
                double weights = 0, sum = 0, sizes = 0;
                for (size_t n = 0; n < seen_by(&p, j / WIDTH); n++) {
                    weights += exp(-(double)n / 8);
                    sum += exp(-(double)n / 8) * p.v[n * WIDTH + j % WIDTH];
                    sizes += exp(-(double)n / 8) * fabs(p.v[n * WIDTH + j % WIDTH]);
                }
                expect_near(&p, "elu", precision, j / WIDTH, p.outputs[j], sum / weights, sizes / weights);
            }
        }
        problem_destroy(&p);
    }
}

/* Queries and keys of random exponents, values too: against the definition in long double, where products cannot leave the
   range.  All positive, or 0: so that every output has its digits. */
static void random_exponents(void **state)
{
    (void)state;
    wide_range_needed();
    static const double spreads[2] = {60, 500};
    if (LDBL_MAX_EXP < 4 * DBL_MAX_EXP) {
        skip();
    }
    for (size_t i = 0; i < COUNTS * 4; i++) {
        rpe_precision precision = precisions[i % 2];
        problem p = wide_make(counts[i / 4], 7);
        size_t count = p.shape.keys;
        p.shape.causal = i / 2 % 2 == 1;
        for (size_t j = 0; j < count * 7; j++) {
            p.q[j] *= exp2(spreads[precision] * rpe_test_number(33, j));
            p.k[j] *= exp2(spreads[precision] * rpe_test_number(34, j));
        }
        for (size_t j = 0; j < count * WIDTH; j++) {
            p.v[j] = fabs(p.v[j]) * exp2(spreads[precision] * rpe_test_number(35, j));
        }
        run(&p, rpe_feature_map_find("relu"), NULL, precision, 1);
        for (size_t j = 0; j < count * WIDTH; j++) {
            size_t m = j / WIDTH;
            long double sum = 0, weights = 0;
            for (size_t n = 0; n < seen_by(&p, m); n++) {
                long double weight = 0;
                for (size_t s = 0; s < 7; s++) {
                    weight += (long double)fmax(p.q[m * 7 + s], 0) * fmax(p.k[n * 7 + s], 0);
                }
                sum += weight * p.v[n * WIDTH + j % WIDTH];
                weights += weight;
            }
            long double expected = weights > 0 ? sum / weights : 0;
            expect_near(&p, "relu", precision, m, p.outputs[j], expected, expected);
        }
        problem_destroy(&p);
    }
}

/* A query sees one feature, where only a key that is nothing beside the other has any. */
static void apart(void **state)
{
    (void)state;
    wide_range_needed();
    for (size_t i = 0; i < 4; i++) {
        rpe_precision precision = precisions[i % 2];
        problem p = wide_make(2, 2);
        double smallest = precision == RPE_SINGLE ? 1e-45 : 5e-324,
               huge = precision == RPE_SINGLE ? 1e38 : 1e308;
        const double q[] = {0, smallest, smallest, huge}, k[] = {0, smallest, huge, 0};
        memcpy(p.q, q, sizeof q);
        memcpy(p.k, k, sizeof k);
        p.shape.causal = i / 2 == 1;
        run(&p, rpe_feature_map_find("relu"), NULL, precision, 1);
        expect_mean(&p, "relu", precision, 0, 0, 1);
        /* q_1 . k_0 = smallest huge = q_1 . k_1 */
        expect_mean(&p, "relu", precision, 1, 0, 2);
        problem_destroy(&p);
    }
}

/* Rows of 0 are 0, among tiny ones too; a row of tiny ones is not. */
static void zero_and_tiny(void **state)
{
    (void)state;
    wide_range_needed();
    for (size_t i = 0; i < 4; i++) {
        rpe_precision precision = precisions[i % 2];
        problem p = wide_make(140, 3);
        fill(p.q, 140 * 3, precision == RPE_SINGLE ? 1e-23 : 1e-165);
        fill(p.k, 140 * 3, precision == RPE_SINGLE ? 1e-23 : 1e-165);
        fill(p.k, 70 * 3, 0);
        fill(p.q + 100 * 3, 3, -1);
        p.shape.causal = i / 2 == 1;
        run(&p, rpe_feature_map_find("relu"), NULL, precision, 2);
        for (size_t m = 0; m < 140; m++) {
            if (m == 100 || (p.shape.causal && m < 70)) {
                assert_true(p.outputs[m * WIDTH] == 0 && p.outputs[m * WIDTH + 2] == 0);
            } else {
                expect_mean(&p, "relu", precision, m, 70, seen_by(&p, m));
            }
        }
        problem_destroy(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_keys),
        cmocka_unit_test(one_side),
        cmocka_unit_test(dominating_key),
        cmocka_unit_test(huge_key),
        cmocka_unit_test(features_below_the_range),
        cmocka_unit_test(random_exponents),
        cmocka_unit_test(apart),
        cmocka_unit_test(zero_and_tiny),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
