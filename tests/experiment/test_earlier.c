/* What earlier runs left, and does not tell the truth: journals, results and shards are refused by name of file and key, row
   or column, and nothing is read or allocated for it. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "experiment/experiment.h"
#include "experiment/row.h"
#include "experiment/store/earlier.h"
#include "file/json.h"
#include "file/npy.h"

#define PATH 4200

static const char *directory;

static const char *inside(const char *name)
{
    static char paths[4][PATH];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH, "%s/%s", directory, name);
    return path;
}

static void file_make(const char *name, const char *text)
{
    FILE *stream = fopen(inside(name), "wb");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static int group_prepare(void **state)
{
    (void)state;
    static char path[PATH];
    rpe_json_memory_install();
    snprintf(path, sizeof path, "%s", rpe_test_directory("earlier"));
    directory = path;
    return 0;
}

static void assert_parts(const rpe_error *error, const char *const parts[3])
{
    for (size_t i = 0; i < 3 && parts[i] != NULL; i++)
        if (strstr(error->message, parts[i]) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error->message, parts[i]);
}

/* A journal of a right checksum whose texts fill their room. */
static void test_journal_texts(void **state)
{
    (void)state;
    for (int text = 0; text < 4; text++) {
        rpe_identity identity = {.configuration = "c", .inputs = "i", .revision = "r", .seed = 1}, read = {0};
        rpe_journal journal = {.descriptor = -1};
        rpe_error error = {""};
        bool found = false;
        if (text == 0)
            memset(identity.configuration, 'A', sizeof identity.configuration);
        if (text == 1)
            memset(identity.inputs, 'B', sizeof identity.inputs);
        if (text == 2)
            memset(identity.revision, 'C', sizeof identity.revision);
        rpe_test_ok(rpe_journal_open(&journal, inside("x.journal"), &found, &read, &error), &error);
        rpe_test_ok(rpe_journal_start(&journal, &identity, &error), &error);
        rpe_journal_close(&journal, true);
        rpe_status status = rpe_journal_open(&journal, inside("x.journal"), &found, &read, &error);
        assert_int_equal(status, text < 3 ? RPE_ERROR_INPUT : RPE_OK);
        if (text < 3)
            assert_parts(&error, (const char *[3]){"x.journal: expected", "without an end"});
        else
            assert_string_equal(read.revision, "r");
        rpe_journal_close(&journal, false);
        remove(inside("x.journal"));
    }
}

#define WHOSE                                                                                                \
    "\"complete\": true, \"quick\": false, \"seed\": \"1\", \"inputs_hash\": \"i\", "                        \
    "\"configuration_hash\": \"c\", "                                                                        \
    "\"machine\": {\"revision\": \"r\"}"

/* Two rows of one point; each trial of the first row is 1, of the second 2. */
static void csv_make(const char *point, const char *first, const char *second)
{
    FILE *stream = fopen(inside("x.csv"), "wb");
    assert_non_null(stream);
    for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(stream, "%s%s", column == 0 ? "" : ",", rpe_column_name(column));
    for (int row = 0; row < 2; row++)
        for (rpe_column column = 0; column < RPE_COLUMN_COUNT; column++)
            fprintf(stream, "%s%s", column == 0 ? "\n" : ",",
                    column == RPE_COLUMN_point    ? point
                    : column == RPE_COLUMN_trials ? (row == 0 ? first : second)
                                                  : "");
    fputc('\n', stream);
    assert_int_equal(fclose(stream), 0);
}

static rpe_status earlier_take(rpe_store *store, rpe_error *error)
{
    rpe_earlier earlier = {0};
    rpe_identity identity = {.seed = 1};
    bool found = false;
    *store = (rpe_store){.journal = {.descriptor = -1}};
    rpe_test_ok(rpe_store_open(store, inside("y.journal"), &found, &identity, error), error);
    rpe_status status = rpe_earlier_open(&earlier, directory, "x", &found, error);
    if (status == RPE_OK) {
        assert_true(found);
        status = rpe_earlier_take(&earlier, store, error);
    }
    rpe_earlier_destroy(&earlier);
    return status;
}

static void npy_make(size_t count)
{
    rpe_array array = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_array_create(&array, RPE_DOUBLE, 1, &count, "trials", &error), &error);
    for (size_t i = 0; i < count; i++)
        ((double *)array.values)[i] = i < count / 2 ? 1 : 2;
    rpe_test_ok(rpe_npy_write(inside("x.npy"), &array, &error), &error);
    rpe_array_destroy(&array);
}

static void test_truth(void **state)
{
    (void)state;
    rpe_store store;
    rpe_error error = {""};
    double values[8] = {0};
    const rpe_store_place place = {.point = 0xabcdef01,
                                   .width = 2,
                                   .first = 5,
                                   .count = 4,
                                   .columns = 2,
                                   .trial_stride = 2,
                                   .value_stride = 1};
    npy_make(8);
    csv_make("abcdef01", "4", "4");
    file_make("x.json",
              "{" WHOSE ", \"shard\": {\"index\": 1, \"count\": 2, \"first_trials\": {\"abcdef01\": 5}}, "
              "\"overflows\": [[\"00000001\", 3]]}");
    rpe_test_ok(earlier_take(&store, &error), &error);
    rpe_test_ok(rpe_store_read(&store, &place, values, &error), &error);
    for (size_t i = 0; i < 8; i++)
        assert_true(values[i] == (i % 2 == 0 ? 1 : 2));
    assert_int_equal(rpe_store_overflow(&store, 1, 0, 10), 3);
    rpe_store_close(&store, false);
}

static void test_lies(void **state)
{
    (void)state;
    static const struct {
        const char *document, *point, *first, *second, *parts[3];
    } cases[] = {
        {"", "abcdef0", "4", "4", {"x.csv: row 1, column \"point\"", "8 hexadecimal digits", "\"abcdef0\""}},
        {"", "abcdef0x", "4", "4", {"x.csv: row 1, column \"point\"", "\"abcdef0x\""}},
        {"", "abcdef01", "-4", "4", {"x.csv: row 1, column \"trials\"", "\"-4\""}},
        {"", "abcdef01", "4 ", "4", {"x.csv: row 1, column \"trials\"", "\"4 \""}},
        {"", "abcdef01", "4", "four", {"x.csv: row 2, column \"trials\"", "\"four\""}},
        {"", "abcdef01", "4", "5", {"x.npy: expected the 9 trials", "found 8"}},
        /* 8 modulo 2^64 */
        {"",
         "abcdef01",
         "18446744073709551615",
         "9",
         {"x.csv: row 2, column \"trials\"", "whose sum is at most"}},
        {"", "abcdef01", "18446744073709551624", "0", {"x.csv: row 1, column \"trials\""}},
        {", \"shard\": 1", "abcdef01", "4", "4", {"x.json: \"shard\"", "an object or null", "the number 1"}},
        {", \"shard\": {\"index\": 1, \"count\": 2, \"first_trials\": {\"abcdef01\": -1}}",
         "abcdef01",
         "4",
         "4",
         {"x.json: \"abcdef01\"", "at least 0", "the number -1"}},
        {", \"shard\": {\"index\": 3, \"count\": 2}",
         "abcdef01",
         "4",
         "4",
         {"x.json: \"index\"", "from 1 to 2"}},
        {", \"overflows\": {}", "abcdef01", "4", "4", {"x.json: \"overflows\"", "a list of", "an object"}},
        {", \"overflows\": [\"00000001\"]", "abcdef01", "4", "4", {"x.json: \"overflows\"", "a list of"}},
        {", \"overflows\": [[1, 2]]", "abcdef01", "4", "4", {"x.json: \"overflows\"", "a list of"}},
        {", \"overflows\": [[\"1\", 2]]", "abcdef01", "4", "4", {"x.json: \"overflows\"", "a list of"}},
        {", \"overflows\": [[\"00000001\", -2]]",
         "abcdef01",
         "4",
         "4",
         {"x.json: \"overflows\"", "a list of"}},
        {", \"trials_asked_for\": 1000000001",
         "abcdef01",
         "4",
         "4",
         {"x.json: \"trials_asked_for\"", "to 1000000000"}},
        {", \"trials_asked_for\": \"4\"",
         "abcdef01",
         "4",
         "4",
         {"x.json: \"trials_asked_for\"", "the text"}}};
    npy_make(8);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char document[1024];
        rpe_store store;
        rpe_error error = {""};
        snprintf(document, sizeof document, "{" WHOSE "%s}", cases[i].document);
        file_make("x.json", document);
        csv_make(cases[i].point, cases[i].first, cases[i].second);
        assert_int_equal(earlier_take(&store, &error), RPE_ERROR_INPUT);
        assert_parts(&error, cases[i].parts);
        rpe_store_close(&store, false);
    }
}

/* Trials that end beyond the last number that counts. */
static void test_segment(void **state)
{
    (void)state;
    rpe_store store;
    rpe_error error = {""};
    bool found = false;
    rpe_identity identity = {.seed = 1};
    const rpe_segment segment = {
        .point = 1, .width = 1, .first = SIZE_MAX - 3, .count = 5, .trial_stride = 1};
    rpe_test_ok(rpe_store_open(&store, inside("y.journal"), &found, &identity, &error), &error);
    assert_int_equal(rpe_store_segment_add(&store, &segment, &error), RPE_ERROR_INPUT);
    assert_parts(&error, (const char *[3]){"y.journal: expected trials that can be counted"});
    rpe_store_close(&store, false);
}

/* A shard that says that there are 4 thousand million of them: no list of that length is made to find the second missing. */
static void test_shard_count(void **state)
{
    (void)state;
    rpe_error error = {""};
    char output[PATH], shards[PATH];
    snprintf(output, sizeof output, "%s/merged", directory);
    snprintf(shards, sizeof shards, "%s/shards", directory);
    const rpe_run_settings settings = {.output = output};
    const char *const directories[] = {shards};
    csv_make("abcdef01", "4", "4");
    npy_make(8);
    mkdir(inside("shards"), 0777);
    mkdir(inside("shards/shard-1-of-4294967295"), 0777);
    file_make("shards/shard-1-of-4294967295/x.json",
              "{" WHOSE ", \"shard\": {\"index\": 1, \"count\": 4294967295}}");
    size_t before = rpe_memory_usage_now().peak;
    assert_int_equal(rpe_experiment_merge(1, directories, &settings, &error), RPE_ERROR_INPUT);
    assert_parts(&error, (const char *[3]){"x: expected shards 1 to 4294967295", "no finished shard 2"});
    assert_true(rpe_memory_usage_now().peak - before < (size_t)1 << 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_journal_texts), cmocka_unit_test(test_truth),
                                       cmocka_unit_test(test_lies), cmocka_unit_test(test_segment),
                                       cmocka_unit_test(test_shard_count)};
    return cmocka_run_group_tests(tests, group_prepare, NULL);
}
