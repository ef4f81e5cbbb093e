/* Fronts of points whose places are known: equal ones, one alone, beaten ones, and limits that overlap. */
#include "rpe_test.h"

#include <math.h>

#include "statistic/front.h"

#define EXACT(x)                                                                                             \
    {                                                                                                        \
        (x), (x), (x)                                                                                        \
    }
#define AT(cost, error)                                                                                      \
    {                                                                                                        \
        EXACT(cost), EXACT(error)                                                                            \
    }

static void expect(size_t count, const rpe_front_point *points, const bool *on, const bool *certain)
{
    for (size_t i = 0; i < count; i++) {
        rpe_front_place place = rpe_front_place_find(count, points, i);
        if (place.on != on[i] || place.certain != certain[i])
            fail_msg("point %zu: found on %d, certain %d", i, place.on, place.certain);
    }
}

/* A staircase, a point above it, one that costs as much and errs more, and one that errs as much and costs more. */
static void beaten_points(void **state)
{
    (void)state;
    static const rpe_front_point points[] = {AT(1, 8), AT(2, 4), AT(4, 2), AT(8, 0),
                                             AT(3, 5), AT(2, 6), AT(5, 2)};
    static const bool on[] = {true, true, true, true, false, false, false},
                      certain[] = {true, true, true, true, true, true, true};
    expect(7, points, on, certain);
}

static void single_and_equal_points(void **state)
{
    (void)state;
    static const rpe_front_point points[] = {AT(1, 2), AT(1, 2), AT(1, 2)};
    static const bool yes[] = {true, true, true};
    expect(1, points, yes, yes);
    expect(3, points, yes, yes);
}

/* Where it would take another value between the limits to change places, that is said. */
static void overlapping_limits(void **state)
{
    (void)state;
    static const rpe_front_point points[] = {
        {EXACT(1), {3, 2, 4}},          /* cheapest: nothing can beat it */
        {EXACT(2), {2.5, 1.5, 5}},      /* perhaps not better than the first */
        {EXACT(3), {2.6, 2.2, 3}},      /* perhaps better than the second */
        {EXACT(4), {9, 8, 10}},         /* beaten whatever they are */
        {{0.9, 0.5, 1.5}, {20, 20, 20}} /* perhaps dearer than the first */
    };
    static const bool on[] = {true, true, false, false, true}, certain[] = {true, false, false, true, false};
    expect(5, points, on, certain);
}

/* What is not known could be anything. */
static void unknown_limits(void **state)
{
    (void)state;
    static const rpe_front_point points[] = {{EXACT(1), {3, NAN, NAN}}, {EXACT(2), {2, NAN, NAN}}, AT(3, 0)};
    static const bool on[] = {true, true, true}, certain[] = {true, false, false};
    expect(3, points, on, certain);
}

/* An error cannot be below 0, but limits that are unknown do not know that. */
static void exact_beats_unknown(void **state)
{
    (void)state;
    static const rpe_front_point points[] = {AT(1, 0), {EXACT(2), {3, NAN, NAN}}, {EXACT(2), {3, 1, NAN}}};
    static const bool on[] = {true, false, false}, certain[] = {true, false, true};
    expect(3, points, on, certain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beaten_points),       cmocka_unit_test(single_and_equal_points),
        cmocka_unit_test(overlapping_limits),  cmocka_unit_test(unknown_limits),
        cmocka_unit_test(exact_beats_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
