/* Experiments on positions of any family: each against its own exact attention, under its own name, and one point where nothing is
   random. */
#include "experiment_run.h"

#include <math.h>

#include "experiment/plan/point.h"
#include "method/method.h"

#define TOKENS 6
#define HEADS 2
#define SIZE 2
#define WIDTH 3

#define ALIBI "{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[0.5,0.0625]}"
#define ROTARY "{\"type\":\"rotary\",\"base\":100,\"size\":2}"
#define FOX                                                                                                  \
    "{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-1,-0.5,-2,-0.25,-0.125,-1,-3,-1],"               \
    "[-0.1,-0.2,-0.3,-0.4,-0.5,-0.6,-0.7,-0.8]]}"
#define DECAY                                                                                                \
    "{\"type\":\"decay\",\"map\":\"elu\",\"complex\":\"real\",\"normalise\":\"sum\",\"log_decay\":[-0.5,-0." \
    "1]}"
#define COSFORMER "{\"type\":\"feature\",\"form\":\"cosformer\",\"length\":16}"

#define GAUSSIAN_OF(name, kernel, more)                                                                      \
    "{\"name\":\"" name "\",\"kernel\":" kernel ",\"gaussian\":{\"queries\":6,\"values\":3" more "}}"
#define GAUSSIAN(name, kernel) GAUSSIAN_OF(name, kernel, ",\"heads\":2,\"features\":2")
#define ARRAYS(name, kernel)                                                                                 \
    "{\"name\":\"" name "\",\"kernel\":" kernel                                                              \
    ",\"queries\":\"pq.npy\",\"keys\":\"pk.npy\",\"values\":\"v.npy\"}"
/* Nothing has realizations to stand along the axis. */
#define FAMILIES(measures, grids)                                                                            \
    "{\"title\":\"A title\",\"question\":\"A "                                                               \
    "question?\",\"picture\":\"error\",\"axis\":\"keys\",\"seed\":11,"                                       \
    "\"measures\":" measures ",\"grids\":[" grids "]}"
#define ONCE "\"causal\":[true],\"realizations\":[4],\"projections\":[8],\"trials\":{\"minimum\":3}"

static double number_of(const rpe_csv *csv, size_t row, rpe_column column)
{
    return rpe_csv_number(csv, row, (size_t)column);
}

/* ---- exact methods ---- */

/* What is exact but for rounding: the explicit method and the recurrences of the position's own family. */
static bool is_exact(const char *method)
{
    static const char *const exact[] = {"explicit", "cosformer", "decay"};
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        if (strcmp(method, exact[i]) == 0)
            return true;
    return false;
}

static void test_exact(void **state)
{
    (void)state;
    static const char *const families[] = {"bias", "rotary", "bias", "decay", "feature"};
    static const char *const inputs[] = {"alibi", "rope", "fox", "decay", "cosformer"};
    file_write("fox.json", FOX);
    file_write("exact.json",
               FAMILIES("[\"output_error\",\"attention_error\",\"score_error\"]",
                        GRID("g",
                             GAUSSIAN("alibi", ALIBI) "," GAUSSIAN("rope", ROTARY) "," GAUSSIAN(
                                 "fox", "\"fox.json\"") "," GAUSSIAN("decay", DECAY) "," GAUSSIAN("cosformer",
                                                                                                  COSFORMER),
                             "\"methods\":\"*\"," ONCE)));
    run_ok("exact.json", "exact", 2, 0);
    rpe_csv csv = csv_open("exact/exact.csv");
    bool seen[5] = {false};
    for (size_t row = 0; row < csv.rows; row++) {
        const char *method = cell(&csv, row, RPE_COLUMN_method);
        size_t input = 0;
        while (strcmp(inputs[input], cell(&csv, row, RPE_COLUMN_input)) != 0)
            input++;
        assert_string_equal(cell(&csv, row, RPE_COLUMN_family), families[input]);
        assert_string_equal(cell(&csv, row, RPE_COLUMN_sampler), "none");
        assert_string_equal(cell(&csv, row, RPE_COLUMN_realizations), "");
        assert_string_not_equal(cell(&csv, row, RPE_COLUMN_measure), "score_error");
        if (cell(&csv, row, RPE_COLUMN_estimate)[0] == '\0') {
            assert_int_equal(strncmp(cell(&csv, row, RPE_COLUMN_status), "not applicable: ", 16), 0);
            continue;
        }
        const rpe_method *taken = rpe_method_find(method);
        assert_true(taken->position == NULL || strcmp(taken->position->name, families[input]) == 0);
        const double estimate = number_of(&csv, row, RPE_COLUMN_estimate);
        if (is_exact(method)) {
            assert_string_equal(cell(&csv, row, RPE_COLUMN_trials), "1");
            assert_true(estimate < 1e-14);
            seen[input] = true;
        } else {
            assert_true(estimate > 1e-3);
        }
    }
    for (size_t i = 0; i < 5; i++)
        assert_true(seen[i]);
    rpe_csv_destroy(&csv);
}

/* ---- a linear method against formulas ---- */

/* Positive, so that ReLU is the identity. */
static double positive(size_t index, double phase)
{
    return 1 + 0.5 * sin(1.7 * (double)index + phase);
}

static void positive_write(const char *name, double phase)
{
    const size_t shape[] = {TOKENS, HEADS, SIZE};
    rpe_array array = {0};
    rpe_error error;
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, 3, shape, name, &error), &error);
    for (size_t i = 0; i < TOKENS * HEADS * SIZE; i++)
        ((double *)array.values)[i] = positive(i, phase);
    rpe_test_ok(rpe_npy_write(file_path(name), &array, &error), &error);
    rpe_array_destroy(&array);
}

/* sqrt(sum |ohat - o|^2 / sum |o|^2), o by e^(q.k/sqrt(D) + b), ohat by q.k e^b, b = -s (m-n), n <= m */
static double expected_error(void)
{
    static const double slopes[HEADS] = {0.5, 0.0625};
    double differences = 0, squares = 0;
    for (size_t h = 0; h < HEADS; h++)
        for (size_t m = 0; m < TOKENS; m++) {
            double exact[WIDTH] = {0}, linear[WIDTH] = {0}, sums[2] = {0};
            for (size_t n = 0; n <= m; n++) {
                double product = 0;
                for (size_t d = 0; d < SIZE; d++)
                    product +=
                        positive((m * HEADS + h) * SIZE + d, 0) * positive((n * HEADS + h) * SIZE + d, 1);
                double bias = -slopes[h] * (double)(m - n), a = exp(product / sqrt(SIZE) + bias),
                       b = product * exp(bias);
                sums[0] += a;
                sums[1] += b;
                for (size_t j = 0; j < WIDTH; j++) {
                    double value = rpe_test_number(41, (n * HEADS + h) * WIDTH + j);
                    exact[j] += a * value;
                    linear[j] += b * value;
                }
            }
            for (size_t j = 0; j < WIDTH; j++) {
                double o = exact[j] / sums[0], difference = linear[j] / sums[1] - o;
                differences += difference * difference;
                squares += o * o;
            }
        }
    return sqrt(differences / squares);
}

static void test_scan(void **state)
{
    (void)state;
    positive_write("pq.npy", 0);
    positive_write("pk.npy", 1);
    file_write("alibi.json", ALIBI);
    file_write("scan.json", FAMILIES("[\"output_error\"]",
                                     GRID("g", ARRAYS("here", ALIBI) "," ARRAYS("file", "\"alibi.json\""),
                                          "\"methods\":[\"scan-relu\"]," ONCE)));
    run_ok("scan.json", "scan", 1, 0);
    rpe_csv csv = csv_open("scan/scan.csv");
    assert_int_equal(csv.rows, 2);
    for (size_t row = 0; row < 2; row++) {
        assert_true(fabs(number_of(&csv, row, RPE_COLUMN_estimate) - expected_error()) < 1e-13);
        assert_string_equal(cell(&csv, row, RPE_COLUMN_trials), "1");
    }
    rpe_csv_destroy(&csv);
}

/* ---- points ---- */

/* Sampler, R, and shared codes concern who encodes, F who projects. */
static void test_points(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        size_t projections;
    } expected[] = {{"explicit", 0}, {"scan-relu", 0}, {"scan-favor", 8}, {"scan-favor", 16}};
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_error error = {""};
    const char *path = file_write(
        "points.json", FAMILIES("[\"output_error\"]",
                                GRID("g", GAUSSIAN("a", ALIBI),
                                     "\"methods\":[\"explicit\",\"scan-relu\",\"scan-favor\"],"
                                     "\"samplers\":\"*\",\"realizations\":[4,8],\"projections\":[8,16],"
                                     "\"shared_heads\":[true,false],\"trials\":{\"minimum\":3}")));
    rpe_test_ok(rpe_configuration_read(&configuration, path, false, &error), &error);
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    assert_int_equal(points.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < points.count; i++) {
        assert_string_equal(points.points[i].method->name, expected[i].method);
        assert_int_equal(points.points[i].options[RPE_OPTION_projections], expected[i].projections);
        assert_int_equal(points.points[i].options[RPE_OPTION_shared_heads], 0);
        assert_false(rpe_point_has(&points.points[i], RPE_OPTION_realizations));
    }
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

/* ---- timings ---- */

static void test_timings(void **state)
{
    (void)state;
    file_write("timed.json", FAMILIES("[\"runtime\",\"peak_bytes\",\"output_error\"]",
                                      GRID("g",
                                           GAUSSIAN("rope", ROTARY) "," GAUSSIAN("alibi", ALIBI) "," GAUSSIAN(
                                               "fox", "\"fox.json\""),
                                           "\"methods\":\"*\"," ONCE)));
    run_ok("timed.json", "timed", 1, 0);
    rpe_csv csv = csv_open("timed/timed.csv");
    size_t times = 0, errors = 0;
    for (size_t row = 0; row < csv.rows; row++) {
        const char *measure = cell(&csv, row, RPE_COLUMN_measure),
                   *status = cell(&csv, row, RPE_COLUMN_status);
        bool is_time = strcmp(measure, "runtime") == 0;
        if (strncmp(status, "not applicable", 14) == 0)
            continue; /* of all methods of the family, those that the very position is not for */
        if (strcmp(measure, "output_error") == 0)
            errors++;
        else if (strncmp(status, "not checked", 11) != 0)
            assert_string_equal(status, "valid");
        if (is_time)
            assert_true(number_of(&csv, row, RPE_COLUMN_estimate) > 0);
        times += is_time ? 1 : 0;
    }
    assert_true(times >= 6 && errors == times - 3);
    rpe_csv_destroy(&csv);
}

/* ---- bad input ---- */

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *inputs, *rest, *message;
    } bad[] = {
        {GAUSSIAN("a", ALIBI), "\"methods\":[\"explicit\",\"rope-relu\"]," ONCE,
         "expected methods that take the position of input \"a\", alibi (a bias added to the score), found "
         "\"rope-relu\""},
        {GAUSSIAN("a", "\"alibi.json\""), "\"methods\":[\"softmax\"]," ONCE, "found \"softmax\""},
        {INPUT("a", "sine.json"), "\"methods\":[\"scan-relu\"]," ONCE,
         "expected methods that take the position of input \"a\", sine"},
        {GAUSSIAN_OF("a", ROTARY, ""), "\"methods\":\"*\"," ONCE,
         "\"heads\": expected an integer of at least 1 in \"gaussian\""},
        {GAUSSIAN_OF("a", ROTARY, ",\"heads\":2"), "\"methods\":\"*\"," ONCE,
         "\"features\": expected an integer of at least 1 in \"gaussian\""},
        {GAUSSIAN_OF("a", "\"alibi.json\"", ""), "\"methods\":\"*\"," ONCE,
         "expected \"features\" in \"gaussian\""},
        {GAUSSIAN_OF("a", ALIBI, ",\"heads\":3,\"features\":2"), "\"methods\":\"*\"," ONCE,
         "expected 2 heads as the kernel has, found 3"},
        {GAUSSIAN_OF("a", ROTARY, ",\"heads\":1,\"features\":1"), "\"methods\":\"*\"," ONCE,
         "expected at least 2 features of input a, found 1"},
        {GAUSSIAN("a", ALIBI), "\"methods\":\"*\",\"gates\":[0.5]," ONCE,
         "expected a kernel for each feature, as a gate is asked for, found alibi"},
        {GAUSSIAN("a", ALIBI), "\"methods\":\"*\",\"fit\":{\"type\":\"sine\",\"sizes\":[2]}," ONCE,
         "expected a table without a gate"},
        {GAUSSIAN("a", ALIBI), "\"methods\":\"*\",\"heads\":[2]," ONCE,
         "\"heads\": expected an input whose kernel is drawn"},
        {GAUSSIAN("a", FOX), "\"methods\":\"*\",\"lengths\":[9]," ONCE,
         "expected a gate for each of as many queries as keys, found 8"},
        {GAUSSIAN("a", "{\"type\":\"bias\",\"form\":\"none\"}"), "\"methods\":\"*\"," ONCE, "\"form\""},
        {GAUSSIAN("a", "{\"form\":\"alibi\"}"), "\"methods\":\"*\"," ONCE, "\"type\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char json[4096];
        rpe_error error = {""};
        snprintf(json, sizeof json, FAMILIES("[\"output_error\"]", GRID("g", "%s", "%s")), bad[i].inputs,
                 bad[i].rest);
        file_write("bad.json", json);
        if (run_into("bad.json", "bad", 1, 0, &error) != RPE_ERROR_INPUT ||
            strstr(error.message, bad[i].message) == NULL)
            fail_msg("expected \"%s\", found \"%s\"", bad[i].message, error.message);
        assert_int_equal(entries_count(file_path("bad")), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),   cmocka_unit_test(test_scan), cmocka_unit_test(test_points),
        cmocka_unit_test(test_timings), cmocka_unit_test(test_bad),
    };
    rpe_json_memory_install();
    files_make("experiment_families");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
