/* Readers take what writers write; one result that is bad is named, and the others go on. */
#include "page_made.h"

#include <unistd.h>

#include "report/result_set.h"

#define SCRIPTS RPE_TEST_SOURCE "/plots"

static char *directory;

/* What a folder can hold beside a good result; each file by name and text. */
typedef struct pair {
    const char *what, *name, *json, *csv;
    bool result;      /* it is read as one */
    const char *part; /* of what is said of it; NULL: nothing */
} pair;

#define OURS                                                                                                 \
    "{\"experiment\":\"x\",\"complete\":false,\"picture\":\"error\",\"configuration\":{},\"machine\":{}}"
#define HEADER "experiment,point,..."

static const pair pairs[] = {
    {"only a header", "x", OURS, HEADER, true, NULL},
    {"a list of the user's", "data", "[1, 2]", "a,b\n1,2\n", false, "data.json: passed over"},
    {"an object of the user's", "data", "{\"experiment\": \"mine\"}", "a,b\n1,2\n", false,
     "data.json: passed over"},
    {"no JSON, of the user's", "data", "a: b", "a;b\n", false, "data.json: passed over"},
    {"an empty pair", "data", "", "", false, "data.json: passed over"},
    {"a number for a name", "data", "{\"experiment\": 5, \"configuration\": {}}", "a\n", false,
     "data.json: passed over"},
    {"what else rpebench wrote", "other", "{\"machine\": {}}", "claim\na\n", false, NULL},
    {"a JSON that was cut", "x", "{\"experiment\":", HEADER, true, "x.json"},
    {"other columns", "x", OURS, "a,b\n1,2\n", true, "x.csv: expected a column"},
    {"an empty CSV", "x", OURS, "", true, "x.csv: expected a CSV file"},
};

static void pair_write(const pair *p)
{
    char file[64];
    snprintf(file, sizeof file, "%s.json", p->name);
    page_text_write(directory, file, p->json);
    snprintf(file, sizeof file, "%s.csv", p->name);
    page_text_write(directory, file, strcmp(p->csv, HEADER) == 0 ? "" : p->csv);
    if (strcmp(p->csv, HEADER) != 0)
        return;
    FILE *csv = fopen(made_path(directory, p->name, ".csv"), "w");
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(csv, "%s%s", rpe_column_name((rpe_column)column), column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    fclose(csv);
}

static void pair_remove(const pair *p)
{
    remove(made_path(directory, p->name, ".json"));
    remove(made_path(directory, p->name, ".csv"));
}

/* What is said of it, once; a failure unless it is no result. */
static void faults_check(const pair *p, rpe_faults *faults)
{
    assert_int_equal(faults->count, p->part != NULL ? 1 : 0);
    if (p->part != NULL && strstr(faults->items[0].text, p->part) == NULL)
        fail_msg("%s: expected \"%s\" in \"%s\"", p->what, p->part, faults->items[0].text);
    assert_int_equal(faults->status != RPE_OK, p->part != NULL && p->result);
    rpe_faults_destroy(faults);
}

static void set_check(const pair *p)
{
    rpe_result_set set = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_result_set_read(&set, directory, &error), &error);
    assert_int_equal(set.count, p->result && p->part == NULL ? 2 : 1);
    assert_string_equal(set.records[0].experiment, "good");
    faults_check(p, &set.faults);
    rpe_result_set_destroy(&set);
}

static void page_check(const pair *p)
{
    const rpe_page_settings settings = {.run = directory};
    rpe_faults faults = {0};
    rpe_output output = {0};
    rpe_error error = {""};
    char text[200000] = "", *path = rpe_memory_text(made_path(directory, "page", ".html"));
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(rpe_page_write(&settings, &output, &faults, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    FILE *stream = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    assert_non_null(strstr(text, ">Curves<"));
    if (p->part != NULL && strstr(text, p->part) == NULL)
        fail_msg("%s: expected \"%s\" on the page", p->what, p->part);
    faults_check(p, &faults);
    remove(path);
    rpe_memory_free(path);
}

static void sentences_check(const pair *p)
{
    rpe_faults faults = {0};
    rpe_error error = {""};
    FILE *log = tmpfile();
    rpe_test_ok(rpe_sentences_print(directory, log, &faults, &error), &error);
    assert_true(ftell(log) > 0);
    fclose(log);
    faults_check(p, &faults);
}

static void pictures_check(const pair *p)
{
    rpe_faults faults = {0};
    rpe_error error = {""};
    remove(made_path(directory, "good", ".svg"));
    rpe_test_ok(rpe_plot_directory(directory, SCRIPTS, NULL, &faults, &error), &error);
    assert_int_equal(access(made_path(directory, "good", ".svg"), F_OK), 0);
    faults_check(p, &faults);
}

static void test_pairs(void **state)
{
    (void)state;
    bool gnuplot = system("gnuplot --version >/dev/null 2>&1") == 0;
    run_made good = page_curves;
    good.name = "good";
    made_write(directory, &good);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        pair_write(&pairs[i]);
        set_check(&pairs[i]);
        page_check(&pairs[i]);
        sentences_check(&pairs[i]);
        if (gnuplot && i % 4 == 0) /* pictures take their time */
            pictures_check(&pairs[i]);
        pair_remove(&pairs[i]);
    }
}

/* Nothing that can be used: an error that says why. */
static void test_nothing(void **state)
{
    (void)state;
    rpe_error error = {""};
    rpe_result_set set = {0};
    char *none = rpe_memory_text(rpe_test_directory("readers_none"));
    page_text_write(none, "x.json", "{");
    page_text_write(none, "x.csv", "experiment,point,\n");
    assert_int_equal(rpe_result_set_read(&set, none, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "x.json"));
    assert_int_equal(made_plot(none, SCRIPTS, NULL, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "x.json"));
    page_text_write(none, "x.csv", "a\n");
    assert_int_equal(rpe_result_set_read(&set, none, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found none"));
    assert_int_equal(made_plot(none, SCRIPTS, NULL, &error), RPE_ERROR_INPUT);
    assert_non_null(strstr(error.message, "found none"));
    rpe_memory_free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs), cmocka_unit_test(test_nothing)};
    directory = rpe_memory_text(rpe_test_directory("readers"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rpe_memory_free(directory);
    return failed;
}
