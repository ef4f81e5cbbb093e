/* rpebench compare BASELINE RUN: what became better or worse. */
#include <string.h>

#include "base/interrupt.h"
#include "cli/compare/compare.h"
#include "cli/files.h"
#include "report/comparison.h"

typedef struct answer {
    const rpe_comparison *comparison;
    rpe_comparison_style style;
} answer;

static rpe_status markdown_write(const void *context, rpe_output *output, rpe_error *error)
{
    const answer *written = context;
    (void)error; /* what the stream refuses is found when it is closed */
    rpe_comparison_markdown_print(written->comparison, &written->style, output->stream);
    return RPE_OK;
}

static rpe_status json_write(const void *context, rpe_output *output, rpe_error *error)
{
    const answer *written = context;
    return rpe_comparison_json_write(written->comparison, output, error);
}

static const struct {
    int option;
    rpe_file_writer writer;
} files[] = {{RPE_COMPARE_MARKDOWN, markdown_write}, {RPE_COMPARE_JSON, json_write}};

#define FILE_COUNT (sizeof files / sizeof files[0])

/* Before the work. */
static rpe_status files_check(const rpe_arguments *arguments, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < FILE_COUNT; i++) {
        const char *path = arguments->values[files[i].option].text;
        if (path != NULL)
            status = rpe_files_path_check(path, error);
    }
    return status;
}

static rpe_status files_write(const rpe_arguments *arguments, const answer *written, rpe_error *error)
{
    rpe_files opened = {0};
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < FILE_COUNT; i++) {
        const char *path = arguments->values[files[i].option].text;
        if (path != NULL)
            status = rpe_files_write(&opened, NULL, path, files[i].writer, written, error);
    }
    if (status == RPE_OK)
        status = rpe_files_commit(&opened, error);
    rpe_files_discard(&opened);
    return status;
}

static rpe_status answer_give(const rpe_arguments *arguments, const rpe_comparison *comparison,
                              rpe_error *error)
{
    const rpe_option_value *markdown = &arguments->values[RPE_COMPARE_MARKDOWN];
    const answer given = {
        .comparison = comparison,
        .style = {.all = arguments->values[RPE_COMPARE_ALL].given, .colour = rpe_colour_is_wanted()}};
    if (markdown->given && markdown->text == NULL)
        rpe_comparison_markdown_print(comparison, &given.style, stdout);
    else if (!arguments->quiet)
        rpe_comparison_table_print(comparison, &given.style, stdout);
    return files_write(arguments, &given, error);
}

static double threshold_of(const rpe_arguments *arguments, int option)
{
    return arguments->values[option].number / 100.0;
}

static rpe_outcome outcome_of(const rpe_arguments *arguments, const rpe_comparison *comparison)
{
    bool fails = arguments->values[RPE_COMPARE_MISSING].count == RPE_COMPARE_MISSING_FAIL;
    if (rpe_comparison_is_unfavourable(comparison) || (fails && rpe_comparison_is_missing(comparison)))
        return RPE_OUTCOME_UNFAVOURABLE;
    return rpe_comparison_is_undecided(comparison) ? RPE_OUTCOME_UNDECIDED : RPE_OUTCOME_FAVOURABLE;
}

rpe_status rpe_compare_runs(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    rpe_result_set sets[2] = {{0}, {0}};
    rpe_comparison comparison = {
        .limits = {.level = arguments->values[RPE_COMPARE_LEVEL].number,
                   .thresholds = {[RPE_MEASURE_ACCURACY] = threshold_of(arguments, RPE_COMPARE_ACCURACY),
                                  [RPE_MEASURE_TIME] = threshold_of(arguments, RPE_COMPARE_TIME),
                                  [RPE_MEASURE_COUNT] = threshold_of(arguments, RPE_COMPARE_MEMORY)},
                   .detect = threshold_of(arguments, RPE_COMPARE_DETECT)},
        .any_machine = arguments->values[RPE_COMPARE_ANY_MACHINE].given};
    rpe_status status = files_check(arguments, error);
    for (size_t i = 0; status == RPE_OK && i < 2; i++)
        status = rpe_result_set_read(&sets[i], arguments->operands[i], error);
    if (status == RPE_OK)
        status = rpe_comparison_make(&comparison, &sets[0], &sets[1], error);
    if (status == RPE_OK)
        status = rpe_interrupt_check("compare", error);
    if (status == RPE_OK)
        status = answer_give(arguments, &comparison, error);
    if (status == RPE_OK)
        *outcome = outcome_of(arguments, &comparison);
    rpe_comparison_destroy(&comparison);
    for (size_t i = 0; i < 2; i++) {
        status = rpe_faults_end(&sets[i].faults, stderr, status, error);
        rpe_result_set_destroy(&sets[i]);
    }
    return status;
}
