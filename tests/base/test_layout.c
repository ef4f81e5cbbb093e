/* Orders of axes: every element is where its indices say. */
#include <string.h>

#include "base/layout.h"
#include "rpe_test.h"

/* The element at (b, n, h, d) of extents 2, 3 or 3 x 2, 4, 5. */
static double number_of(const size_t index[4])
{
    return (double)(((index[0] * 10 + index[1]) * 10 + index[2]) * 10 + index[3]);
}

static size_t extent_of(char letter, size_t axes)
{
    return letter == 'b' ? 2 : letter == 'n' ? (axes == 1 ? 3 : 6) : letter == 'h' ? 4 : 5;
}

/* Its elements in the order of the layout, positions of several axes counted in C order. */
static rpe_array array_make(const char *layout, size_t axes, rpe_precision precision)
{
    rpe_error error;
    rpe_array array = {0};
    size_t shape[RPE_RANK_MAX], rank = 0, index[4] = {0};
    for (const char *letter = layout; *letter != '\0'; letter++) {
        shape[rank++] = *letter == 'n' && axes == 2 ? 3 : extent_of(*letter, axes);
        if (*letter == 'n' && axes == 2)
            shape[rank++] = 2;
    }
    rpe_test_ok(rpe_array_create(&array, precision, rank, shape, "array", &error), &error);
    for (size_t i = 0, count = rpe_array_count(&array); i < count; i++) {
        size_t rest = i;
        for (size_t j = strlen(layout); j-- > 0;) {
            index[strchr("bnhd", layout[j]) - "bnhd"] = rest % extent_of(layout[j], axes);
            rest /= extent_of(layout[j], axes);
        }
        if (precision == RPE_SINGLE)
            ((float *)array.values)[i] = (float)number_of(index);
        else
            ((double *)array.values)[i] = number_of(index);
    }
    return array;
}

/* By the rank alone: b is added where it is not there and there is one axis more. */
static void ranks_fit(void **state)
{
    static const struct {
        const char *layout, *fitted; /* NULL: it does not fit */
        size_t axes, rank;
    } cases[] = {{"nhd", "nhd", 1, 3},    {"nhd", "bnhd", 1, 4},  {"nhd", NULL, 1, 5},   {"nhd", "nhd", 2, 4},
                 {"hnd", "bhnd", 3, 6},   {"bhnd", "bhnd", 1, 4}, {"bhnd", NULL, 1, 5},  {"bhnd", NULL, 1, 3},
                 {"nhdr", "bnhdr", 1, 5}, {"hbnd", "hbnd", 2, 5}, {"hmn", "bhmn", 1, 4}, {"mn", NULL, 1, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char fitted[RPE_LAYOUT_CAPACITY] = "";
        bool fits = rpe_layout_fit(cases[i].layout, cases[i].axes, cases[i].rank, fitted);
        assert_int_equal(fits, cases[i].fitted != NULL);
        if (fits)
            assert_string_equal(fitted, cases[i].fitted);
    }
    assert_int_equal(rpe_layout_axis("bnhd", 'h', 3), 4);
    assert_int_equal(rpe_layout_axis("hbnd", 'd', 1), 3);
}

static void every_order_to_every_order(void **state)
{
    static const char *const orders[] = {"nhd",  "hnd",  "hdn",  "dhn",  "ndh",  "dnh", "bnhd",
                                         "bhnd", "hbnd", "nbhd", "dnhb", "hdbn", "nhbd"};
    rpe_error error;
    (void)state;
    for (size_t i = 0; i < 13 * 13 * 4; i++) {
        const char *from = orders[i % 13], *to = orders[i / 13 % 13];
        rpe_precision precision = i / 169 % 2 == 0 ? RPE_SINGLE : RPE_DOUBLE;
        size_t axes = 1 + i / 338;
        if (strlen(from) != strlen(to))
            continue;
        rpe_array array = array_make(from, axes, precision), expected = array_make(to, axes, precision);
        rpe_test_ok(rpe_layout_change(&array, from, to, axes, "array", &error), &error);
        assert_int_equal(array.rank, expected.rank);
        assert_memory_equal(array.shape, expected.shape, array.rank * sizeof array.shape[0]);
        assert_memory_equal(array.values, expected.values,
                            rpe_array_count(&array) * rpe_precision_size(precision));
        rpe_array_destroy(&array);
        rpe_array_destroy(&expected);
    }
}

static void orders_and_texts(void **state)
{
    char text[RPE_SHAPE_CAPACITY];
    (void)state;
    assert_true(rpe_layout_is_order("hnd", "nhd") && rpe_layout_is_order("rdhn", "nhdr"));
    assert_false(rpe_layout_is_order("hn", "nhd") || rpe_layout_is_order("hnn", "nhd") ||
                 rpe_layout_is_order("hndb", "nhd") || rpe_layout_is_order("hnx", "nhd"));
    assert_string_equal(rpe_layout_text("bhnd", 1, 'M', text), "[B,H,M,D]");
    assert_string_equal(rpe_layout_text("hnd", 2, 'N', text), "[H,N1,N2,D]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_fit),
        cmocka_unit_test(every_order_to_every_order),
        cmocka_unit_test(orders_and_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
