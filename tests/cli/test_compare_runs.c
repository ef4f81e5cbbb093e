/* compare of two runs: exit status, table, Markdown, JSON. */
#include "compare_runs.h"

#define FAILURES_MAX 20000

static void test_outcome(void **state)
{
    (void)state;
    assert_int_equal(outcome_of("rpebench compare a a --quiet"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare a b --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare a/e.json b/e.csv --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare b a --quiet"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare b a --quiet --detect 0"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare a b --quiet --accuracy 11 --detect 1000%"),
                     RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare a b --quiet --accuracy 11"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare a b --quiet --accuracy 11 --detect 70%"),
                     RPE_OUTCOME_UNDECIDED);
}

/* What changed is shown, what is the same only on demand; no colour where no terminal is. */
static void test_table(void **state)
{
    (void)state;
    const char *text = output_of("compare a b");
    expect_in(text, "WORSE\n e, score_error");
    expect_in(text, "+10.0 %");
    expect_in(text, "4 (paired test, detects");
    expect_in(text,
              "NO POWER: undecided, and a change as large as asked for would be missed\n e, attention_error");
    expect_in(
        text,
        "1 worse, 0 changed, 0 better, 0 cannot tell, 1 no power, 0 inconclusive, 1 same, 0 not compared");
    expect_in(output_of("compare a b --detect 100"),
              "INCONCLUSIVE: a change beyond the threshold is neither");
    expect_in(output_of("compare b a --detect 0"), "BETTER\n e, score_error");
    assert_null(strchr(text, '\033'));
    assert_null(strstr(text, "SAME"));
    expect_in(output_of("compare a b --all"), "SAME\n e, score_error");
}

/* ---- rows in any order ---- */

#define SHUFFLED_ROWS 8

/* Better, worse, the same, undecided; a profile; a time that is not compared, and a row without a number. */
static const made_row shuffled[2][SHUFFLED_ROWS] = {
    {{.point = "4", .measure = "score_error", FOUR(1.00, 1.21, 1.10, 1.05), .root = true},
     {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
     {.point = "9", .measure = "score_error", FOUR(0.30, 0.31, 0.35, 0.32), .root = true},
     {.point = "9", .measure = "attention_error", FOUR(0.1, 0.3, 0.15, 0.2)},
     {.point = "a", .measure = "code_profile", .lag = "-1", FOUR(1.0, 2.0, 3.0, 4.0)},
     {.point = "a", .measure = "code_profile", .lag = "1", FOUR(5.0, 6.0, 7.0, 8.0)},
     {.point = "b", .measure = "call_bytes", .trials = 1, .values = {1000}},
     {.point = "c", .measure = "attention_error", .status = "overflow"}},
    {{.point = "4", .measure = "score_error", FOUR(1.21, 1.464, 1.332, 1.27), .root = true},
     {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
     {.point = "9", .measure = "score_error", FOUR(0.20, 0.22, 0.24, 0.23), .root = true},
     {.point = "9", .measure = "attention_error", FOUR(0.12, 0.25, 0.1, 0.25)},
     {.point = "a", .measure = "code_profile", .lag = "-1", FOUR(1.8, 2.8, 3.79, 4.8)},
     {.point = "a", .measure = "code_profile", .lag = "1", FOUR(5.0, 6.1, 7.0, 7.9)},
     {.point = "b", .measure = "call_bytes", .trials = 1, .values = {1500}},
     {.point = "c", .measure = "attention_error", .status = "overflow"}}};

static int lines_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The lines of a text, sorted, one after another. */
static void lines_sort(char lines[TEXT_CAPACITY])
{
    char copy[TEXT_CAPACITY], *starts[512];
    size_t count = 0, used = 0;
    snprintf(copy, sizeof copy, "%s", lines);
    for (char *line = strtok(copy, "\n"); line != NULL && count < 512; line = strtok(NULL, "\n"))
        starts[count++] = line;
    qsort(starts, count, sizeof *starts, lines_order);
    for (size_t i = 0; i < count && used < TEXT_CAPACITY; i++)
        used += (size_t)snprintf(lines + used, TEXT_CAPACITY - used, "%s\n", starts[i]);
}

/* The rows of both runs in orders of their own: the same lines, adjusted p-values and verdicts among them, and the same status. */
static void test_rows_in_any_order(void **state)
{
    (void)state;
    static char lines[TEXT_CAPACITY], first[TEXT_CAPACITY];
    int status = -1;
    for (size_t order = 0; order < 6; order++) {
        static const size_t steps[][2] = {{1, 1}, {3, 1}, {1, 5}, {5, 3}, {7, 7}, {3, 7}};
        for (size_t side = 0; side < 2; side++) {
            made_row rows[SHUFFLED_ROWS];
            for (size_t i = 0; i < SHUFFLED_ROWS; i++)
                rows[i] = shuffled[side][(steps[order][side] * i + order * side) % SHUFFLED_ROWS];
            result_make(&(made_result){.directory = side == 0 ? "order-a" : "order-b",
                                       .name = "e",
                                       .rows = rows,
                                       .count = SHUFFLED_ROWS});
        }
        snprintf(lines, sizeof lines, "%s", output_of("compare order-a order-b --all"));
        lines_sort(lines);
        if (order == 0) {
            snprintf(first, sizeof first, "%s", lines);
            expect_in(first, "WORSE");
            expect_in(first, "BETTER");
            status = status_of("compare order-a order-b --quiet");
        }
        assert_string_equal(lines, first);
        assert_int_equal(status_of("compare order-a order-b --quiet"), status);
    }
}

static size_t file_text(const char *path, char text[TEXT_CAPACITY])
{
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        fail_msg("no file %s", path);
    size_t size = fread(text, 1, TEXT_CAPACITY - 1, stream);
    text[size] = '\0';
    assert_int_equal(fclose(stream), 0);
    return size;
}

/* Without FILE in place of the table, with it beside: the same text. */
static void test_markdown(void **state)
{
    (void)state;
    char printed[TEXT_CAPACITY], written[TEXT_CAPACITY];
    snprintf(printed, sizeof printed, "%s", output_of("compare --markdown a b"));
    expect_in(printed, "# Comparison\n");
    expect_in(printed, "| worse | e | score\\_error | R = 4 |");
    assert_null(strstr(printed, "WORSE"));
    expect_in(output_of("compare a b --markdown out.md"), "WORSE");
    file_text("out.md", written);
    assert_string_equal(printed, written);
    output_of("compare --markdown=other.md a b");
    file_text("other.md", written);
    assert_string_equal(printed, written);
}

static void test_json(void **state)
{
    (void)state;
    rpe_json document = {0};
    rpe_error error = {""};
    assert_int_equal(outcome_of("rpebench compare a b --quiet --json out.json"), RPE_OUTCOME_UNFAVOURABLE);
    rpe_test_ok(rpe_json_read(&document, "out.json", &error), &error);
    const json_t *rows = json_object_get(document.root, "rows"), *first = json_array_get(rows, 0);
    assert_int_equal(json_array_size(rows), 3);
    assert_string_equal(json_string_value(json_object_get(first, "verdict")), "worse");
    assert_string_equal(json_string_value(json_object_get(first, "test")), "paired");
    /* sqrt of the ratio of the means, 5.276/4.36, less 1 */
    assert_true(fabs(json_real_value(json_object_get(first, "change")) - (sqrt(5.276 / 4.36) - 1.0)) < 1e-12);
    assert_string_equal(json_string_value(json_object_get(json_object_get(first, "of"), "measure")),
                        "score_error");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(document.root, "verdicts"), "worse")),
                     1);
    rpe_json_destroy(&document);
}

/* 0, 1 and 3 of the same runs; 2 of bad input. */
static void test_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("compare a a"), 0);
    assert_int_equal(status_of("compare a b"), 1);
    assert_int_equal(status_of("compare a b --missing perhaps 2>/dev/null"), 2);
    assert_int_equal(status_of("compare b a"), 3);
}

/* What the new run lacks, and runs that were stopped, fail unless they are allowed; what is new never does.  A run of one size
   is not asked for the other. */
static void test_missing(void **state)
{
    (void)state;
    result_make(&(made_result){.directory = "m2", .name = "e", .rows = baseline, .count = 2});
    result_make(&(made_result){.directory = "m3", .name = "e", .rows = baseline, .count = 3});
    result_make(&(made_result){.directory = "m3more", .name = "e", .rows = baseline, .count = 3});
    result_make(&(made_result){.directory = "m3more", .name = "f", .rows = baseline, .count = 3});
    result_make(&(made_result){
        .directory = "stopped", .name = "e", .rows = baseline, .count = 3, .incomplete = true});
    result_make(
        &(made_result){.directory = "small", .name = "e", .rows = baseline, .count = 3, .quick = true});
    mkdir("sizes", 0777);
    result_make(&(made_result){.directory = "sizes/full", .name = "e", .rows = baseline, .count = 3});
    result_make(
        &(made_result){.directory = "sizes/quick", .name = "e", .rows = baseline, .count = 3, .quick = true});
    static const struct {
        const char *sets;
        rpe_outcome fail;
    } cases[] = {{"m3 m2", RPE_OUTCOME_UNFAVOURABLE},      {"m2 m3", RPE_OUTCOME_FAVOURABLE},
                 {"m3more m3", RPE_OUTCOME_UNFAVOURABLE},  {"m3 m3more", RPE_OUTCOME_FAVOURABLE},
                 {"m3 stopped", RPE_OUTCOME_UNFAVOURABLE}, {"stopped m3", RPE_OUTCOME_UNFAVOURABLE},
                 {"sizes small", RPE_OUTCOME_FAVOURABLE},  {"sizes sizes", RPE_OUTCOME_FAVOURABLE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "rpebench compare %s --quiet", cases[i].sets);
        if (outcome_of(text) != cases[i].fail)
            fail_msg("%s", text);
        snprintf(text, sizeof text, "rpebench compare %s --quiet --missing fail", cases[i].sets);
        assert_int_equal(outcome_of(text), cases[i].fail);
        snprintf(text, sizeof text, "rpebench compare %s --quiet --missing allow", cases[i].sets);
        assert_int_equal(outcome_of(text), RPE_OUTCOME_FAVOURABLE);
    }
    expect_in(output_of("compare m3more m3"), "ONLY IN THE BASELINE\n  f: all 3 rows");
    expect_in(output_of("compare m3 m2"), "ONLY IN THE BASELINE\n  e, attention_error");
    expect_in(output_of("compare m3 stopped"), "INCOMPLETE: the run was stopped");
    char *words[] = {"rpebench", "compare", "m3", "small"};
    rpe_error error = {""};
    assert_int_equal(rpe_program_run(4, words, NULL, &error), RPE_ERROR_INPUT);
    expect_in(error.message, "in the same size (quick or full), found none");
}

/* Every allocation can fail: a status, no file, and nothing held. */
static void test_allocation(void **state)
{
    (void)state;
    char *words[] = {"rpebench", "compare", "a", "b", "--quiet", "--json", "m.json", "--markdown", "m.md"};
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        size_t before = rpe_memory_usage_now().current;
        assert_true(n < FAILURES_MAX);
        rpe_memory_fail_from(n);
        status = rpe_program_run(sizeof words / sizeof words[0], words, NULL, &error);
        rpe_memory_fail_from(0);
        if (status != RPE_OK && status != RPE_ERROR_MEMORY)
            fail_msg("allocation %u: %s", (unsigned)n, error.message);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_int_equal(access("m.json", F_OK) == 0, status == RPE_OK);
        assert_int_equal(access("m.md", F_OK) == 0, status == RPE_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcome),           cmocka_unit_test(test_table),
        cmocka_unit_test(test_markdown),          cmocka_unit_test(test_json),
        cmocka_unit_test(test_rows_in_any_order), cmocka_unit_test(test_status),
        cmocka_unit_test(test_missing),

        cmocka_unit_test(test_allocation)};
    compare_begin("compare-runs");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
