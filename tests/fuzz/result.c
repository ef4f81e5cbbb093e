/* Results: x.json, x.csv, x.npy and x.svg, and what else a folder of results holds, as plot, report and compare read them. */
#include <unistd.h>

#include "fuzz.h"
#include "report/comparison.h"
#include "report/page.h"
#include "report/plot.h"

/* What gnuplot would be given. */
static void plot(const char *directory)
{
    rpe_record_names names = {0};
    rpe_error error = {""};
    rpe_status status = rpe_record_names_read(&names, directory, NULL, &error);
    fuzz_status_check(status, &error);
    for (size_t i = 0; i < names.count; i++) {
        rpe_record record = {0};
        FILE *stream = fuzz_stream_open();
        status = rpe_record_read(&record, directory, names.names[i], &error);
        if (status == RPE_OK)
            status = rpe_plot_variables_write(&record, RPE_FUZZ_SCRIPTS, stream, &error);
        fuzz_status_check(status, &error);
        rpe_record_destroy(&record);
        fuzz_stream_close(stream);
    }
    rpe_record_names_destroy(&names);
}

static void report(const char *directory, const char *baseline)
{
    const rpe_page_settings settings = {.run = directory, .baseline = baseline};
    rpe_faults faults = {0};
    rpe_error error = {""};
    rpe_output output = {.stream = fuzz_stream_open()};
    rpe_status status = rpe_page_write(&settings, &output, &faults, &error);
    fuzz_status_check(rpe_faults_end(&faults, output.stream, status, &error), &error);
    fuzz_stream_close(output.stream);
}

static void comparison_print(const rpe_comparison *comparison, FILE *stream)
{
    const rpe_comparison_style styles[] = {{.all = true}, {.colour = true}};
    rpe_output output = {.stream = stream};
    rpe_error error = {""};
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++) {
        rpe_comparison_table_print(comparison, &styles[i], stream);
        rpe_comparison_markdown_print(comparison, &styles[i], stream);
    }
    fuzz_status_check(rpe_comparison_json_write(comparison, &output, &error), &error);
}

static void compare(const char *directory, const char *baseline)
{
    rpe_result_set sets[2] = {{0}, {0}};
    rpe_comparison comparison = {
        .limits = {.level = 0.05, .thresholds = {[RPE_MEASURE_TIME] = 0.05}, .detect = 0.2}};
    rpe_error error = {""};
    FILE *stream = fuzz_stream_open();
    rpe_status status = rpe_result_set_read(&sets[0], baseline, &error);
    if (status == RPE_OK)
        status = rpe_result_set_read(&sets[1], directory, &error);
    if (status == RPE_OK)
        status = rpe_comparison_make(&comparison, &sets[0], &sets[1], &error);
    if (status == RPE_OK)
        comparison_print(&comparison, stream);
    fuzz_status_check(status, &error);
    rpe_comparison_destroy(&comparison);
    for (size_t i = 0; i < 2; i++) {
        fuzz_status_check(rpe_faults_end(&sets[i].faults, stream, RPE_OK, &error), &error);
        rpe_result_set_destroy(&sets[i]);
    }
    fuzz_stream_close(stream);
}

void fuzz_result(const char *directory)
{
    plot(directory);
    if (access(fuzz_path(directory, "b"), F_OK) == 0) {
        report(directory, fuzz_path(directory, "b"));
        compare(directory, fuzz_path(directory, "b"));
    } else {
        report(directory, NULL);
        compare(directory, directory);
    }
}
