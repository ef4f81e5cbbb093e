/* Axes of a grid: what they make of inputs, drawn kernels, what is refused; and the measures that need them agree with their
   closed forms at any number of threads. */
#include "experiment_run.h"
#include "position/conv.h"
#include "position/sine.h"

#include <math.h>

#include "experiment/plan/input.h"
#include "experiment/plan/point.h"
#include "statistic/hypothesis.h"

#define DRAWN(type, rest)                                                                                    \
    "{\"name\":\"" type "\",\"kernel\":{\"type\":\"" type "\"," rest                                         \
    "},\"gaussian\":{\"queries\":4,\"values\":1}}"
#define SMALL                                                                                                \
    "\"methods\":[\"softmax\"],\"samplers\":[\"gaussian\"],\"realizations\":[4],\"trials\":{\"minimum\":3}"
#define ONE(input, rest) EXPERIMENT("[\"score_error\"]", GRID("g", input, SMALL rest))
#define SHAPE "\"heads\":2,\"features\":3,\"sinusoids\":2"

typedef struct bad_case {
    const char *json, *key, *expected, *found;
} bad_case;

static const bad_case bad_cases[] = {
    {ONE(SINE, ",\"features\":[4]"), "\"features\"", "an input whose kernel is drawn", "none"},
    {ONE(SINE, ",\"taps\":[4]"), "\"taps\"", "an input with a drawn conv kernel", "none"},
    {ONE(DRAWN("sine", SHAPE), ",\"taps\":[4]"), "\"taps\"", "an input with a drawn conv kernel", "none"},
    {ONE(DRAWN("conv", "\"heads\":1,\"features\":2,\"taps\":3"), ",\"sinusoids\":[4]"), "\"sinusoids\"",
     "a drawn sine kernel", "none"},
    {ONE(DRAWN("sine", "\"heads\":1,\"features\":2"), ""), "\"sinusoids\"", "an integer of at least 1",
     "no such key"},
    {ONE(DRAWN("sine", "\"features\":2,\"sinusoids\":1"), ""), "\"heads\"", "an integer of at least 1",
     "no such key"},
    {ONE(DRAWN("sine", SHAPE ",\"taps\":3"), ""), "bad.json", "expected keys among", "\"taps\""},
    {ONE(DRAWN("table", SHAPE), ""), "expected keys among", "\"values\"", "found \"heads\""},
    {ONE(DRAWN("sine", SHAPE ",\"distribution\":\"flat\""), ""), "\"distribution\"", "\"unit\"", "\"flat\""},
    {ONE(DRAWN("sine", SHAPE ",\"gate\":1.5"), ""), "\"gate\"", "a number from 0 to 1", "1.5"},
    {ONE(SINE, ",\"gates\":[2]"), "\"gates\"", "numbers from 0 to 1", "the number 2"},
    {ONE(SINE, ",\"gates\":[\"all\"]"), "\"gates\"", "or \"none\"", "\"all\""},
    {ONE(SINE, ",\"gates\":[]"), "\"gates\"", "a list of gates", "a list"},
    {ONE(SINE, ",\"lengths\":[0]"), "\"lengths\"", "integers from 1", "the number 0"},
    {ONE(SINE, ",\"lengths\":7"), "\"lengths\"", "a list of integers", "the number 7"},
    {ONE(SINE, ",\"shared_heads\":[2]"), "\"shared_heads\"", "false or true", "the number 2"},
    {ONE(DRAWN("sine", SHAPE), ",\"fit\":{\"type\":\"sine\",\"sizes\":[1]}"), "\"fit\"", "a table",
     "a drawn one"},
    {"{\"title\":\"t\",\"question\":\"q\",\"axis\":\"colour\"}", "\"axis\"", "a column of the results",
     "\"colour\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"series\":[\"colour\"]}", "\"series\"", "columns of the results",
     "\"colour\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"axis\":\"method\"}", "\"axis\"", "numbers of something",
     "\"method\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"series\":[\"estimate\"]}", "\"series\"", "columns of the results",
     "\"estimate\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"series\":[5]}", "\"series\"", "columns of the results",
     "the number 5"},
    {"{\"title\":\"t\",\"question\":\"q\",\"series\":[\"method\",\"method\"]}", "\"series\"",
     "each column once", "\"method\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"axis\":\"keys\",\"series\":[\"keys\"]}", "\"series\"",
     "other than the axis", "\"keys\""},
    {"{\"title\":\"t\",\"question\":\"q\",\"reading\":3}", "\"reading\"", "a text", "the number 3"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        rpe_error error = {""};
        rpe_configuration configuration = {0};
        size_t before = rpe_memory_usage_now().current;
        rpe_status status =
            rpe_configuration_read(&configuration, file_write("bad.json", bad_cases[i].json), false, &error);
        if (status == RPE_OK || strstr(error.message, bad_cases[i].key) == NULL ||
            strstr(error.message, bad_cases[i].expected) == NULL ||
            strstr(error.message, bad_cases[i].found) == NULL || strstr(error.message, "bad.json") == NULL)
            fail_msg("%s\n  \"%s\"", bad_cases[i].json, error.message);
        assert_int_equal(rpe_memory_usage_now().current, before);
    }
}

/* Every combination once, the last axis fastest; coordinates hold only what is an axis. */
static void test_combinations(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "sine;method=softmax;sampler=gaussian;realizations=4;precision=double;causal=no;length=5;features=2;"
        "gate=none",
        "sine;method=softmax;sampler=gaussian;realizations=4;precision=double;causal=no;shared_heads=yes;"
        "length=5;"
        "features=2;gate=none",
        "sine;method=softmax;sampler=gaussian;realizations=4;precision=double;causal=no;length=5;features=2;"
        "gate=0.5",
    };
    const char *json =
        ONE(DRAWN("sine", "\"heads\":2,\"sinusoids\":3") "," CONV,
            ",\"shared_heads\":[false,true],\"lengths\":[5,7],\"features\":[2,4],\"gates\":[\"none\",0.5],"
            "\"quick\":{\"lengths\":[6],\"features\":[2],\"gates\":[1],\"shared_heads\":[true]}");
    const char *path = file_write("axes.json", json);
    for (int quick = 0; quick < 2; quick++) {
        rpe_configuration configuration = {0};
        rpe_points points = {0};
        rpe_error error;
        rpe_test_ok(rpe_configuration_read(&configuration, path, quick == 1, &error), &error);
        rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
        /* sine: 2 lengths x 2 features x 2 gates; conv, which is read from a file: 2 lengths x 2 gates */
        assert_int_equal(configuration.grids[0].input_count, quick ? 2 : 12);
        assert_int_equal(points.count, quick ? 2 : 24);
        for (size_t i = 0; !quick && i < sizeof expected / sizeof expected[0]; i++) {
            char text[320];
            snprintf(text, sizeof text, "experiment=axes;input=%s", expected[i]);
            assert_string_equal(points.points[i].coordinates, text);
        }
        const rpe_input_settings *last = &configuration.grids[0].inputs[quick ? 0 : 7];
        assert_int_equal(last->features, quick ? 2 : 4);
        assert_int_equal(last->gaussian_keys.count, quick ? 6 : 7);
        assert_true(last->gate == (quick ? 1 : 0.5));
        rpe_points_destroy(&points);
        rpe_configuration_destroy(&configuration);
    }
}

static rpe_kernel *kernel_draw(const char *family, const char *distribution, size_t size, uint64_t seed)
{
    rpe_kernel *kernel = NULL;
    rpe_error error;
    const rpe_kernel_drawing *drawing = rpe_kernel_drawing_find(family, distribution);
    assert_non_null(drawing);
    rpe_test_ok(rpe_kernel_draw(&kernel, drawing, 3, 50, size, seed, &error), &error);
    return kernel;
}

/* Drawn kernels can be read back as they are, so they meet what files must meet; "unit" has P^qq(0) = P^kk(0) = 1; seeds and
   sizes decide. */
static void test_drawn(void **state)
{
    (void)state;
    static const ptrdiff_t zero[RPE_AXES_MAX] = {0};
    for (size_t i = 0; rpe_kernel_drawing_at(i) != NULL; i++) {
        const rpe_kernel_drawing *drawing = rpe_kernel_drawing_at(i);
        const char *distribution = rpe_kernel_drawing_distribution(drawing);
        rpe_kernel *kernel = kernel_draw(drawing->type->name, distribution, 7, 1), *again = NULL;
        rpe_error error;
        rpe_test_ok(rpe_kernel_write(kernel, file_path("drawn.json"), &error), &error);
        rpe_test_ok(rpe_kernel_read(&again, file_path("drawn.json"), &error), &error);
        rpe_kernel *other = kernel_draw(drawing->type->name, distribution, 7, 2);
        assert_true(rpe_kernel_value(kernel, 2, 3, zero) == rpe_kernel_value(again, 2, 3, zero));
        assert_true(rpe_kernel_value(kernel, 2, 3, zero) != rpe_kernel_value(other, 2, 3, zero));
        for (size_t d = 0; d < 150 && strcmp(distribution, "unit") == 0; d++)
            for (int side = 0; side < 2; side++) {
                double power = rpe_kernel_autocovariance(kernel, (rpe_side)side, d / 50, d % 50, zero);
                assert_true(fabs(power - 1) < 1e-12);
            }
        rpe_kernel_destroy(other);
        rpe_kernel_destroy(again);
        rpe_kernel_destroy(kernel);
    }
}

/* The authors' laws: ln(2f/(1-2f)) ~ N(-4,1), theta ~ N(0,1), taps uniform in (0, sqrt(2/P)); means of 1,050 numbers. */
static void test_authors(void **state)
{
    (void)state;
    rpe_kernel *sine = kernel_draw("sine", "authors", 7, 3), *conv = kernel_draw("conv", "authors", 7, 3);
    const double count = 1050;
    double raw = 0, phase = 0, squares = 0, tap = 0;
    for (size_t i = 0; i < 1050; i++) {
        raw += log(2 * rpe_sine_of(sine).frequency[i] / (1 - 2 * rpe_sine_of(sine).frequency[i])) / count;
        phase += rpe_sine_of(sine).phase[i] / count;
        squares += rpe_sine_of(sine).phase[i] * rpe_sine_of(sine).phase[i] / count;
        tap += rpe_conv_of(conv).key_filter[i] * sqrt(3.5) / count;
        assert_true(rpe_sine_of(sine).gain[i] > 0 && rpe_conv_of(conv).query_filter[i] > 0 &&
                    rpe_conv_of(conv).query_filter[i] < sqrt(2.0 / 7));
    }
    double p[] = {rpe_p_normal((raw + 4) * sqrt(count)), rpe_p_normal(phase * sqrt(count)),
                  rpe_p_normal((squares - 1) * sqrt(count / 2)),
                  rpe_p_normal((tap - 0.5) * sqrt(12 * count))};
    assert_true(rpe_holm_smallest(4, p) > 1e-3);
    rpe_kernel_destroy(sine);
    rpe_kernel_destroy(conv);
}

/* A gate replaces the file's, none removes it; heads and inputs that are alike are. */
static void test_loaded(void **state)
{
    (void)state;
    const char *path = file_write(
        "loaded.json",
        EXPERIMENT(
            "[\"score_error\"]",
            GRID("g", SINE, SMALL ",\"gates\":[0.25,\"none\"]") "," GRID(
                "h",
                "{\"name\":\"alike\",\"kernel\":{\"type\":\"sine\"," SHAPE
                ",\"alike\":true},\"gaussian\":{\"queries\":4,\"values\":1,\"scale\":2,\"alike\":true}}",
                SMALL)));
    rpe_configuration configuration = {0};
    rpe_input inputs[3] = {{0}};
    rpe_error error;
    rpe_test_ok(rpe_configuration_read(&configuration, path, false, &error), &error);
    for (size_t i = 0; i < 3; i++)
        rpe_test_ok(rpe_input_load(&inputs[i], &configuration.grids[i / 2].inputs[i % 2], 1, &error), &error);
    for (size_t i = 0; i < 4; i++)
        assert_true(inputs[0].kernel->gate[i] == 0.25);
    assert_null(inputs[1].kernel->gate);
    const double *queries = inputs[2].queries.values;
    for (size_t i = 0; i < 4 * 2 * 3; i++)
        assert_true(queries[i] == queries[i / 6 * 6 + i % 3]);
    for (size_t i = 0; i < 6; i++)
        assert_true(rpe_sine_of(inputs[2].kernel).gain[i] == rpe_sine_of(inputs[2].kernel).gain[6 + i]);
    for (size_t i = 0; i < 3; i++)
        rpe_input_destroy(&inputs[i]);
    rpe_configuration_destroy(&configuration);
}

/* H0: estimates have the closed forms as expectations.  All measures of the new axes in one small run, Holm over its rows;
   3 % in the error of a score is 6 % in its square, seen with 600 trials of 2 x 16 pairs.  The same bytes at 1 and 3 threads. */
static void test_agreement(void **state)
{
    (void)state;
    static char one[FILE_CAPACITY], three[FILE_CAPACITY];
    file_write(
        "agree.json",
        EXPERIMENT(
            "[\"head_score_error\",\"mean_score_error\",\"far_covariance\",\"exponential_ratio\","
            "\"feature_error\",\"encoded_feature_error\",\"head_correlation\"]",
            GRID("g",
                 "{\"name\":\"a\",\"kernel\":{\"type\":\"sine\",\"distribution\":\"unit\",\"heads\":2,"
                 "\"sinusoids\":2},\"gaussian\":{\"queries\":4,\"values\":1,\"scale\":0.25},"
                 "\"profile\":[[1,0]]}",
                 "\"methods\":[\"favor-iid\",\"favor-trigonometric\"],\"samplers\":[\"gaussian\"],"
                 "\"realizations\":[32],\"projections\":[8],\"features\":[2,5],\"gates\":[\"none\",0.5],"
                 "\"shared_heads\":[false,true],\"trials\":{\"minimum\":600}")));
    run_ok("agree.json", "one", 1, 0);
    run_ok("agree.json", "three", 3, 0);
    assert_int_equal(file_read(file_path("one/agree.csv"), one),
                     file_read(file_path("three/agree.csv"), three));
    assert_string_equal(one, three);
    rpe_csv csv = csv_open("one/agree.csv");
    double p[1024];
    size_t count = 0, positions = 0;
    for (size_t row = 0; row < csv.rows; row++) {
        double value = rpe_csv_number(&csv, row, RPE_COLUMN_p);
        positions += cell(&csv, row, RPE_COLUMN_position)[0] != '\0';
        if (isfinite(value))
            p[count++] = value;
    }
    assert_true(positions > 0 && count > 60);
    assert_true(rpe_holm_smallest(count, p) > 1e-3);
    rpe_csv_destroy(&csv);
}

/* Where theory has no moment there is no number, but the reason. */
static void test_infinite(void **state)
{
    (void)state;
    file_write(
        "infinite.json",
        EXPERIMENT("[\"exponential_ratio\",\"finite_means\"]",
                   GRID("g",
                        "{\"name\":\"a\",\"kernel\":\"sine.json\",\"gaussian\":{\"queries\":5,\"values\":1,"
                        "\"scale\":3}}",
                        "\"methods\":[\"softmax\"],\"samplers\":[\"gaussian\"],\"realizations\":[1,256],"
                        "\"trials\":{\"minimum\":4}")));
    run_ok("infinite.json", "infinite", 1, 0);
    rpe_csv csv = csv_open("infinite/infinite.csv");
    assert_int_equal(csv.rows, 4);
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_estimate), "");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_closed_form), "");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_status), "no value: the expectation is infinite");
    assert_true(rpe_csv_number(&csv, 1, RPE_COLUMN_estimate) < 1);
    assert_true(rpe_csv_number(&csv, 2, RPE_COLUMN_closed_form) > 1);
    assert_true(rpe_csv_number(&csv, 3, RPE_COLUMN_estimate) == 1);
    rpe_csv_destroy(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_combinations),
        cmocka_unit_test(test_drawn),    cmocka_unit_test(test_authors),
        cmocka_unit_test(test_loaded),   cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_infinite),
    };
    rpe_json_memory_install();
    files_make("axes");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
