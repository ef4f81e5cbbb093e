/* Feature maps: the definitions give the values worked by hand, and the fast expansions are the definitions. */
#include <math.h>
#include <string.h>

#include "attention/feature_map.h"
#include "rpe_test.h"

#define VALUES_WANTED 3 /* of each map */
#define COUNT 37        /* elements: whole vectors of either precision, and a rest */
#define ROWS 3
#define STRIDE 48

static void values_worked_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        assert_true(strlen(map->name) > 0 && strlen(map->source) > 0);
        assert_true(map->example_count >= VALUES_WANTED);
        for (size_t j = 0; j < map->example_count; j++) {
            const rpe_feature_example *example = &map->examples[j];
            double found = rpe_feature_map_example(map, example);
            if (!(fabs(found - example->value) <= 4e-16 * fmax(1, example->value)))
                fail_msg("%s: example %zu is %.17g, its definition gives %.17g", map->name, j, example->value,
                         found);
        }
    }
}

/* Where no feature is too large: of both signs, zero, and so small that an exponential is 1. */
static double argument(size_t index)
{
    static const double sizes[] = {1, 3, 1e-3, 17, 1e-12, 0};
    return sizes[index % 6] * sin((double)(7 * index + 1));
}

/* g of both functions, as features are: powers of 2 with `exponential`. */
static double expected(const rpe_feature_map *map, size_t which, double u)
{
    double g = map->define[which] != NULL ? map->define[which](u) : u;
    return map->exponential ? g * RPE_UNIT_POWER : g;
}

static void expect_near(const rpe_feature_map *map, const char *precision, double u, double found,
                        double wanted, double rounding)
{
    /* of u, of the result, and of angles: absolute */
    double bound = 4 * rounding * (fabs(wanted) * (1 + fabs(u)) + (map->norm > 0 ? 1 + fabs(u) : 0));
    if (!(fabs(found - wanted) <= bound))
        fail_msg("%s in %s: of %.17g expected %.17g, found %.17g", map->name, precision, u, wanted, found);
}

/* Elements behind the last of a row stay what they were. */
static void expansions_are_the_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * rpe_feature_map_count(); i++) {
        rpe_feature_map map = *rpe_feature_map_at(i / 2);
        double values[ROWS * 2 * STRIDE], unit = rpe_feature_map_unit(&map);
        float single[ROWS * 2 * STRIDE];
        if (i % 2 == 1)
            memset(map.expand, 0, sizeof map.expand); /* the loop over the definition */
        for (size_t j = 0; j < ROWS * 2 * STRIDE; j++) {
            values[j] = unit * argument(j);
            single[j] = (float)values[j];
        }
        rpe_feature_map_expand_double(&map, ROWS, COUNT, 2 * STRIDE, STRIDE, values);
        rpe_feature_map_expand_single(&map, ROWS, COUNT, 2 * STRIDE, STRIDE, single);
        for (size_t j = 0; j < ROWS * 2 * STRIDE; j++) {
            size_t which = j % (2 * STRIDE) / STRIDE, first = j - which * STRIDE;
            bool made = j % STRIDE < COUNT && (which == 0 || map.define[1] != NULL);
            double u = made ? argument(first) : argument(j), rounded = (double)(float)(unit * u) / unit;
            double wanted = made ? expected(&map, which, u) : unit * u;
            double wanted_single = made ? expected(&map, which, rounded) : unit * u;
            expect_near(&map, "double", u, values[j], wanted, 0x1p-53);
            expect_near(&map, "single", u, (double)single[j], wanted_single, 0x1p-24);
        }
    }
}

static void not_a_number_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_feature_map_count(); i++) {
        const rpe_feature_map *map = rpe_feature_map_at(i);
        double values[2 * STRIDE];
        float single[2 * STRIDE];
        for (size_t j = 0; j < STRIDE; j++) {
            values[j] = NAN;
            single[j] = NAN;
        }
        rpe_feature_map_expand_double(map, 1, COUNT, 2 * STRIDE, STRIDE, values);
        rpe_feature_map_expand_single(map, 1, COUNT, 2 * STRIDE, STRIDE, single);
        for (size_t j = 0; j < COUNT; j++)
            assert_true(isnan(values[j]) && isnan(single[j]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_worked_by_hand),
        cmocka_unit_test(expansions_are_the_definition),
        cmocka_unit_test(not_a_number_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
