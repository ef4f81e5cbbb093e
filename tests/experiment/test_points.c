/* Points of a grid: their order, which methods are run for which measures, how many trials, and no two alike. */
#include "experiment_files.h"

#include "experiment/plan/point.h"

#define REST(realizations)                                                                                   \
    "\"methods\":[\"softmax\"],\"realizations\":" realizations ",\"trials\":{\"minimum\":3}"

static rpe_configuration configuration;
static rpe_points points;

static rpe_status points_read(const char *json, size_t trials, rpe_error *error)
{
    configuration = (rpe_configuration){0};
    points = (rpe_points){0};
    rpe_test_ok(rpe_configuration_read(&configuration, file_write("points.json", json), false, error), error);
    return rpe_points_make(&points, &configuration, trials, error);
}

static void points_close(void)
{
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

/* Inputs, methods, samplers, precisions, causal, realizations: the last is the fastest; grids one after another. */
static void test_order(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "a;method=softmax;sampler=rademacher;realizations=8;precision=double;causal=no",
        "a;method=softmax;sampler=rademacher;realizations=4;precision=double;causal=no",
        "a;method=softmax;sampler=rademacher;realizations=8;precision=double;causal=yes",
        "a;method=softmax;sampler=rademacher;realizations=4;precision=double;causal=yes",
        "a;method=softmax;sampler=gaussian;realizations=8;precision=double;causal=no",
        "a;method=softmax;sampler=gaussian;realizations=4;precision=double;causal=no",
        "a;method=softmax;sampler=gaussian;realizations=8;precision=double;causal=yes",
        "a;method=softmax;sampler=gaussian;realizations=4;precision=double;causal=yes",
        "b;method=softmax;sampler=gaussian;realizations=2;precision=single;causal=no",
        "b;method=softmax;sampler=gaussian;realizations=2;precision=double;causal=no",
        "c;method=softmax;sampler=gaussian;realizations=2;precision=single;causal=no",
        "c;method=softmax;sampler=gaussian;realizations=2;precision=double;causal=no",
    };
    rpe_error error = {""};
    rpe_test_ok(
        points_read(
            EXPERIMENT("[\"score_error\"]",
                       GRID("g", INPUT("a", "sine.json"),
                            "\"samplers\":[\"rademacher\",\"gaussian\"],\"causal\":[true,false]," REST(
                                "[8,4]")) "," GRID("h", INPUT("b", "conv.json") "," INPUT("c", "conv.json"),
                                                   "\"samplers\":[\"gaussian\"],\"precisions\":[\"double\","
                                                   "\"single\"]," REST("[2]"))),
            0, &error),
        &error);
    assert_int_equal(points.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < points.count; i++) {
        char coordinates[256];
        snprintf(coordinates, sizeof coordinates, "experiment=points;input=%s", expected[i]);
        assert_string_equal(points.points[i].coordinates, coordinates);
        assert_int_equal(points.points[i].hash, rpe_stream_point(coordinates));
    }
    points_close();
}

/* Of methods that share a hook the first is run; the exact method is measured as any other. */
static void test_methods(void **state)
{
    (void)state;
    static rpe_method twin;
    const rpe_method *methods[] = {rpe_method_find("explicit"), rpe_method_find("softmax"), &twin};
    rpe_error error = {""};
    twin = *methods[1];
    twin.name = "twin";
    rpe_test_ok(points_read(EXPERIMENT("[\"score_error\",\"attention_error\",\"code_profile\"]",
                                       GRID("g", INPUT("a", "sine.json"),
                                            "\"samplers\":[\"gaussian\"]," REST("[4]"))),
                            0, &error),
                &error);
    rpe_points_destroy(&points);
    rpe_grid *grid = &configuration.grids[0];
    const rpe_method **read = grid->methods;
    size_t count = grid->method_count;
    grid->methods = methods;
    grid->method_count = 3;
    rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
    assert_int_equal(points.count, 3);
    static const bool expected[3][3] = {{false, true, false}, {true, true, true}, {false, true, false}};
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(points.points[i].method, methods[i]);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(points.points[i].measures[j], expected[i][j]);
    grid->methods = read;
    grid->method_count = count;
    points_close();
}

/* max(minimum, min(maximum, total/R)), or what the command line says. */
static void test_trials(void **state)
{
    (void)state;
    static const struct {
        const char *trials;
        size_t forced, expected[3];
    } cases[] = {
        {"{\"minimum\":3}", 0, {3, 3, 3}},
        {"{\"minimum\":3,\"maximum\":50,\"total_realizations\":100}", 0, {50, 25, 3}},
        {"{\"minimum\":3,\"total_realizations\":100}", 0, {3, 3, 3}},
        {"{\"minimum\":3,\"maximum\":50}", 0, {3, 3, 3}},
        {"{\"minimum\":3,\"maximum\":50,\"total_realizations\":100}", 7, {7, 7, 7}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[2048];
        rpe_error error = {""};
        snprintf(json, sizeof json,
                 EXPERIMENT("[\"score_error\"]", GRID("g", INPUT("a", "sine.json"),
                                                      "\"methods\":[\"softmax\"],\"samplers\":[\"gaussian\"],"
                                                      "\"realizations\":[1,4,64],\"trials\":%s")),
                 cases[i].trials);
        rpe_test_ok(points_read(json, cases[i].forced, &error), &error);
        assert_int_equal(points.count, 3);
        for (size_t j = 0; j < 3; j++)
            assert_int_equal(points.points[j].trials, cases[i].expected[j]);
        points_close();
    }
}

/* Equal coordinates would be the same numbers twice. */
static void test_collisions(void **state)
{
    (void)state;
    static const char *const bad[] = {
        EXPERIMENT("[\"score_error\"]", GRID("g", INPUT("a", "sine.json"), REST("[4,8,4]"))),
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", INPUT("a", "sine.json") "," INPUT("a", "conv.json"), REST("[4]"))),
        EXPERIMENT("[\"score_error\"]", GRID("g", INPUT("a", "sine.json"), REST("[4]")) "," GRID(
                                            "h", INPUT("a", "sine.json"), REST("[8,4]"))),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rpe_error error = {""};
        assert_int_equal(points_read(bad[i], 0, &error), RPE_ERROR_INPUT);
        assert_non_null(strstr(error.message, "points.json: expected points with streams of their own"));
        assert_non_null(strstr(error.message, "input=a;method=softmax;"));
        assert_null(points.points);
        points_close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_trials),
        cmocka_unit_test(test_collisions),
    };
    rpe_json_memory_install();
    files_make("points");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
