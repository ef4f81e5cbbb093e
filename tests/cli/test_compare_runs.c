/* compare of two runs: exit status, table, Markdown, JSON. */
#include "../report/result_files.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rpe_command.h"
#include "rpe_json.h"
#include "rpe_measure.h"

#define TEXT_CAPACITY 16384
#define WORDS_MAX 16
#define FAILURES_MAX 20000

#define FOUR(a, b, c, d) .trials = 4, .values = {a, b, c, d}

static const made_row baseline[] = {
    {.point = "4", .measure = "score_error", FOUR(1.00, 1.21, 1.10, 1.05), .root = true},
    {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
    {.point = "9", .measure = "attention_error", FOUR(0.1, 0.3, 0.15, 0.2)}};
/* the first 10 % worse to three digits, the second the same, the third anything */
static const made_row worse[] = {
    {.point = "4", .measure = "score_error", FOUR(1.21, 1.464, 1.332, 1.27), .root = true},
    {.point = "8", .measure = "score_error", FOUR(0.50, 0.60, 0.55, 0.52), .root = true},
    {.point = "9", .measure = "attention_error", FOUR(0.12, 0.25, 0.1, 0.25)}};

static void results_make(void)
{
    result_make(&(made_result){.directory = "a", .name = "e", .rows = baseline, .count = 3});
    result_make(&(made_result){.directory = "b", .name = "e", .rows = worse, .count = 3});
}

/* Words between spaces; in the directory. */
static rpe_outcome outcome_of(const char *text)
{
    static char buffer[1024];
    char *words[WORDS_MAX];
    int count = 0;
    rpe_error error = {""};
    rpe_outcome outcome = RPE_OUTCOME_FAVOURABLE;
    snprintf(buffer, sizeof buffer, "%s", text);
    for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    rpe_test_ok(rpe_program_run(count, words, &outcome, &error), &error);
    return outcome;
}

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

static const char *output_of(const char *arguments)
{
    static char text[TEXT_CAPACITY];
    char command[1024];
    snprintf(command, sizeof command, "\"$RPE_PROGRAM\" %s", arguments);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    pclose(stream);
    return text;
}

static void expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, text);
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

static int status_of(const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "\"$RPE_PROGRAM\" %s >/dev/null", arguments);
    int status = system(command);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
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

static const rpe_measure *time_measure(void)
{
    for (size_t i = 0; i < rpe_measure_count(); i++)
        if (rpe_measure_at(i)->kind == RPE_MEASURE_TIME)
            return rpe_measure_at(i);
    return NULL;
}

/* Times are of one machine, unless asked otherwise: all slower by a half, 8 repetitions. */
static void test_machines(void **state)
{
    (void)state;
    if (time_measure() == NULL)
        skip();
    made_row rows[2] = {{.point = "4", .measure = time_measure()->name, .trials = 8}, baseline[1]};
    for (size_t i = 0; i < 8; i++)
        rows[0].values[i] = 1.0 + 0.01 * (double)i;
    result_make(&(made_result){.directory = "t", .name = "e", .rows = rows, .count = 2});
    for (size_t i = 0; i < 8; i++)
        rows[0].values[i] *= time_measure()->better == RPE_BETTER_LESS ? 1.5 : 0.5;
    result_make(&(made_result){.directory = "u", .name = "e", .rows = rows, .count = 2});
    result_make(&(made_result){.directory = "v", .name = "e", .processor = "Q", .rows = rows, .count = 2});
    assert_int_equal(outcome_of("rpebench compare t u --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare t v --quiet"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare t v --quiet --any-machine"), RPE_OUTCOME_UNFAVOURABLE);
    expect_in(output_of("compare t v"), "times of different machines (P; Q)");
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

#define TIMING(noisy, reason, before, after)                                                                 \
    "{\"noisy\": " noisy ", \"reason\": \"" reason "\", \"rates\": [{\"threads\": 1, "                       \
    "\"gemm_double_flops_per_second\": " before ", \"copy_bytes_per_second\": 1e10}, {\"threads\": 1, "      \
    "\"gemm_double_flops_per_second\": " after ", \"copy_bytes_per_second\": 1e10}]}"

static const made_row *times_of(double factor)
{
    static made_row rows[1];
    rows[0] = (made_row){.point = "4", .measure = "runtime", .trials = 10};
    for (size_t i = 0; i < 10; i++)
        rows[0].values[i] = factor * (1.0 + 0.001 * (double)i);
    return rows;
}

/* Times of runs in which the machine was not the same tell nothing, and say why. */
static void test_noise(void **state)
{
    (void)state;
    static const struct {
        const char *name, *timing;
        double factor;
    } runs[] = {{"quiet", TIMING("false", "", "40e9", "40e9"), 1.0},
                {"slow", TIMING("false", "", "40e9", "40.04e9"), 1.5},
                {"noisy", TIMING("true", "other processes kept 1.0 processors busy", "40e9", "40e9"), 1.5},
                {"unsaid", "{\"noisy\": true}", 1.5},
                {"other", TIMING("false", "", "30e9", "30e9"), 1.5},
                {"drifting", TIMING("false", "", "39e9", "41e9"), 1.06}};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        result_make(&(made_result){.directory = runs[i].name,
                                   .name = "e",
                                   .rows = times_of(runs[i].factor),
                                   .count = 1,
                                   .timing = runs[i].timing});
    assert_int_equal(outcome_of("rpebench compare quiet slow --quiet"), RPE_OUTCOME_UNFAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare slow quiet --quiet"), RPE_OUTCOME_FAVOURABLE);
    assert_int_equal(outcome_of("rpebench compare quiet noisy --quiet"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare noisy quiet --quiet"), RPE_OUTCOME_UNDECIDED);
    expect_in(output_of("compare quiet slow"), "the machine may have moved it by 0.");
    expect_in(output_of("compare quiet noisy"), "CANNOT TELL");
    expect_in(output_of("compare quiet noisy"),
              "the new run was noisy: other processes kept 1.0 processors busy");
    expect_in(output_of("compare noisy quiet"), "the baseline was noisy: other processes");
    expect_in(output_of("compare quiet unsaid"), "the new run was noisy: it does not say why");
    expect_in(output_of("compare quiet other"),
              "the machine's own rates differ between the runs: gemm_double_flops by -25.0 %");
    assert_int_equal(outcome_of("rpebench compare quiet other --quiet --time 40"), RPE_OUTCOME_UNDECIDED);
    assert_int_equal(outcome_of("rpebench compare quiet drifting --quiet"), RPE_OUTCOME_FAVOURABLE);
    expect_in(output_of("compare quiet drifting"), "INCONCLUSIVE");
}

/* What made two runs is shown where it is not the same, and only there. */
static void test_differences(void **state)
{
    (void)state;
    static const char
        first[] = ", \"flags\": \"-O1\", \"libraries\": {\"gsl\": \"2.7\", \"blas\": \"OpenBLAS Zen\"}, "
                  "\"date\": \"1\"",
        second[] = ", \"flags\": \"-O3\", \"libraries\": {\"gsl\": \"2.7\", \"blas\": \"OpenBLAS Haswell\"}, "
                   "\"date\": \"2\", \"kind\": 7";
    result_make(
        &(made_result){.directory = "o1", .name = "e", .rows = baseline, .count = 2, .machine = first});
    result_make(
        &(made_result){.directory = "o1", .name = "f", .rows = baseline, .count = 2, .machine = first});
    result_make(
        &(made_result){.directory = "o3", .name = "e", .rows = baseline, .count = 2, .machine = second});
    result_make(
        &(made_result){.directory = "o3", .name = "f", .rows = baseline, .count = 2, .machine = second});
    const char *text = output_of("compare o1 o3");
    expect_in(text, "  differs:  flags: -O1 -> -O3\n  differs:  kind: not recorded -> 7\n  differs:  blas: "
                    "OpenBLAS Zen -> "
                    "OpenBLAS Haswell\n\n");
    assert_null(strstr(text, "gsl"));
    assert_null(strstr(text, "date"));
    assert_null(strstr(output_of("compare o1 o1"), "differs"));
    expect_in(output_of("compare o1 o3 --markdown"), "- Differs: flags: -O1");
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
        cmocka_unit_test(test_outcome),   cmocka_unit_test(test_table),
        cmocka_unit_test(test_markdown),  cmocka_unit_test(test_json),
        cmocka_unit_test(test_machines),  cmocka_unit_test(test_rows_in_any_order),
        cmocka_unit_test(test_status),    cmocka_unit_test(test_missing),
        cmocka_unit_test(test_noise),     cmocka_unit_test(test_differences),
        cmocka_unit_test(test_allocation)};
    rpe_json_memory_install();
    char program[4096];
    assert_non_null(realpath(RPE_TEST_PROGRAM, program));
    if (setenv("RPE_PROGRAM", program, 1) != 0 || chdir(rpe_test_directory("compare-runs")) != 0)
        return 1;
    results_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
