/* The page: elements are balanced, links lead somewhere, nothing is loaded, and the numbers are
   those of the files. */
#include "page_made.h"

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "report/plot.h"

#define DEPTH 64

static bool is_void(const char *name, size_t length)
{
    static const char *const names[] = {"meta", "img", "br"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return true;
    return false;
}

/* Every element is closed, and in its turn. */
static void balance_check(const char *page)
{
    struct {
        const char *name;
        size_t length;
    } open[DEPTH];
    size_t depth = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at, '<')) {
        bool closes = at[1] == '/';
        const char *name = at + 1 + closes, *end = at;
        size_t length = strcspn(name, " >/\n");
        for (char quote = '\0'; *end != '\0' && (quote != '\0' || *end != '>'); end++)
            quote = *end != '"' ? quote : quote == '"' ? '\0' : '"';
        assert_true(*end == '>');
        if (closes) {
            assert_true(depth > 0);
            depth--;
            if (open[depth].length != length || strncmp(open[depth].name, name, length) != 0)
                fail_msg("expected </%.*s>, found </%.*s>", (int)open[depth].length, open[depth].name,
                         (int)length, name);
        } else if (*name != '!' && end[-1] != '/' && !is_void(name, length)) {
            assert_true(depth < DEPTH);
            open[depth].name = name;
            open[depth++].length = length;
        }
        at = end;
    }
    assert_int_equal(depth, 0);
}

/* How often the attribute with that value is there. */
static size_t attribute_count(const char *page, const char *name, const char *value, size_t length)
{
    char wanted[512];
    size_t count = 0;
    int size = snprintf(wanted, sizeof wanted, " %s=\"%.*s\"", name, (int)length, value);
    for (const char *at = page; (at = strstr(at, wanted)) != NULL; at += size)
        count++;
    return count;
}

/* Ids are there once, and links within the page have one. */
static void links_check(const char *page)
{
    size_t links = 0;
    for (const char *at = page; (at = strstr(at, " id=\"")) != NULL; at++)
        if (attribute_count(page, "id", at + 5, strcspn(at + 5, "\"")) != 1)
            fail_msg("an id that is there twice: %.40s", at);
    for (const char *at = page; (at = strstr(at, " href=\"#")) != NULL; at++, links++)
        if (attribute_count(page, "id", at + 8, strcspn(at + 8, "\"")) != 1)
            fail_msg("a link that leads nowhere: %.60s", at);
    assert_true(links > 5);
}

/* Nothing but data is loaded. */
static void loads_check(const char *page)
{
    static const char *const loads[] = {"<script",     "<link",    "<iframe",    "<object",   "<embed",
                                        "javascript:", "@import",  "onerror=\"", "onload=\"", "src=\"http",
                                        "href=\"http", "url(http", "src=\"//"};
    for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++)
        if (strstr(page, loads[i]) != NULL)
            fail_msg("the page has %s", loads[i]);
    for (const char *at = page; (at = strstr(at, " src=\"")) != NULL; at++)
        assert_int_equal(strncmp(at + 6, "data:", 5), 0);
}

static void texts_check(const char *page, const char *first, ...)
{
    va_list texts;
    va_start(texts, first);
    for (const char *text = first; text != NULL; text = va_arg(texts, const char *))
        if (strstr(page, text) == NULL)
            fail_msg("expected \"%s\" on the page", text);
    va_end(texts);
}

static void test_page(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("page")), path[4096];
    page_run_write(directory);
    snprintf(path, sizeof path, "%s/page.html", directory);
    char *page = page_make(directory, NULL, path);
    balance_check(page);
    links_check(page);
    loads_check(page);
    assert_true(strlen(page) < 2000000);
    /* verdicts, with power beside p; what fails stands first and has its command */
    texts_check(page, "1 hold, 1 fail, 0 suspect, 1 not applicable", "0.0125 units of effect", "4321",
                "2.0e-09", "rpebench verify score-law --case &quot;sine&quot;", "1 of 2 planted faults",
                "nothing is wrong", "of 1 of 1 claims were not seen to differ from uniform", NULL);
    assert_true(strstr(page, ">score-law<") < strstr(page, ">score-mean<"));
    /* 4 curves of 9 points, half a standard error off: nothing is rejected; 2 profiles of 41 lags */
    texts_check(page, "of 36 rows, 36 are tested", "The largest |z| is 0.50", "Within ±1.96 lie 36 (100.0 %",
                "of 82 rows, 82 are tested", "falls as R<sup>−0.500</sup> ±", "falls as R<sup>−0.400</sup>",
                "no closed form", NULL);
    texts_check(page, "rpebench run curves --quick --trials 20 --seed 17 --output DIR",
                "download=\"curves.csv\"", "Read it so: &lt;/p&gt;&lt;script&gt;", "@inproceedings",
                "2020-02-02T02:02:02Z", NULL);
    /* what to be careful about */
    texts_check(page, "<b>curves</b>: the run is incomplete: 12 of 44 points.", "<b>curves</b>: a quick run",
                "<b>curves</b>: share 2 of 5 of the trials alone",
                "<b>curves</b>: the machine was not quiet, so that times are too long: &lt;noise&gt;.",
                "differ from revision abcdef123456,", "by a build of type Debug", "different revisions",
                "<b>open-curves</b>: 36 of 36 rows have no closed form", "1 are not applicable",
                "<b>Verdicts</b>: of revision 0123456789ab-dirty",
                "<b>curves, open-curves, profiles</b>: there is no picture of it", NULL);
    char *again = page_make(directory, NULL, path);
    assert_string_equal(page, again);
    free(again);
    free(page);
    rpe_memory_free(directory);
}

/* Rows that theory rejects, values that are missing and why, few trials; in a folder of the run. */
static void test_caveats(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("page_caveats"));
    char *folder = rpe_path_join(directory, "inner"), path[4096], line[2048] = "";
    assert_int_equal(mkdir(folder, 0777), 0);
    run_made wrong = page_curves;
    wrong.offset = 9;
    made_write(folder, &wrong);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++) {
        const char *cell = column == RPE_COLUMN_status     ? "overflow: R too small <b>"
                           : column == RPE_COLUMN_measure  ? "score_error"
                           : column == RPE_COLUMN_estimate ? ""
                                                           : "";
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", cell,
                 column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    }
    FILE *csv = fopen(made_path(folder, "curves", ".csv"), "a");
    assert_non_null(csv);
    fputs(line, csv);
    fputs(line, csv);
    fclose(csv);
    snprintf(path, sizeof path, "%s/page.html", directory);
    char *page = page_make(directory, NULL, path);
    balance_check(page);
    texts_check(page, "<b>curves</b>: 4 of 36 tested rows disagree",
                "<b>curves</b>: 2 rows: overflow: R too small &lt;b&gt;.",
                "4 of 36 rows of 1 experiments are rejected", "no claim was verified", "<tr class=\"bad\">",
                NULL);
    free(page);
    rpe_memory_free(folder);
    rpe_memory_free(directory);
}

/* A run whose rows are of points of their own: rows begin with an empty experiment and an empty point. */
static void points_write(const char *directory, const run_made *run)
{
    char line[4096], path[4096];
    size_t point = 0;
    made_write(directory, run);
    snprintf(path, sizeof path, "%s", made_path(directory, run->name, ".csv"));
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    assert_int_equal(remove(path), 0);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    while (fgets(line, sizeof line, from) != NULL)
        if (line[0] == ',')
            fprintf(to, ",%08zx%s", ++point, line + 1);
        else
            fputs(line, to);
    assert_int_equal(fclose(from) + fclose(to), 0);
}

/* Against a run whose four errors at R = 4 were smaller by 9 standard errors of 1 %. */
static void test_changes(void **state)
{
    (void)state;
    char *baseline = rpe_memory_text(rpe_test_directory("page_baseline"));
    char *directory = rpe_memory_text(rpe_test_directory("page_changes")), path[4096];
    run_made worse = page_curves;
    worse.offset = 9;
    points_write(baseline, &page_curves);
    points_write(directory, &worse);
    snprintf(path, sizeof path, "%s/page.html", directory);
    char *page = page_make(directory, baseline, path);
    balance_check(page);
    links_check(page);
    texts_check(page, "of 36 rows in both runs, 4 are worse, 0 changed, 0 better", "id=\"changes\"",
                "<tr class=\"bad\"><td>worse</td>", "+9.00 %", NULL);
    free(page);
    page = page_make(directory, directory, path);
    balance_check(page);
    texts_check(page, "of 36 rows in both runs, 0 are worse, 0 changed, 0 better, 36 the same", NULL);
    free(page);
    rpe_memory_free(directory);
    rpe_memory_free(baseline);
}

/* A picture of so many lines. */
static void lines_write(const char *directory, const char *name, int lines)
{
    FILE *svg = fopen(made_path(directory, name, ".svg"), "w");
    assert_non_null(svg);
    fputs("<svg viewBox=\"0 0 800 600\" xmlns=\"http://www.w3.org/2000/svg\">", svg);
    for (int i = 0; i < lines; i++)
        fprintf(svg, "<path stroke='rgb(1,2,3)' d='M%d.25,100.75 L%d.25,200.75'/>", i % 700 + 10,
                i % 600 + 10);
    fputs("</svg>", svg);
    assert_int_equal(fclose(svg), 0);
}

/* More than fits: something is left out, and the page says so. */
static void test_size(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("page_size")), path[4096], name[32];
    for (int i = 0; i < 24; i++) {
        run_made run = page_curves;
        snprintf(name, sizeof name, "experiment-%02d", i);
        run.name = name;
        run.methods = 13;
        made_write(directory, &run);
        lines_write(directory, name, 2500);
    }
    page_verdicts_write(directory);
    snprintf(path, sizeof path, "%s/page.html", directory);
    char *page = page_make(directory, NULL, path);
    assert_true(strlen(page) > 1200000);
    assert_true(strlen(page) < 2000000);
    texts_check(page, "A picture is left out here", "too many for this page", "rows</summary>", NULL);
    links_check(page);
    free(page);
    rpe_memory_free(directory);
}

static void failure_check(const char *directory, rpe_status expected, const char *part)
{
    const rpe_page_settings settings = {.run = directory};
    char path[4096];
    rpe_output output = {0};
    rpe_faults faults = {0};
    rpe_error error = {""};
    snprintf(path, sizeof path, "%s.html", rpe_test_directory("page_failure_output"));
    rpe_test_ok(rpe_output_open(&output, path, &error), &error);
    rpe_status status = rpe_page_write(&settings, &output, &faults, &error);
    assert_int_equal(rpe_faults_end(&faults, stderr, status, &error), expected);
    rpe_output_discard(&output);
    if (strstr(error.message, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, error.message);
}

static void test_failures(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("page_failures"));
    failure_check("no/such/directory", RPE_ERROR_FILE, "no/such/directory: expected a directory of results");
    failure_check(directory, RPE_ERROR_INPUT, "expected results (NAME.json with NAME.csv beside it");
    page_text_write(directory, "verify.json", "{\"verdicts\": 5}");
    failure_check(directory, RPE_ERROR_INPUT, "verify.json: \"verdicts\": expected a list of verdicts");
    page_text_write(directory, "verify.json",
                    "{\"verdicts\": [{\"claim\": \"a\", \"verdict\": \"perhaps\"}]}");
    failure_check(directory, RPE_ERROR_INPUT, "expected a verdict (holds, fails, suspect or n/a)");
    page_text_write(directory, "verify.json", "{\"verdicts\": [{\"verdict\": \"holds\"}]}");
    failure_check(directory, RPE_ERROR_INPUT, "expected a claim in every row");
    page_verdicts_write(directory);
    page_text_write(directory, "mutants.csv", "mutant,fault\na,b\n");
    failure_check(directory, RPE_ERROR_INPUT, "mutants.csv: expected a column \"claim\"");
    page_attacks_write(directory);
    page_text_write(directory, "calibration.json", "{\"claims\": 1}");
    failure_check(directory, RPE_ERROR_INPUT, "calibration.json: \"claims\": expected a list");
    rpe_memory_free(directory);
}

/* Every allocation of a page fails once, and nothing is lost. */
static void test_memory(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("page_memory")), path[4096];
    made_write(directory, &page_profiles);
    page_verdicts_write(directory);
    page_attacks_write(directory);
    snprintf(path, sizeof path, "%s/page.html", directory);
    const rpe_page_settings settings = {.run = directory};
    rpe_status status = RPE_ERROR_MEMORY;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        rpe_output output = {0};
        rpe_test_ok(rpe_output_open(&output, path, &error), &error);
        size_t before = rpe_memory_usage_now().current;
        rpe_memory_fail_from(n);
        rpe_faults faults = {0};
        status = rpe_page_write(&settings, &output, &faults, &error);
        rpe_memory_fail_from(0);
        rpe_faults_destroy(&faults);
        assert_int_equal(rpe_memory_usage_now().current, before);
        if (status != RPE_OK)
            assert_true(error.message[0] != '\0');
        rpe_output_discard(&output);
        assert_true(n < 2000);
    }
    rpe_memory_free(directory);
}

int main(void)
{
    rpe_json_memory_install();
    const struct CMUnitTest tests[] = {

        cmocka_unit_test(test_page), cmocka_unit_test(test_caveats),  cmocka_unit_test(test_changes),
        cmocka_unit_test(test_size), cmocka_unit_test(test_failures), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
