/* Pictures of synthetic runs: they exist, say what they must, and a failure leaves no file. */
#include "run_made.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "report/plot.h"

#define SCRIPTS RPE_TEST_SOURCE "/plots"

static const run_made curves = {.name = "curves",
                                .title = "A title with 'quotes' & <marks>",
                                .picture = "error",
                                .measure = "score_error",
                                .exponent = -0.5,
                                .closed = 1};
static const run_made open_curves = {.name = "open-curves",
                                     .title = "No closed form",
                                     .picture = "error",
                                     .measure = "attention_error",
                                     .exponent = -0.4};
static const run_made profiles = {.name = "profiles",
                                  .title = "Kernels",
                                  .picture = "kernel",
                                  .measure = "code_profile",
                                  .closed = 1,
                                  .lags = 20};

static const run_made sizes = {.name = "sizes",
                               .title = "Fits",
                               .picture = "families",
                               .measure = "fit_error",
                               .exponent = -1.5,
                               .closed = 1,
                               .sizes = 1};

#define MANY 13
static const run_made many = {.name = "many",
                              .title =
                                  "Many methods, and a title that is so long that it needs a second line on "
                                  "the narrowest of all pictures",
                              .picture = "error",
                              .measure = "attention_error",
                              .exponent = -0.4,
                              .methods = MANY};

/* The whole file; released by free. */
static char *made_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)length + 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)length, file);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

static void gnuplot_need(void)
{
    if (system("gnuplot --version >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: gnuplot is not installed (package gnuplot-nox), so no picture is tested\n");
        skip();
    }
}

static void picture_check(const char *directory, const run_made *run)
{
    size_t size;
    char *png = made_read(made_path(directory, run->name, ".png"), &size);
    assert_non_null(png);
    assert_true(size > 10000);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(png + size - 8, "IEND", 4);
    free(png);
    char *svg = made_read(made_path(directory, run->name, ".svg"), &size);
    assert_non_null(svg);
    assert_true(size > 5000);
    assert_non_null(strstr(svg, "</svg>"));
    assert_non_null(strstr(svg, "How fast?"));
    assert_non_null(strstr(svg, "N = 256 · H = 4 · D = 32 · R = "));
    assert_non_null(strstr(svg, "trials: 20 · seed 17 · rpebench 9.8.7, revision abcdef123456"));
    assert_non_null(strstr(svg, "gaussian"));
    free(svg);
}

static void test_pictures(void **state)
{
    (void)state;
    gnuplot_need();
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot a run's \"pictures\" $HOME `x`"));
    made_write(directory, &curves);
    made_write(directory, &open_curves);
    made_write(directory, &profiles);
    made_write(directory, &sizes);
    /* of an earlier run whose picture had several pages */
    assert_int_equal(fclose(fopen(made_path(directory, "curves-1", ".svg"), "w")), 0);
    assert_int_equal(fclose(fopen(made_path(directory, "curves-2", ".png"), "w")), 0);
    FILE *log = tmpfile();
    assert_non_null(log);
    rpe_test_ok(made_plot(directory, SCRIPTS, log, &error), &error);
    assert_true(ftell(log) > 0);
    fclose(log);
    picture_check(directory, &curves);
    picture_check(directory, &open_curves);
    picture_check(directory, &profiles);
    picture_check(directory, &sizes);
    size_t size;
    char *svg = made_read(made_path(directory, "curves", ".svg"), &size);
    assert_non_null(strstr(svg, "A title with 'quotes' &amp; &lt;marks"));
    assert_non_null(strstr(svg, "second"));
    assert_non_null(strstr(svg, "closed form"));
    free(svg);
    svg = made_read(made_path(directory, "sizes", ".svg"), &size);
    assert_non_null(strstr(svg, "first-kernel"));
    assert_non_null(strstr(svg, "second-kernel"));
    assert_non_null(strstr(svg, "sinusoids K, or taps P"));
    free(svg);
    assert_int_equal(rpe_test_files_count(directory, ".tmp"), 0);
    assert_int_equal(rpe_test_files_count(directory, ""), 2 + 4 * 4);
    rpe_memory_free(directory);
}

/* Where an SVG places a text: gnuplot moves there just before it. */
static void place_find(const char *svg, const char *text, double *x, double *y)
{
    const char *found = strstr(svg, text), *moved = NULL;
    assert_non_null(found);
    for (const char *c = svg; (c = strstr(c, "translate(")) != NULL && c < found; c++)
        moved = c;
    assert_non_null(moved);
    char *end;
    *x = strtod(moved + strlen("translate("), &end);
    *y = strtod(end + 1, NULL);
}

/* Names of many wide characters, which would overlap in columns of any fixed number, have places that do not. */
static void test_legend(void **state)
{
    (void)state;
    gnuplot_need();
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot_legend"));
    made_write(directory, &many);
    rpe_test_ok(made_plot(directory, SCRIPTS, NULL, &error), &error);
    size_t size;
    char *svg = made_read(made_path(directory, "many", ".svg"), &size), name[64];
    double x[MANY + 2], y[MANY + 2], width[MANY + 2] = {0};
    for (int i = 0; i < MANY; i++) {
        made_method(i + 1, name);
        place_find(svg, name, &x[i], &y[i]);
        width[i] = 11.0 * (double)strlen(name); /* a "w" has 11.5 pixels, an "m" 13.6, others 9 or less */
    }
    place_find(svg, "sampler of all: gaussian", &x[MANY], &y[MANY]);
    place_find(svg, "series are shifted", &x[MANY + 1], &y[MANY + 1]);
    for (int i = 0; i < MANY + 2; i++) {
        assert_true(x[i] + width[i] < 1100);
        for (int j = 0; j < i; j++)
            assert_true(fabs(y[i] - y[j]) > 12 || x[j] + width[j] < x[i] || x[i] + width[i] < x[j]);
    }
    assert_null(strstr(svg, ", gaussian"));
    free(svg);
    rpe_memory_free(directory);
}

/* Names that gnuplot, CSV, XML or a shell could take for something else, in a folder of such a name. */
static const char *const names[] = {"left, right",
                                    "a \"q\" b",
                                    "back\\slash\\",
                                    "tab\there",
                                    "new\nline",
                                    "it's",
                                    "@macro _{x}^{2} {/Symbol a}",
                                    "100 % %d %s",
                                    "$HOME $ROWS `touch x`",
                                    "\xc3\xbcml\xc3\xa4ut \xe2\x86\x92 \xe6\x97\xa5",
                                    "cut \xe2\x86",
                                    "# no comment",
                                    "<b>&amp;</b>",
                                    " ",
                                    "-1",
                                    "NaN",
                                    "|",
                                    "a|b"};
#define NAMES (sizeof names / sizeof names[0])

static void names_write(const char *directory)
{
    const char *cells[RPE_COLUMN_COUNT], *const places[] = {"4", "8", "16"};
    rpe_output output = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_output_open(&output, made_path(directory, "names", ".csv"), &error), &error);
    for (size_t column = 0; column < RPE_COLUMN_COUNT; column++)
        cells[column] = rpe_column_name((rpe_column)column);
    rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, cells, &error), &error);
    for (size_t i = 0; i < NAMES * 3; i++) {
        for (size_t column = 0; column < RPE_COLUMN_COUNT; column++)
            cells[column] = "";
        cells[RPE_COLUMN_input] = names[i / 3];
        cells[RPE_COLUMN_grid] = cells[RPE_COLUMN_status] = names[(i / 3 + 1) % NAMES];
        cells[RPE_COLUMN_realizations] = places[i % 3];
        cells[RPE_COLUMN_measure] = "score_error";
        cells[RPE_COLUMN_estimate] = places[i % 3];
        rpe_test_ok(rpe_csv_write_line(&output, RPE_COLUMN_COUNT, cells, &error), &error);
    }
    rpe_test_ok(rpe_output_commit(&output, &error), &error);
    FILE *json = fopen(made_path(directory, "names", ".json"), "w");
    fprintf(json,
            "{\"experiment\": \"names\", \"title\": \"'@\\\\` %%d\", \"picture\": \"error\", \"machine\": {},"
            "\"configuration\": {\"series\": [\"input\", \"grid\"]}}\n");
    fclose(json);
}

/* Points of the plots: gnuplot uses a shape of its own for each. */
static size_t points_count(const char *svg)
{
    size_t count = 0;
    for (const char *c = svg; (c = strstr(c, "<use xlink:href='#gpPt")) != NULL; c++)
        count++;
    return count;
}

static void test_names(void **state)
{
    (void)state;
    gnuplot_need();
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot \t\n'\"@%$HOME`touch y`\\"));
    names_write(directory);
    rpe_test_ok(made_plot(directory, SCRIPTS, NULL, &error), &error);
    size_t size;
    char *svg = made_read(made_path(directory, "names", ".svg"), &size);
    /* a point for each row, one for each series and four more in the legend */
    assert_true(points_count(svg) >= NAMES * 3 + NAMES);
    assert_non_null(strstr(svg, "left, right"));
    assert_non_null(strstr(svg, "a \"q\" b"));
    assert_non_null(strstr(svg, "$HOME $ROWS `touch x`"));
    assert_non_null(strstr(svg, "&lt;b>&amp;amp;&lt;/b>"));
    assert_non_null(strstr(svg, "cut ??"));
    assert_non_null(strstr(svg, "it's, @macro _{x}^{2} {/Symbol a}"));
    assert_non_null(strstr(svg, "100 % %d %s"));
    assert_non_null(strstr(svg, "'@\\` %d"));
    assert_non_null(strstr(svg, "\xc3\xbcml\xc3\xa4ut \xe2\x86\x92 \xe6\x97\xa5"));
    free(svg);
    rpe_memory_free(directory);
}

/* A script that leaves rows out, as one does that reads them wrongly, has drawn no picture. */
static void test_points_missing(void **state)
{
    (void)state;
    gnuplot_need();
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot_points")),
         *scripts = rpe_memory_text(rpe_test_directory("plot_points_scripts"));
    static const char *const parts[] = {"common", "end"};
    made_write(directory, &curves);
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        char *text = made_read(made_path(SCRIPTS, parts[i], ".gp"), &size);
        FILE *copy = fopen(made_path(scripts, parts[i], ".gp"), "w");
        assert_int_equal(fwrite(text, 1, size, copy), size);
        fclose(copy);
        free(text);
    }
    FILE *script = fopen(made_path(scripts, "error", ".gp"), "w");
    fprintf(script, "WIDTH = 400\nHEIGHT = 300\nload SCRIPTS.'/common.gp'\nplot $ROWS every ::1 using "
                    "(counted(cell('at'))):(cell('estimate'))\nload SCRIPTS.'/end.gp'\n");
    fclose(script);
    assert_int_equal(made_plot(directory, scripts, NULL, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, "35 points drawn of 36 rows") == NULL)
        fail_msg("%s", error.message);
    assert_int_equal(rpe_test_files_count(directory, ".svg") + rpe_test_files_count(directory, ".tmp"), 0);
    rpe_memory_free(scripts);
    rpe_memory_free(directory);
}

static void failure_check(const char *directory, const char *scripts, rpe_status expected, const char *part)
{
    rpe_error error = {""};
    assert_int_equal(made_plot(directory, scripts, NULL, &error), expected);
    if (strstr(error.message, part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, error.message);
    assert_int_equal(rpe_test_files_count(directory, ".tmp"), 0);
    assert_int_equal(rpe_test_files_count(directory, ".svg") + rpe_test_files_count(directory, ".png"), 0);
}

static void test_failures(void **state)
{
    (void)state;
    rpe_error error = {""};
    char *directory = rpe_memory_text(rpe_test_directory("plot_failures"));
    failure_check(directory, SCRIPTS, RPE_ERROR_INPUT,
                  "expected results (NAME.json with NAME.csv beside it)");
    assert_int_equal(made_plot("no/such/directory", SCRIPTS, NULL, &error), RPE_ERROR_FILE);
    assert_non_null(strstr(error.message, "no/such/directory"));
    run_made wrong = curves;
    wrong.picture = "nonesuch";
    made_write(directory, &wrong);
    failure_check(directory, SCRIPTS, RPE_ERROR_INPUT, "nonesuch.gp: expected a gnuplot script");
    wrong.picture = "../error";
    made_write(directory, &wrong);
    failure_check(directory, SCRIPTS, RPE_ERROR_INPUT, "expected the name of a script");
    wrong.picture = "kernel";
    made_write(directory, &wrong);
    failure_check(directory, SCRIPTS, RPE_ERROR_INPUT, "expected rows with a lag");
    FILE *csv = fopen(made_path(directory, curves.name, ".csv"), "w");
    fprintf(csv, "experiment,point\n");
    fclose(csv);
    failure_check(directory, SCRIPTS, RPE_ERROR_INPUT, "expected a column");
    rpe_memory_free(directory);
}

static void test_script_failure(void **state)
{
    (void)state;
    gnuplot_need();
    char *directory = rpe_memory_text(rpe_test_directory("plot_script_failure"));
    char *scripts = rpe_memory_text(rpe_test_directory("plot_script_failure_scripts"));
    made_write(directory, &curves);
    FILE *script = fopen(made_path(scripts, "error", ".gp"), "w");
    fprintf(script, "set terminal svg\nset output OUTPUT\nplot no_such_variable\n");
    fclose(script);
    failure_check(directory, scripts, RPE_ERROR_INPUT, "line 3: undefined variable: no_such_variable");
    script = fopen(made_path(scripts, "error", ".gp"), "w");
    fprintf(script, "# draws nothing\n");
    fclose(script);
    failure_check(directory, scripts, RPE_ERROR_INPUT, "expected a picture, found an empty file");
    rpe_memory_free(scripts);
    rpe_memory_free(directory);
}

static void test_gnuplot_missing(void **state)
{
    (void)state;
    char *directory = rpe_memory_text(rpe_test_directory("plot_without_gnuplot"));
    char *path = rpe_memory_text(getenv("PATH") != NULL ? getenv("PATH") : "");
    made_write(directory, &curves);
    setenv("PATH", "", 1);
    failure_check(directory, SCRIPTS, RPE_ERROR_FILE,
                  "gnuplot: expected the program on PATH (package gnuplot-nox), found none");
    setenv("PATH", path, 1);
    rpe_memory_free(path);
    rpe_memory_free(directory);
}

/* Every allocation of a picture fails once. */
static void test_memory(void **state)
{
    (void)state;
    gnuplot_need();
    char *directory = rpe_memory_text(rpe_test_directory("plot_memory"));
    made_write(directory, &curves);
    rpe_status status = RPE_ERROR_MEMORY;
    size_t before = rpe_memory_usage_now().current;
    for (uint64_t n = 1; status != RPE_OK; n++) {
        rpe_error error = {""};
        rpe_memory_fail_from(n);
        status = made_plot(directory, SCRIPTS, NULL, &error);
        rpe_memory_fail_from(0);
        assert_int_equal(rpe_memory_usage_now().current, before);
        assert_int_equal(rpe_test_files_count(directory, ".tmp"), 0);
        if (status != RPE_OK)
            assert_true(error.message[0] != '\0');
        assert_true(n < 200);
    }
    rpe_memory_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),        cmocka_unit_test(test_legend),
        cmocka_unit_test(test_names),           cmocka_unit_test(test_points_missing),
        cmocka_unit_test(test_failures),        cmocka_unit_test(test_script_failure),
        cmocka_unit_test(test_gnuplot_missing), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
