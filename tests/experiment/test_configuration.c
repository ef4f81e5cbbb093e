/* Experiments as JSON: what is refused and how it is said, quick overrides, and every experiment that is shipped. */
#include "experiment_files.h"

#include "experiment/plan/named_registry.h"
#include "experiment/plan/point.h"

#define GOOD_REST "\"realizations\":[4],\"trials\":{\"minimum\":3}"
#define GOOD_INPUT INPUT("a", "sine.json")
#define WITH(rest) EXPERIMENT("[\"score_error\"]", GRID("g", GOOD_INPUT, rest))
#define WITH_INPUT(input) EXPERIMENT("[\"score_error\"]", GRID("g", input, GOOD_REST))
#define KERNEL_INPUT(rest) WITH_INPUT("{\"name\":\"a\",\"kernel\":\"sine.json\"," rest "}")
#define ARRAYS(q, k, v) "\"queries\":\"" q "\",\"keys\":\"" k "\",\"values\":\"" v "\""
#define TRIALS(trials) WITH("\"realizations\":[4],\"trials\":" trials)
#define R(list) WITH("\"trials\":{\"minimum\":3},\"realizations\":" list)

/* JSON, and what the message must hold: the key (or the file), what was expected, what was found. */
typedef struct bad_case {
    const char *json, *key, *expected, *found;
} bad_case;

/* Refused as JSON, before anything is loaded. */
static const bad_case bad_texts[] = {
    {"[1]", "bad.json", "expected a JSON object", "found a list"},
    {"{\"title\":\"t\"}", "\"question\"", "expected a text", "no such key"},
    {"{\"colour\":1}", "bad.json", "expected keys among \"title\"", "\"colour\""},
    {"{\"title\":3}", "\"title\"", "expected a text", "the number 3"},
    {"{\"title\":\"t\",\"question\":\"q\",\"seed\":-1}", "\"seed\"", "an integer of at least 0", "-1"},
    {"{\"title\":\"t\",\"question\":\"q\",\"seed\":1.5}", "\"seed\"", "an integer", "1.5"},
    {"{\"title\":\"t\",\"question\":\"q\",\"picture\":[]}", "\"picture\"", "a text", "a list"},
    {"{\"title\":\"t\",\"question\":\"q\"}", "\"grids\"", "a list of grids", "no such key"},
    {"{\"title\":\"t\",\"question\":\"q\",\"grids\":[]}", "\"grids\"", "a list of grids", "a list"},
    {"{\"title\":\"t\",\"question\":\"q\",\"grids\":[3]}", "\"grids\"", "a list of objects", "the number 3"},
    {EXPERIMENT("[\"score_eror\"]", ""), "\"measures\"", "the name of a measure (code_covariance_error",
     "\"score_eror\""},
    {EXPERIMENT("[]", ""), "\"measures\"", "\"*\" or a list of names", "a list"},
    {EXPERIMENT("\"score_error\"", ""), "\"measures\"", "\"*\" or a list of names", "\"score_error\""},
    {EXPERIMENT("[1]", ""), "\"measures\"", "the name of a measure", "the number 1"},
    {EXPERIMENT("[\"score_error\",\"score_error\"]", ""), "\"measures\"", "each measure once",
     "\"score_error\" twice"},
    {WITH(GOOD_REST ",\"colour\":1"), "bad.json", "expected keys among \"name\"", "\"colour\""},
    {EXPERIMENT("\"*\"", "{\"inputs\":[]}"), "\"name\"", "a text", "no such key"},
    {EXPERIMENT("\"*\"", "{\"name\":\"g\"}"), "\"inputs\"", "a list of inputs", "no such key"},
    {EXPERIMENT("\"*\"", GRID("g", "", GOOD_REST)), "\"inputs\"", "a list of inputs", "a list"},
    {EXPERIMENT("\"*\"", GRID("g", "7", GOOD_REST)), "\"inputs\"", "a list of objects", "the number 7"},
    {WITH(GOOD_REST ",\"methods\":[\"softmx\"]"), "\"methods\"", "the name of a method (explicit",
     "\"softmx\""},
    {WITH(GOOD_REST ",\"methods\":[]"), "\"methods\"", "\"*\" or a list of names", "a list"},
    {WITH(GOOD_REST ",\"methods\":[\"softmax\",\"softmax\"]"), "\"methods\"", "each method once",
     "\"softmax\" twice"},
    {WITH(GOOD_REST ",\"samplers\":[\"gauss\"]"), "\"samplers\"", "the name of a sampler (", "\"gauss\""},
    {WITH(GOOD_REST ",\"samplers\":{}"), "\"samplers\"", "\"*\" or a list of names", "an object"},
    {WITH(GOOD_REST ",\"precisions\":[\"half\"]"), "\"precisions\"", "single or double", "\"half\""},
    {WITH(GOOD_REST ",\"precisions\":[]"), "\"precisions\"", "single or double", "a list"},
    {WITH(GOOD_REST ",\"causal\":true"), "\"causal\"", "false or true", "true"},
    {WITH(GOOD_REST ",\"causal\":[1]"), "\"causal\"", "false or true", "the number 1"},
    {R("[0]"), "\"realizations\"", "integers from 1", "the number 0"},
    {R("[4,-2]"), "\"realizations\"", "integers from 1", "the number -2"},
    {R("[2.5]"), "\"realizations\"", "integers from 1", "the number 2.5"},
    {R("[\"4\"]"), "\"realizations\"", "integers from 1", "the text \"4\""},
    {R("[16777217]"), "\"realizations\"", "to 16777216", "16777217"},
    {R("[]"), "\"realizations\"", "a list of integers", "a list"},
    {R("4"), "\"realizations\"", "a list of integers", "the number 4"},
    {WITH("\"trials\":{\"minimum\":3}"), "\"realizations\"", "a list of integers", "no such key"},
    {WITH("\"realizations\":[4]"), "\"trials\"", "an object with \"minimum\"", "no such key"},
    {TRIALS("5"), "\"trials\"", "an object with \"minimum\"", "the number 5"},
    {TRIALS("{}"), "\"minimum\"", "an integer from 1", "no such key"},
    {TRIALS("{\"minimum\":0}"), "\"minimum\"", "an integer from 1", "the number 0"},
    {TRIALS("{\"minimum\":2.5}"), "\"minimum\"", "an integer from 1", "2.5"},
    {TRIALS("{\"minimum\":5,\"maximum\":4}"), "\"maximum\"", "an integer from 5", "the number 4"},
    {TRIALS("{\"minimum\":5,\"total\":4}"), "bad.json", "\"total_realizations\"", "\"total\""},
    {TRIALS("{\"minimum\":5,\"total_realizations\":-4}"), "\"total_realizations\"", "at least 0", "-4"},
    {TRIALS("{\"minimum\":5,\"repetitions\":0}"), "\"repetitions\"", "an integer from 1", "the number 0"},
    {TRIALS("{\"minimum\":5,\"repetitions\":\"9\"}"), "\"repetitions\"", "an integer from 1",
     "the text \"9\""},
    {WITH(GOOD_REST ",\"quick\":3"), "\"quick\"", "an object", "the number 3"},
    {WITH(GOOD_REST ",\"quick\":{\"inputs\":[]}"), "bad.json", "expected keys among \"methods\"",
     "\"inputs\""},
    {WITH_INPUT("{\"kernel\":\"sine.json\"}"), "\"name\"", "a text", "no such key"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":4,\"values\":1},\"positions\":1"), "\"positions\"",
     "true or false", "the number 1"},
    {WITH_INPUT("{\"name\":\"a\"}"), "\"kernel\"", "a text", "no such key"},
    {WITH_INPUT("{\"name\":\"a\",\"kernel\":\"\"}"), "\"kernel\"", "the path of a file", "the text \"\""},
    {KERNEL_INPUT("\"colour\":1"), "bad.json", "expected keys among \"name\"", "\"colour\""},
    {WITH_INPUT("{\"name\":\"a\",\"kernel\":\"sine.json\"}"), "\"gaussian\"",
     "\"queries\", \"keys\", \"values\"", "no such key"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":4,\"values\":1},\"queries\":\"q.npy\""), "bad.json",
     "expected keys among", "\"queries\""},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":4,\"values\":1},\"length\":2"), "bad.json",
     "expected keys among", "\"length\""},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":0,\"values\":1}"), "\"queries\"", "at least 1", "the number 0"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":[],\"values\":1}"), "\"queries\"", "a list of 1 to 3", "a list"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":[1,1,1,1],\"values\":1}"), "\"queries\"", "a list of 1 to 3",
     "a list"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":4,\"keys\":2.5,\"values\":1}"), "\"keys\"", "at least 1", "2.5"},
    {KERNEL_INPUT("\"gaussian\":{\"values\":1}"), "\"queries\"", "a number of positions", "no such key"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":4}"), "\"values\"", "an integer from 1", "no such key"},
    {KERNEL_INPUT("\"queries\":\"q.npy\",\"values\":\"v.npy\""), "\"keys\"", "a text", "no such key"},
    {KERNEL_INPUT("\"queries\":\"\",\"keys\":\"q.npy\",\"values\":\"v.npy\""), "\"queries\"",
     "the path of a file", "the text \"\""},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"length\":0"), "\"length\"", "at least 1",
     "the number 0"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"profile\":[]"), "\"profile\"", "pairs", "a list"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"profile\":7"), "\"profile\"", "pairs",
     "the number 7"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"profile\":[[0]]"), "\"profile\"",
     "pairs [head, feature]", "a list"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"profile\":[[0,-1]]"), "\"profile\"",
     "pairs [head, feature]", "a list"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"profile\":[0,1]"), "\"profile\"",
     "pairs [head, feature]", "the number 0"},
};

/* Good JSON, whose points or inputs are not. */
static const bad_case bad_runs[] = {
    {KERNEL_INPUT(ARRAYS("none.npy", "q.npy", "v.npy")), "none.npy", "expected", "No such file"},
    {WITH_INPUT(INPUT("a", "none.json")), "none.json", "expected", "No such file"},
    {KERNEL_INPUT(ARRAYS("narrow.npy", "q.npy", "v.npy")), "narrow.npy",
     "expected 2 heads of 2 features as the kernel has", "found [6,2,1]"},
    {KERNEL_INPUT(ARRAYS("q.npy", "heads.npy", "v.npy")), "heads.npy", "expected 2 heads of 2 features",
     "found [6,3,2]"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "heads.npy")), "heads.npy", "expected 2 heads as the kernel has",
     "found [6,3,2]"},
    {KERNEL_INPUT(ARRAYS("flat.npy", "q.npy", "v.npy")), "flat.npy", "expected 1 position axes",
     "found [6,4]"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "short.npy")), "short.npy", "expected positions [6] as the keys",
     "found [5]"},
    {KERNEL_INPUT(ARRAYS("q.npy", "q.npy", "v.npy") ",\"length\":7"), "q.npy",
     "expected at least 7 positions (\"length\")", "found 6"},
    {KERNEL_INPUT("\"gaussian\":{\"queries\":[2,3],\"values\":1}"), "sine.json", "expected", "found"},
    {WITH(GOOD_REST ",\"methods\":[\"explicit\"]"), "\"g\"", "\"methods\" that the measures apply to",
     "found none"},
};

static void expect_refusal(const bad_case *bad, rpe_status status, const char *message)
{
    bool named = strstr(message, bad->key) != NULL && strstr(message, ".") != NULL;
    if (status == RPE_OK || !named || strstr(message, bad->expected) == NULL ||
        strstr(message, bad->found) == NULL || strstr(message, "expected") == NULL)
        fail_msg("%s\n  status %d: \"%s\"\n  expected %s, \"%s\", \"%s\"", bad->json, (int)status, message,
                 bad->key, bad->expected, bad->found);
}

static void test_bad_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++) {
        rpe_error error = {""};
        rpe_configuration configuration = {0};
        size_t before = rpe_memory_usage_now().current;
        rpe_status status =
            rpe_configuration_read(&configuration, file_write("bad.json", bad_texts[i].json), false, &error);
        expect_refusal(&bad_texts[i], status, error.message);
        assert_non_null(strstr(error.message, "bad.json"));
        assert_int_equal(rpe_memory_usage_now().current, before);
    }
}

static void test_bad_runs(void **state)
{
    (void)state;
    array_write("narrow.npy", 3, (const size_t[]){6, 2, 1}, 1);
    array_write("heads.npy", 3, (const size_t[]){6, 3, 2}, 1);
    array_write("flat.npy", 2, (const size_t[]){6, 4}, 1);
    array_write("short.npy", 3, (const size_t[]){5, 2, 3}, 1);
    for (size_t i = 0; i < sizeof bad_runs / sizeof bad_runs[0]; i++) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        file_write("bad.json", bad_runs[i].json);
        expect_refusal(&bad_runs[i], run_into("bad.json", "out", 1, 0, &error), error.message);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_int_equal(entries_count(file_path("out")), 0);
    }
}

/* The overrides of "quick", and only in a quick run. */
static void test_quick(void **state)
{
    (void)state;
    static const char json[] =
        WITH("\"realizations\":[4,8],\"samplers\":[\"rademacher\",\"gaussian\"],\"precisions\":[\"single\"],"
             "\"causal\":[true,false],\"trials\":{\"minimum\":3,\"maximum\":9,\"total_realizations\":40},"
             "\"quick\":{\"realizations\":[2],\"trials\":{\"minimum\":1},\"causal\":[true]}");
    const char *path = file_write("good.json", json);
    for (int quick = 0; quick < 2; quick++) {
        rpe_configuration configuration = {0};
        rpe_error error;
        rpe_test_ok(rpe_configuration_read(&configuration, path, quick == 1, &error), &error);
        const rpe_grid *grid = &configuration.grids[0];
        assert_string_equal(configuration.name, "good");
        assert_string_equal(configuration.title, "A title");
        assert_int_equal(configuration.seed, 11);
        assert_int_equal(configuration.measure_count, 1);
        assert_int_equal(grid->method_count, rpe_named_methods.count());
        const rpe_option_values *options = grid->options;
        assert_int_equal(options[RPE_OPTION_sampler].count, 2);
        assert_string_equal(rpe_sampler_at(options[RPE_OPTION_sampler].numbers[0])->name, "rademacher");
        assert_int_equal(options[RPE_OPTION_precision].count, 1);
        assert_int_equal(options[RPE_OPTION_precision].numbers[0], RPE_SINGLE);
        assert_int_equal(options[RPE_OPTION_causal].count, quick ? 1 : 2);
        assert_int_equal(options[RPE_OPTION_causal].numbers[0], quick ? 1 : 0);
        assert_int_equal(options[RPE_OPTION_shared_heads].count, 1);
        assert_int_equal(options[RPE_OPTION_projections].numbers[0], 64);
        assert_int_equal(options[RPE_OPTION_realizations].count, quick ? 1 : 2);
        assert_int_equal(options[RPE_OPTION_realizations].numbers[0], quick ? 2 : 4);
        assert_int_equal(grid->trials.minimum, quick ? 1 : 3);
        assert_int_equal(grid->trials.maximum, quick ? 1 : 9);
        assert_int_equal(grid->trials.total_realizations, quick ? 0 : 40);
        assert_int_equal(grid->inputs[0].gaussian_keys.count, 6);
        assert_int_equal(grid->inputs[0].selections[0].head, 1);
        rpe_configuration_destroy(&configuration);
    }
}

static bool is_json(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".json") == 0;
}

/* Every shipped experiment parses and makes points, in both modes. */
static void test_shipped(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *stream = opendir(RPE_TEST_SOURCE "/experiments");
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        char path[FILE_PATH_CAPACITY];
        if (!is_json(entry->d_name))
            continue;
        snprintf(path, sizeof path, "%s/experiments/%s", RPE_TEST_SOURCE, entry->d_name);
        for (int quick = 0; quick < 2; quick++) {
            rpe_configuration configuration = {0};
            rpe_points points = {0};
            rpe_error error = {""};
            rpe_test_ok(rpe_configuration_read(&configuration, path, quick == 1, &error), &error);
            rpe_test_ok(rpe_points_make(&points, &configuration, 0, &error), &error);
            rpe_points_destroy(&points);
            rpe_configuration_destroy(&configuration);
        }
        count++;
    }
    closedir(stream);
    assert_true(count >= 3);
}

static void test_summary(void **state)
{
    (void)state;
    rpe_error error;
    rpe_experiment_summary summary = {0};
    rpe_test_ok(rpe_experiment_summary_read(file_write("good.json", WITH(GOOD_REST)), &summary, &error),
                &error);
    assert_string_equal(summary.name, "good");
    assert_string_equal(summary.title, "A title");
    assert_string_equal(summary.question, "A question?");
    rpe_experiment_summary_destroy(&summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_texts), cmocka_unit_test(test_bad_runs), cmocka_unit_test(test_quick),
        cmocka_unit_test(test_shipped),   cmocka_unit_test(test_summary),
    };
    rpe_json_memory_install();
    files_make("configuration");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
