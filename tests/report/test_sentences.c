/* Sentences of synthetic runs: exact power laws give their exponents back, and a disagreement is said. */
#include "run_made.h"

#include "base/memory.h"
#include "report/compare/record.h"
#include "report/plot.h"
#include "report/sentence/timing_sentences.h"

/* What is printed for one synthetic run; a static buffer. */
static const char *sentences_of(const char *directory_name, const run_made *run)
{
    static char text[4096];
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory(directory_name));
    made_write(directory, run);
    FILE *log = tmpfile();
    assert_non_null(log);
    rpe_test_ok(made_sentences(directory, log, &error), &error);
    rewind(log);
    size_t length = fread(text, 1, sizeof text - 1, log);
    text[length] = '\0';
    fclose(log);
    rpe_memory_free(directory);
    return text;
}

static void contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, text);
}

static void test_slope(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_slope", &(run_made){.name = "a",
                                                                   .title = "A",
                                                                   .picture = "error",
                                                                   .measure = "score_error",
                                                                   .exponent = -0.5,
                                                                   .closed = 1});
    contains(text, "score error falls as R^−0.500 ± 0.002 (closed form R^−0.500; input trained, method "
                   "softmax, sampler first, "
                   "R = 4 … 1024, 20 trials)");
    contains(text, "; all 36 points agree with their closed forms: largest |z| 0.5, Holm bound 3.2, an error "
                   "of 5 % would "
                   "show\n");
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_other_slope(void **state)
{
    (void)state;
    const char *text = sentences_of(
        "sentences_other",
        &(run_made){
            .name = "a", .title = "A", .picture = "error", .measure = "attention_error", .exponent = -0.375});
    contains(text, "attention error falls as R^−0.375 ± 0.002 (no closed form; input trained, method "
                   "softmax, sampler first, "
                   "R = 4 … 1024, 20 trials)\n");
}

/* 4 of the 36 rows are 5 standard errors off; bound at 5 %: 3.2. */
static void test_disagreement(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_wrong", &(run_made){.name = "a",
                                                                   .title = "A",
                                                                   .picture = "error",
                                                                   .measure = "score_error",
                                                                   .exponent = -0.5,
                                                                   .offset = 5,
                                                                   .closed = 1});
    contains(text, "; 4 of 36 points DISAGREE with their closed forms: largest |z| 5.0, Holm bound 3.2\n");
}

/* With wide errors and few trials nothing can be told, and nothing is said to be so. */
static void test_too_few_trials(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_few", &(run_made){.name = "a",
                                                                 .title = "A",
                                                                 .picture = "error",
                                                                 .measure = "score_error",
                                                                 .exponent = -0.2,
                                                                 .closed = 1,
                                                                 .spread = 0.4,
                                                                 .trials = 4});
    contains(text, "score error: too few trials to tell how it changes with R, R^−0.20 ± 0.0");
    contains(text,
             "; too few trials to tell whether 36 of 36 points agree with their closed forms: largest |z| "
             "0.5, Holm bound 3.2, an error by a factor of 10 need not show\n");
}

/* Rows whose spread theory knows to be too large have no p-value: they are no part of Holm's family (24 rows: 3.1; of 36 it is
   3.2), neither agree nor disagree, and give no slope. */
static void test_untold(void **state)
{
    (void)state;
    run_made run = {.name = "a",
                    .title = "A",
                    .picture = "error",
                    .measure = "score_error",
                    .exponent = -0.5,
                    .closed = 1,
                    .untold = 32};
    const char *text = sentences_of("sentences_untold", &run);
    contains(text,
             "score error: too few trials to tell how it changes with R, R^−0.500 (closed form R^−0.500; ");
    contains(text,
             "; too few trials to tell whether 12 of 36 points agree with their closed forms: largest |z| "
             "0.5, Holm bound 3.1, of the others an error of 5 % would show\n");
    run.untold = 2000;
    contains(sentences_of("sentences_all_untold", &run),
             "; too few trials to tell whether 36 of 36 points agree with their closed forms\n");
    run.untold = 8;
    run.closed = 0;
    assert_null(strstr(sentences_of("sentences_none_closed", &run), "DISAGREE"));
}

/* What surely does not change is said to stay; of what may, or may not, neither is said. */
static void test_level(void **state)
{
    (void)state;
    run_made run = {
        .name = "a", .title = "A", .picture = "error", .measure = "attention_error", .exponent = 0};
    contains(sentences_of("sentences_level", &run), "attention error stays the same, as R^0.000 ± 0.002 (");
    run.spread = 0.5;
    contains(sentences_of("sentences_open", &run),
             "attention error: too few trials to tell how it changes with R, R^0.00 ± 0.09 (");
}

static void test_profile(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_profile", &(run_made){.name = "a",
                                                                     .title = "A",
                                                                     .picture = "kernel",
                                                                     .measure = "code_profile",
                                                                     .closed = 1,
                                                                     .lags = 20});
    contains(text, "code profile: of 82 lags, 82 have their closed form within the 95 % interval");
    contains(text, "; all 82 lags agree with their closed forms: largest |z| 0.5");
}

/* Of two inputs, the lags -20, -19, 19 and 20 are 2.5 standard errors off: within 1.96 are 82 less 8. */
static void test_profile_apart(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_profile_apart", &(run_made){.name = "a",
                                                                           .title = "A",
                                                                           .picture = "kernel",
                                                                           .measure = "code_profile",
                                                                           .closed = 1,
                                                                           .lags = 20,
                                                                           .far = 18});
    contains(text, "code profile: of 82 lags, 74 have their closed form within the 95 % interval");
    contains(text, "; all 82 lags agree with their closed forms: largest |z| 2.5, Holm bound 3.4");
}

/* Along an axis that has no logarithm the ends are said, in its order: 4^-1/2 and 1024^-1/2. */
static void test_ends(void **state)
{
    (void)state;
    const char *text = sentences_of("sentences_ends", &(run_made){.name = "a",
                                                                  .title = "A",
                                                                  .picture = "error",
                                                                  .measure = "score_error",
                                                                  .exponent = -0.5,
                                                                  .heads = 1});
    contains(text, "score error goes from 0.5 at head 4 to 0.0312 at head 1024 (");
}

static void test_failures(void **state)
{
    (void)state;
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("sentences_none"));
    assert_int_equal(made_sentences(directory, stderr, &error), RPE_ERROR_INPUT);
    contains(error.message, "expected results");
    made_write(directory, &(run_made){.name = "a",
                                      .title = "A",
                                      .picture = "error",
                                      .measure = "score_error",
                                      .exponent = -0.5,
                                      .closed = 1});
    FILE *log = fopen("/dev/null", "w");
    size_t before = rpe_memory_usage_now().current;
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_memory_fail_from(n);
        status = made_sentences(directory, log, &error);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_true(n < 200);
    }
    fclose(log);
    rpe_memory_free(directory);
}

/* A timing of one method at one length with one number of threads. */
typedef struct made_timing {
    const char *keys, *threads, *seconds;
} made_timing;

static void timing_print(FILE *stream, const made_timing *timing)
{
    const struct {
        rpe_column column;
        const char *text;
    } texts[] = {{RPE_COLUMN_method, "exactly"},
                 {RPE_COLUMN_precision, "double"},
                 {RPE_COLUMN_causal, "no"},
                 {RPE_COLUMN_input, "made"},
                 {RPE_COLUMN_measure, "runtime"},
                 {RPE_COLUMN_keys, timing->keys},
                 {RPE_COLUMN_threads, timing->threads},
                 {RPE_COLUMN_estimate, timing->seconds}};
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            if ((int)texts[i].column == column)
                fprintf(stream, "%s", texts[i].text);
        fprintf(stream, "%s", column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    }
}

/* Each length is a curve of its own along the threads. */
static void test_timings(void **state)
{
    (void)state;
    static const made_timing timings[] = {
        {"1024", "1", "0.012"}, {"1024", "2", "0.006"}, {"8192", "1", "0.8"}, {"8192", "2", "0.4"}};
    char path[4600], text[1024] = "";
    rpe_record record = {0};
    rpe_error error = {""};
    const char *directory = rpe_test_directory("sentences_timings");
    snprintf(path, sizeof path, "%s/made.json", directory);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream,
            "{\"experiment\":\"made\",\"configuration\":{\"axis\":\"threads\"},\"axis\":\"threads\"}");
    assert_int_equal(fclose(stream), 0);
    snprintf(path, sizeof path, "%s/made.csv", directory);
    stream = fopen(path, "w");
    assert_non_null(stream);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(stream, "%s%s", rpe_column_name((rpe_column)column),
                column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    for (size_t i = 0; i < sizeof timings / sizeof timings[0]; i++)
        timing_print(stream, &timings[i]);
    assert_int_equal(fclose(stream), 0);
    rpe_test_ok(rpe_record_read(&record, directory, "made", &error), &error);
    FILE *log = tmpfile();
    assert_non_null(log);
    rpe_test_ok(rpe_timing_sentences_print(&record, log, &error), &error);
    rewind(log);
    text[fread(text, 1, sizeof text - 1, log)] = '\0';
    assert_int_equal(fclose(log), 0);
    rpe_record_destroy(&record);
    contains(text, ": exactly, N = 1024, 12 ms … 6 ms at T = 1 … 2; exactly, N = 8192, 800 ms … 400 ms at T "
                   "= 1 … 2 (double");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slope),        cmocka_unit_test(test_other_slope),
        cmocka_unit_test(test_disagreement), cmocka_unit_test(test_too_few_trials),
        cmocka_unit_test(test_untold),       cmocka_unit_test(test_level),
        cmocka_unit_test(test_profile),      cmocka_unit_test(test_failures),
        cmocka_unit_test(test_timings),      cmocka_unit_test(test_profile_apart),
        cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
