/* The files of whole runs: provenance, rows without numbers, lengths, precisions, and places that cannot be written. */
#include "experiment_run.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every field of spec 7, of the type given: s text, i integer, r number, b truth, n null, o object, a list. */
static void expect_field(const json_t *object, const char *key, char type)
{
    const json_t *value = json_object_get(object, key);
    bool right = (type == 's' && json_is_string(value)) || (type == 'i' && json_is_integer(value)) ||
                 (type == 'r' && json_is_number(value)) || (type == 'b' && json_is_boolean(value)) ||
                 (type == 'n' && json_is_null(value)) || (type == 'o' && json_is_object(value)) ||
                 (type == 'a' && json_is_array(value));
    if (!right)
        fail_msg("%s: expected %c", key, type);
}

static void test_provenance(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        char type;
    } fields[] =
        {{"experiment", 's'},       {"title", 's'},   {"question", 's'},      {"picture", 's'},
         {"complete", 'b'},         {"points", 'i'},  {"seed", 's'},          {"quick", 'b'},
         {"threads", 'i'},          {"seconds", 'r'}, {"rows", 'i'},          {"peak_bytes", 'i'},
         {"agreement", 'o'},        {"machine", 'o'}, {"configuration", 'o'}, {"configuration_hash", 's'},
         {"trials_asked_for", 'n'}, {"shard", 'n'},   {"values", 'i'},        {"overflows", 'a'}},
      machine_fields[] = {{"version", 's'},   {"revision", 's'},  {"compiler", 's'},   {"flags", 's'},
                          {"libraries", 'o'}, {"processor", 's'}, {"processors", 'i'}, {"load", 'a'},
                          {"date", 's'},      {"system", 's'}};
    file_write("tiny.json",
               EXPERIMENT("[\"score_error\"]",
                          GRID("g", SINE, "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(1))));
    run_ok("tiny.json", "provenance", 1, 77);
    json_t *root = json_open("provenance/tiny.json");
    const json_t *machine = json_object_get(root, "machine");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        expect_field(root, fields[i].key, fields[i].type);
    for (size_t i = 0; i < sizeof machine_fields / sizeof machine_fields[0]; i++)
        expect_field(machine, machine_fields[i].key, machine_fields[i].type);
    assert_string_equal(json_string_value(json_object_get(root, "seed")), "77");
    assert_true(json_is_true(json_object_get(root, "complete")));
    json_t *configuration = json_load_file(file_path("tiny.json"), 0, NULL);
    assert_true(json_equal(json_object_get(root, "configuration"), configuration));
    json_decref(configuration);
    json_decref(root);
}

/* One trial has no standard error: an empty cell, and a status that says why. */
static void test_not_finite(void **state)
{
    (void)state;
    static const rpe_column empty[] = {RPE_COLUMN_standard_error, RPE_COLUMN_low, RPE_COLUMN_high,
                                       RPE_COLUMN_z, RPE_COLUMN_p};
    rpe_csv csv = csv_open("provenance/tiny.csv");
    assert_int_equal(csv.rows, 1);
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        assert_string_equal(cell(&csv, 0, empty[i]), "");
    assert_true(isfinite(rpe_csv_number(&csv, 0, RPE_COLUMN_estimate)));
    assert_true(isfinite(rpe_csv_number(&csv, 0, RPE_COLUMN_closed_form)));
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_trials), "1");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_status), "one trial: no standard error");
    rpe_csv_destroy(&csv);
}

/* A measure that cannot be taken leaves one row that says why and has no numbers, nor labels of the measure before it. */
static void test_not_applicable(void **state)
{
    (void)state;
    file_write("zero.json",
               EXPERIMENT("[\"code_profile\",\"score_error\"]",
                          GRID("g",
                               "{\"name\":\"zero\",\"kernel\":\"sine.json\",\"queries\":\"zero.npy\","
                               "\"keys\":\"q.npy\",\"values\":\"v.npy\",\"profile\":[[0,1]]}",
                               "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    run_ok("zero.json", "zero", 1, 0);
    rpe_csv csv = csv_open("zero/zero.csv");
    size_t row = csv.rows - 1;
    assert_int_equal(csv.rows, 11 + 1);
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_lag), "-5");
    assert_string_equal(cell(&csv, row, RPE_COLUMN_measure), "score_error");
    for (rpe_column column = RPE_COLUMN_head; column <= RPE_COLUMN_trials; column++)
        assert_string_equal(cell(&csv, row, column), column == RPE_COLUMN_unit ? "1" : "");
    assert_non_null(strstr(cell(&csv, row, RPE_COLUMN_status), "not applicable: all scores are 0"));
    rpe_csv_destroy(&csv);
    file_write("odd.json",
               EXPERIMENT("[\"score_error\"]",
                          GRID("g", SINE, "\"realizations\":[3],\"samplers\":[\"quadrature\"]," TRIALS(3))));
    run_ok("odd.json", "zero", 1, 0);
    csv = csv_open("zero/odd.csv");
    assert_int_equal(csv.rows, 1);
    assert_non_null(strstr(cell(&csv, 0, RPE_COLUMN_status), "not applicable: "));
    rpe_csv_destroy(&csv);
}

/* Arrays and "length": the first positions alone decide. */
static void test_length(void **state)
{
    (void)state;
    file_write(
        "length.json",
        EXPERIMENT("[\"score_error\"]",
                   GRID("g",
                        "{\"name\":\"cut\",\"kernel\":\"sine.json\",\"queries\":\"q.npy\",\"keys\":\"q.npy\","
                        "\"values\":\"v.npy\",\"length\":4}",
                        "\"realizations\":[4],\"samplers\":[\"gaussian\"]," TRIALS(3))));
    run_ok("length.json", "length", 1, 0);
    rpe_csv csv = csv_open("length/length.csv");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_queries), "4");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_keys), "4");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_values), "3");
    assert_string_equal(cell(&csv, 0, RPE_COLUMN_size), "2");
    rpe_csv_destroy(&csv);
}

/* Single precision differs by rounding: the same closed forms, |z| below 5, and "exact" where noise is orthogonal. */
static void test_single(void **state)
{
    (void)state;
    file_write(
        "single.json",
        EXPERIMENT(
            "[\"score_error\",\"attention_error\",\"output_error\"]",
            GRID("g", SINE, "\"realizations\":[4,16],\"precisions\":[\"double\",\"single\"]," TRIALS(200))));
    run_ok("single.json", "single", 2, 0);
    rpe_csv csv = csv_open("single/single.csv");
    size_t pairs = 0, exact = 0;
    for (size_t i = 0; i < csv.rows; i++)
        for (size_t j = 0; j < csv.rows; j++) {
            bool pair = strcmp(cell(&csv, i, RPE_COLUMN_precision), "single") == 0 &&
                        strcmp(cell(&csv, j, RPE_COLUMN_precision), "double") == 0;
            for (rpe_column column = RPE_COLUMN_input; column <= RPE_COLUMN_measure; column++)
                if (column != RPE_COLUMN_precision &&
                    strcmp(cell(&csv, i, column), cell(&csv, j, column)) != 0)
                    pair = false;
            if (!pair)
                continue;
            assert_string_equal(cell(&csv, i, RPE_COLUMN_closed_form), cell(&csv, j, RPE_COLUMN_closed_form));
            assert_string_equal(cell(&csv, i, RPE_COLUMN_status), cell(&csv, j, RPE_COLUMN_status));
            double z = rpe_csv_number(&csv, i, RPE_COLUMN_z);
            assert_false(fabs(z) > 5);
            exact += strcmp(cell(&csv, i, RPE_COLUMN_status), "exact") == 0;
            pairs++;
        }
    assert_int_equal(pairs, 4 * 2 * 3);
    assert_int_equal(exact, 1);
    rpe_csv_destroy(&csv);
}

static void expect_unwritable(const char *out, const char *message)
{
    rpe_error error = {""};
    size_t before = rpe_memory_usage_now().current;
    assert_int_not_equal(run_into("tiny.json", out, 1, 0, &error), RPE_OK);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", out, message, error.message);
    assert_int_equal(rpe_memory_usage_now().current, before);
}

static void test_unwritable(void **state)
{
    (void)state;
    expect_unwritable("sine.json", "sine.json: expected a directory");
    expect_unwritable("sine.json/below", "expected a directory");
    assert_int_equal(mkdir(file_path("taken"), 0777), 0);
    assert_int_equal(mkdir(file_path("taken/tiny.csv"), 0777), 0);
    expect_unwritable("taken", "tiny.csv: expected a file");
    assert_int_equal(entries_count(file_path("taken")), 1);
    assert_int_equal(rmdir(file_path("taken/tiny.csv")), 0);
    assert_int_equal(mkdir(file_path("taken/tiny.json"), 0777), 0);
    expect_unwritable("taken", "tiny.json: expected a file");
    assert_int_equal(entries_count(file_path("taken")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provenance),     cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_not_applicable), cmocka_unit_test(test_length),
        cmocka_unit_test(test_single),         cmocka_unit_test(test_unwritable),
    };
    rpe_json_memory_install();
    files_make("run_files");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
