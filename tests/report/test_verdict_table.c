/* The verdict table and its forms for machines, on made rows: width, order, p-values, escaping, and the command that repeats. */
#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/csv.h"
#include "file/json.h"
#include "report/verdict_report.h"

#define AWKWARD "shares <b> & \"c\" | d_e * f"
#define ROWS 7

static const rpe_claim mean = {.name = "made-mean",
                               .title = "A made statement that is so long that one line of a hundred columns "
                                        "does not hold it whole, " AWKWARD,
                               .statistic = "t of " AWKWARD,
                               .effect = "bias, in standard deviations of one trial, of whatever it is",
                               .wanted_effect = 0.05,
                               .source = "form 2"};
static const rpe_claim exact = {.name = "made-exact",
                                .title = "Two ways to the same number",
                                .statistic = "largest difference",
                                .effect = "any difference",
                                .source = "form 6"};

static rpe_verdict_row rows[ROWS];
static rpe_verification verification;
static rpe_verification_settings settings;
static rpe_verdict_report report;

static rpe_verdict_row stochastic(const char *name, double p, double adjusted, rpe_verdict verdict)
{
    return (rpe_verdict_row){
        .claim = &mean,
        .case_name = name,
        .sampler = "rademacher",
        .method = "favor-trigonometric",
        .finding = {.statistic = 123456.789, .p = p, .bound = NAN, .effect_error = 0.01, .trials = 20000},
        .adjusted_p = adjusted,
        .effect = 0.0712,
        .verdict = verdict};
}

static rpe_verdict_row deterministic(double statistic, rpe_verdict verdict)
{
    return (rpe_verdict_row){.claim = &exact,
                             .case_name = "conv 2-D gated",
                             .sampler = "gaussian",
                             .method = "softmax",
                             .finding = {.statistic = statistic, .p = NAN, .bound = 1e-12},
                             .adjusted_p = NAN,
                             .effect = NAN,
                             .verdict = verdict};
}

static void report_make(void)
{
    rows[0] = stochastic("sine", 0.31, 1.0, RPE_VERDICT_HOLDS);
    rows[1] = stochastic("sine gated", 0.0, 0.0, RPE_VERDICT_FAILS);
    rows[2] = stochastic("conv", 1.0 - 1e-9, 1.0, RPE_VERDICT_SUSPECT);
    rows[3] = stochastic("conv gated", NAN, NAN, RPE_VERDICT_NOT_APPLICABLE);
    rows[4] = deterministic(3e-15, RPE_VERDICT_HOLDS);
    rows[5] = deterministic(2e-3, RPE_VERDICT_FAILS);
    rows[6] = deterministic(0.0, RPE_VERDICT_NOT_APPLICABLE);
    snprintf(rows[3].reason, sizeof rows[3].reason, "it %s", AWKWARD);
    snprintf(rows[6].reason, sizeof rows[6].reason, "it %s", AWKWARD);
    verification = (rpe_verification){.rows = rows, .count = ROWS, .family = 3, .seconds = 1.5};
    for (size_t i = 0; i < ROWS; i++)
        verification.verdicts[rows[i].verdict]++;
    settings = (rpe_verification_settings){.seed = UINT64_MAX, .level = 0.001, .threads = 1};
    report = (rpe_verdict_report){.verification = &verification, .settings = &settings};
}

/* What a writer prints; valid until the next call. */
static const char *text_of(void (*print)(const rpe_verdict_report *, FILE *))
{
    static char text[65536];
    FILE *stream = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(stream);
    print(&report, stream);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void part_check(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("expected \"%s\" in:\n%s", part, text);
}

static void order_check(const char *text, const char *first, const char *second)
{
    part_check(text, first);
    part_check(strstr(text, first), second);
}

/* Lines are at most 100 columns, commands apart. */
static void width_check(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (length > RPE_TABLE_WIDTH && strncmp(text, "      rpebench verify ", 22) != 0)
            fail_msg("%zu columns: %.*s", length, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void test_table(void **state)
{
    (void)state;
    for (int all = 0; all <= 1; all++) {
        report_make();
        report.style.all = all == 1;
        const char *text = text_of(rpe_verdict_table_print);
        width_check(text);
        order_check(text, "\nFAILS\n", "\nSUSPECT");
        order_check(text, "\nSUSPECT", "\nHOLDS\n");
        order_check(text, "\nHOLDS\n", "\nNOT APPLICABLE\n");
        part_check(text, "<1e-300");
        part_check(text, "bound 1e-12");
        part_check(text, "2 hold, 2 fail, 1 suspect, 2 not applicable");
        part_check(text, "made-mean, made-exact");
        part_check(text, "0.0712");
        assert_null(strstr(text, "0.0000"));
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "\033"));
    }
    report.style.colour = true;
    const char *text = text_of(rpe_verdict_table_print);
    part_check(text, "\033[1;31mFAILS\033[0m");
}

/* The whole of what repeats a line, quoted for a shell. */
static void test_command(void **state)
{
    (void)state;
    char command[RPE_COMMAND_CAPACITY];
    report_make();
    assert_string_equal(rpe_verdict_command(&report, &rows[1], command),
                        "rpebench verify made-mean --case \"sine gated\" --sampler rademacher --method "
                        "favor-trigonometric --seed 18446744073709551615");
    settings.quick = true;
    settings.level = 0.01;
    part_check(rpe_verdict_command(&report, &rows[1], command), " --quick --level 0.01");
    const char *text = text_of(rpe_verdict_table_print);
    part_check(text, "--case \"sine gated\"");
    part_check(text, "--case \"conv\" ");
    part_check(text, "--case \"conv 2-D gated\"");
    assert_null(strstr(text, "--case \"sine\""));
}

static void test_markdown(void **state)
{
    (void)state;
    report_make();
    const char *text = text_of(rpe_verdict_markdown_print);
    part_check(text, "it shares \\<b\\> & \"c\" \\| d\\_e \\* f");
    part_check(text, "\\<1e-300");
    part_check(text, "\nrpebench verify made-mean --case \"sine gated\"");
    order_check(text, "## Fails", "## Suspect");
    order_check(text, "## Suspect", "## Holds");
    assert_null(strstr(text, "nan"));
}

/* Tags are closed in order, attributes are quoted, and nothing special stands unescaped. */
static void xml_check(const char *text)
{
    char open[16][64];
    size_t depth = 0;
    const char *at = strstr(text, "?>");
    assert_non_null(at);
    for (at += 2; *at != '\0';) {
        if (*at != '<') {
            if (*at == '&')
                assert_true(strcspn(at, ";") < 7);
            assert_true(*at != '>');
            at++;
            continue;
        }
        const char *end = strchr(at, '>');
        assert_non_null(end);
        assert_null(memchr(at + 1, '<', (size_t)(end - at - 1)));
        bool closing = at[1] == '/', empty = end[-1] == '/';
        size_t length = strcspn(at + 1 + closing, " />");
        assert_true(length > 0 && length < sizeof open[0]);
        if (closing) {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strncmp(open[depth], at + 2, length), 0);
            assert_int_equal(strlen(open[depth]), length);
        } else if (!empty) {
            assert_true(depth < sizeof open / sizeof open[0]);
            snprintf(open[depth++], sizeof open[0], "%.*s", (int)length, at + 1);
        }
        at = end + 1;
    }
    assert_int_equal(depth, 0);
}

static void test_junit(void **state)
{
    (void)state;
    report_make();
    snprintf(rows[3].reason, sizeof rows[3].reason, "%s\x01\xff\xc3\xa9\xed\xa0\x80", AWKWARD);
    const char *text = text_of(rpe_verdict_junit_print);
    xml_check(text);
    part_check(text,
               "<testsuites name=\"rpebench verify\" tests=\"7\" failures=\"3\" errors=\"0\" skipped=\"2\"");
    part_check(text, "<testsuite name=\"made-exact\" tests=\"3\" failures=\"1\"");
    part_check(text, "shares &lt;b&gt; &amp; &quot;c&quot; | d_e * f??\xc3\xa9???\"");
    part_check(text, "p &lt;1e-300");
    part_check(text, "type=\"suspect\"");
    part_check(text, "<testcase classname=\"made-mean\" name=\"sine, rademacher, favor-trigonometric\"/>");
}

static void machine_write(rpe_status (*write)(const rpe_verdict_report *, rpe_output *, rpe_error *),
                          const char *path)
{
    rpe_output output = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_test_ok(write(&report, &output, &error), &error);
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
}

static void test_csv(void **state)
{
    (void)state;
    char path[512];
    rpe_error error = {""};
    rpe_csv csv = {0};
    report_make();
    snprintf(path, sizeof path, "%s/verify.csv", rpe_test_directory("verdict_csv"));
    machine_write(rpe_verdict_csv_write, path);
    rpe_test_ok(rpe_csv_read(&csv, path, &error), &error);
    assert_int_equal(csv.rows, ROWS);
    assert_string_equal(rpe_csv_cell(&csv, 1, rpe_csv_column(&csv, "verdict")), "fails");
    assert_string_equal(rpe_csv_cell(&csv, 3, rpe_csv_column(&csv, "reason")), "it " AWKWARD);
    assert_string_equal(rpe_csv_cell(&csv, 5, rpe_csv_column(&csv, "p")), "");
    assert_string_equal(rpe_csv_cell(&csv, 0, rpe_csv_column(&csv, "seed")), "18446744073709551615");
    assert_true(fabs(rpe_csv_number(&csv, 0, rpe_csv_column(&csv, "p")) - 0.31) < 1e-15);
    assert_true(rpe_csv_number(&csv, 5, rpe_csv_column(&csv, "statistic")) > 1e-3);
    rpe_csv_destroy(&csv);
}

static void test_json(void **state)
{
    (void)state;
    char path[512];
    rpe_error error = {""};
    rpe_json document = {0};
    report_make();
    snprintf(path, sizeof path, "%s/verify.json", rpe_test_directory("verdict_json"));
    machine_write(rpe_verdict_json_write, path);
    rpe_test_ok(rpe_json_read(&document, path, &error), &error);
    const json_t *verdicts = json_object_get(document.root, "verdicts");
    assert_int_equal(json_array_size(verdicts), ROWS);
    assert_true(json_is_null(json_object_get(json_array_get(verdicts, 5), "p")));
    assert_true(json_is_object(json_object_get(document.root, "machine")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(document.root, "counts"), "fails")),
                     2);
    rpe_json_destroy(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_command), cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_junit), cmocka_unit_test(test_csv),     cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
