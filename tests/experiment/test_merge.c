/* Shards joined are the run that was not split, byte for byte; what is not whole is refused by name. */
#include "experiment_run.h"

#include "experiment/plan/point.h"

#define WHOLE_TRIALS 23
/* Times what a code may be, near the largest number of single precision: some trials overflow. */
#define LARGE 2.3e38

/* shards 0: all of it */
static rpe_status run_shard(const char *experiment, const char *out, size_t shard, size_t shards,
                            size_t trials, uint64_t seed, rpe_error *error)
{
    char output[FILE_PATH_CAPACITY];
    snprintf(output, sizeof output, "%s", file_path(out));
    const rpe_run_settings settings = {.output = output,
                                       .threads = 2,
                                       .trials = trials,
                                       .seed_given = true,
                                       .seed = seed,
                                       .resume = RPE_RESUME,
                                       .shard = shard,
                                       .shards = shards};
    return rpe_experiment_run(file_path(experiment), &settings, error);
}

static void shard_ok(const char *experiment, const char *out, size_t shard, size_t shards, size_t trials)
{
    rpe_error error = {""};
    rpe_test_ok(run_shard(experiment, out, shard, shards, trials, 5, &error), &error);
}

static rpe_status merge(const char *const *names, size_t count, const char *out, rpe_error *error)
{
    char directories[8][FILE_PATH_CAPACITY], output[FILE_PATH_CAPACITY];
    const char *pointers[8];
    for (size_t i = 0; i < count; i++) {
        snprintf(directories[i], sizeof directories[i], "%s", file_path(names[i]));
        pointers[i] = directories[i];
    }
    snprintf(output, sizeof output, "%s", file_path(out));
    const rpe_run_settings settings = {.output = output, .threads = 2};
    return rpe_experiment_merge(count, pointers, &settings, error);
}

static void expect_same(const char *experiment, const char *x, const char *y)
{
    static const char *const endings[] = {"csv", "npy"};
    static char text[2][FILE_CAPACITY];
    for (size_t i = 0; i < 2; i++) {
        char x_name[128], y_name[128];
        snprintf(x_name, sizeof x_name, "%s/%s.%s", x, experiment, endings[i]);
        snprintf(y_name, sizeof y_name, "%s/%s.%s", y, experiment, endings[i]);
        size_t size = file_read(file_path(x_name), text[0]);
        assert_int_equal(file_read(file_path(y_name), text[1]), size);
        assert_memory_equal(text[0], text[1], size);
    }
}

/* Fewer trials than shards, as many, and more; each shard's values are a part of the whole's. */
static void test_shards(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 7}, trials[] = {2, 7, WHOLE_TRIALS};
    rpe_error error = {""};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 3; j++) {
            char out[64], joined[64], whole[64];
            snprintf(out, sizeof out, "shards-%zu-%zu", counts[i], trials[j]);
            snprintf(joined, sizeof joined, "joined-%zu-%zu", counts[i], trials[j]);
            snprintf(whole, sizeof whole, "whole-%zu", trials[j]);
            for (size_t shard = 1; shard <= counts[i]; shard++)
                shard_ok("merge.json", out, shard, counts[i], trials[j]);
            if (i == 0)
                shard_ok("merge.json", whole, 0, 0, trials[j]);
            rpe_test_ok(merge((const char *[]){out}, 1, joined, &error), &error);
            expect_same("merge", whole, joined);
        }
    json_t *root = json_open("joined-7-23/merge.json");
    assert_int_equal(json_array_size(json_object_get(root, "parts")), 7);
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_decref(root);
}

/* Into the directory that holds the shards; the shards named one by one, in any order; and extended as if it had never been
   split. */
static void test_places(void **state)
{
    (void)state;
    rpe_error error = {""};
    const char *const parts[] = {"shards-3-23/shard-3-of-3", "shards-3-23/shard-1-of-3",
                                 "shards-3-23/shard-2-of-3"};
    rpe_test_ok(merge((const char *[]){"shards-3-23"}, 1, "shards-3-23", &error), &error);
    expect_same("merge", "whole-23", "shards-3-23");
    rpe_test_ok(merge(parts, 3, "named", &error), &error);
    expect_same("merge", "whole-23", "named");
    shard_ok("merge.json", "whole-30", 0, 0, 30);
    shard_ok("merge.json", "named", 0, 0, 30);
    expect_same("merge", "whole-30", "named");
    for (size_t shard = 1; shard <= 3; shard++)
        shard_ok("merge.json", "shards-3-23", shard, 3, 30);
    rpe_test_ok(merge((const char *[]){"shards-3-23"}, 1, "shards-3-23", &error), &error);
    expect_same("merge", "whole-30", "shards-3-23");
}

static void expect_refused(const char *const *names, size_t count, const char *const parts[2])
{
    rpe_error error = {""};
    size_t before = rpe_memory_usage_now().current;
    assert_int_equal(merge(names, count, "refused", &error), RPE_ERROR_INPUT);
    for (size_t i = 0; i < 2; i++)
        if (strstr(error.message, parts[i]) == NULL)
            fail_msg("expected \"%s\" in \"%s\"", parts[i], error.message);
    assert_int_equal(entries_count(file_path("refused")), 0);
    assert_int_equal(rpe_memory_usage_now().current, before);
}

static void test_refused(void **state)
{
    (void)state;
    rpe_error error = {""};
    const char *const missing[] = {"shards-3-23/shard-1-of-3", "shards-3-23/shard-3-of-3"};
    const char *const twice[] = {"shards-3-23", "shards-3-23/shard-1-of-3"};
    const char *const mixed[] = {"shards-2-7/shard-1-of-2", "shards-3-7/shard-2-of-3"};
    const char *const trials[] = {"shards-2-7/shard-1-of-2", "shards-2-23/shard-2-of-2"};
    const char *const seeds[] = {"shards-2-7/shard-1-of-2", "seed/shard-2-of-2"};
    rpe_test_ok(run_shard("merge.json", "seed", 2, 2, 7, 6, &error), &error);
    expect_refused(missing, 2, (const char *[]){"shards 1 to 3", "no finished shard 2"});
    expect_refused(twice, 2, (const char *[]){"each shard once", "found shard 1"});
    expect_refused(mixed, 2, (const char *[]){"shard-2-of-3/merge.json", "expected a shard of 2"});
    expect_refused(trials, 2, (const char *[]){"shard-2-of-2/merge.json", "--trials"});
    expect_refused(seeds, 2, (const char *[]){"expected a run with seed 5", "found 6"});
    expect_refused((const char *[]){"whole-7"}, 1, (const char *[]){"whole-7/merge.json", "a whole run"});
    file_write("sine.json", SINE_KERNEL "}");
    expect_refused((const char *[]){"shards-2-7"}, 1,
                   (const char *[]){"merge: expected a run", "inputs hash"});
    file_write("sine.json", SINE_KERNEL GATE);
    static char text[FILE_CAPACITY];
    file_read(file_path("shards-2-7/shard-2-of-2/merge.json"), text);
    char *complete = strstr(text, "\"complete\": true");
    assert_non_null(complete);
    memcpy(complete, "\"complete\":false", strlen("\"complete\":false"));
    file_write("shards-2-7/shard-2-of-2/merge.json", text);
    expect_refused((const char *[]){"shards-2-7"}, 1,
                   (const char *[]){"an interrupted one", "--shard 2/2 --resume"});
    assert_int_equal(merge((const char *[]){"named"}, 1, "named", &error), RPE_ERROR_INPUT);
}

/* Every trial is in exactly one part, whatever the numbers. */
static void test_blocks(void **state)
{
    (void)state;
    static const size_t trials[] = {0, 1, 2, 5, 64, 1000000007}, blocks[] = {1, 2, 3, 64, 99991};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 5; j++) {
            size_t end = 0;
            for (size_t block = 0; block < blocks[j]; block++) {
                rpe_trial_block part = rpe_trial_block_make(trials[i], block, blocks[j]);
                assert_int_equal(part.first, end);
                assert_in_range(part.end - part.first, trials[i] / blocks[j],
                                trials[i] / blocks[j] + (trials[i] % blocks[j] > 0));
                end = part.end;
            }
            assert_int_equal(end, trials[i]);
        }
}

/* From the n-th allocation on all fail: a status and a message, no file, nothing held. */
static void test_allocation(void **state)
{
    (void)state;
    rpe_status status = RPE_ERROR_MEMORY;
    size_t failures = 0;
    for (uint64_t n = 1; status != RPE_OK; n += n < 100 ? 1 : 17) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        status = merge((const char *[]){"shards-2-7"}, 1, "no-memory", &error);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
        if (status == RPE_OK)
            break;
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_int_not_equal(error.message[0], '\0');
        assert_int_equal(entries_count(file_path("no-memory")), 0);
        failures++;
    }
    assert_true(failures > 100);
    expect_same("merge", "whole-7", "no-memory");
}

/* A point that overflows in the trials of one shard only. */
static void test_overflow(void **state)
{
    (void)state;
    rpe_error error = {""};
    size_t overflows = 0, finite = 0;
    shard_ok("large.json", "large-whole", 0, 0, 40);
    for (size_t shard = 1; shard <= 3; shard++)
        shard_ok("large.json", "large", shard, 3, 40);
    rpe_test_ok(merge((const char *[]){"large"}, 1, "large", &error), &error);
    expect_same("large", "large-whole", "large");
    for (size_t shard = 1; shard <= 3; shard++) {
        char name[64];
        snprintf(name, sizeof name, "large/shard-%zu-of-3/large.csv", shard);
        rpe_csv csv = csv_open(name);
        for (size_t row = 0; row < csv.rows; row++) {
            bool overflow = strncmp(cell(&csv, row, RPE_COLUMN_status), "overflow", 8) == 0;
            overflows += overflow;
            finite += !overflow;
        }
        rpe_csv_destroy(&csv);
    }
    print_message("%zu rows of shards overflow, %zu do not\n", overflows, finite);
    assert_true(overflows > 0 && finite > 0);
    shard_ok("large.json", "large", 0, 0, 50); /* a finished run of points that overflow, extended */
    shard_ok("large.json", "large-once", 0, 0, 50);
    expect_same("large", "large-once", "large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),     cmocka_unit_test(test_shards),  cmocka_unit_test(test_places),
        cmocka_unit_test(test_allocation), cmocka_unit_test(test_refused), cmocka_unit_test(test_overflow),
    };
    rpe_json_memory_install();
    files_make("merge");
    file_write("sine.json", SINE_KERNEL GATE);
    file_write(
        "merge.json",
        EXPERIMENT("[\"score_error\",\"code_profile\",\"output_error\"]",
                   GRID("g", INPUT("sine", "sine.json") "," CONV,
                        "\"realizations\":[3,4],\"samplers\":[\"gaussian\",\"quadrature\"]," TRIALS(7))));
    array_write("large.npy", 3, (const size_t[]){6, 2, 2}, LARGE);
    file_write(
        "large.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g",
                        "{\"name\":\"large\",\"kernel\":\"conv.json\",\"queries\":\"large.npy\",\"keys\":"
                        "\"large.npy\",\"values\":\"v.npy\"}",
                        "\"realizations\":[1,2,3,4,6,8],\"samplers\":[\"gaussian\"],\"precisions\":["
                        "\"single\"]," TRIALS(4))));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
