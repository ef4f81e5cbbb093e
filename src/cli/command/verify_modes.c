/* The three things that verify does: claims, their calibration, and mutants. */
#include <stdio.h>

#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command/verify.h"
#include "report/calibration.h"
#include "report/mutant_report.h"
#include "report/verdict_report.h"

#define COUNT(files) (sizeof(files) / sizeof(files)[0])

/* ---- claims ---- */

static rpe_status claims_csv(const void *context, rpe_output *output, rpe_error *error)
{
    return rpe_verdict_csv_write(context, output, error);
}

static rpe_status claims_json(const void *context, rpe_output *output, rpe_error *error)
{
    return rpe_verdict_json_write(context, output, error);
}

static rpe_status claims_junit(const void *context, rpe_output *output, rpe_error *error)
{
    (void)error;
    rpe_verdict_junit_print(context, output->stream);
    return RPE_OK;
}

static rpe_status claims_markdown(const void *context, rpe_output *output, rpe_error *error)
{
    (void)error;
    rpe_verdict_markdown_print(context, output->stream);
    return RPE_OK;
}

static const rpe_verify_file claims_files[] = {
    {RPE_VERIFY_CSV, "verify.csv", claims_csv},
    {RPE_VERIFY_JSON, "verify.json", claims_json},
    {RPE_VERIFY_JUNIT, NULL, claims_junit},
    {RPE_VERIFY_MARKDOWN, NULL, claims_markdown},
};

rpe_status rpe_verify_claims(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                             rpe_outcome *outcome, rpe_error *error)
{
    rpe_verification verification = {0};
    rpe_status status = rpe_verify_files_check(arguments, claims_files, COUNT(claims_files), error);
    if (status == RPE_OK)
        status = rpe_verification_run(&verification, settings, error);
    if (status == RPE_OK && verification.verdicts[RPE_VERDICT_NOT_APPLICABLE] == verification.count)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "verify: expected a claim that applies here, found none: %s",
                               verification.rows[0].reason);
    if (status != RPE_OK) {
        rpe_verification_destroy(&verification);
        return status;
    }
    const rpe_verdict_report report = {
        .verification = &verification,
        .settings = settings,
        .style = {.all = arguments->values[RPE_VERIFY_ALL].given, .colour = rpe_colour_is_wanted()}};
    if (!arguments->quiet)
        rpe_verdict_table_print(&report, stdout);
    status = rpe_verify_files_write(arguments, claims_files, COUNT(claims_files), &report, error);
    if (verification.verdicts[RPE_VERDICT_FAILS] + verification.verdicts[RPE_VERDICT_SUSPECT] > 0)
        *outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_verification_destroy(&verification);
    return status;
}

/* ---- calibration ---- */

typedef struct calibrated {
    const rpe_calibration *calibration;
    const rpe_verification_settings *settings;
} calibrated;

static rpe_status calibration_csv(const void *context, rpe_output *output, rpe_error *error)
{
    const calibrated *result = context;
    return rpe_calibration_csv_write(result->calibration, output, error);
}

static rpe_status calibration_json(const void *context, rpe_output *output, rpe_error *error)
{
    const calibrated *result = context;
    return rpe_calibration_json_write(result->calibration, result->settings, output, error);
}

static const rpe_verify_file calibration_files[] = {
    {-1, "calibration.csv", calibration_csv},
    {-1, "calibration.json", calibration_json},
    {-1, "calibration.svg", NULL},
    {-1, "calibration.png", NULL},
};

static rpe_status calibration_draw(const calibrated *result, const rpe_arguments *arguments, rpe_error *error)
{
    FILE *log = arguments->quiet ? NULL : stdout;
    const char *directory = arguments->values[RPE_VERIFY_OUTPUT].text;
    if (directory == NULL)
        return RPE_OK;
    if (!rpe_gnuplot_is_there()) {
        if (!arguments->quiet)
            fprintf(stderr, "no picture: gnuplot is not installed (package gnuplot-nox)\n");
        return RPE_OK;
    }
    char *scripts = rpe_catalogue_folder("plots");
    if (scripts == NULL)
        return rpe_error_memory(error, "path of the plot scripts", 1, sizeof "plots");
    rpe_status status =
        rpe_calibration_draw(result->calibration, result->settings, directory, scripts, log, error);
    rpe_memory_free(scripts);
    return status;
}

rpe_status rpe_verify_calibrate(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                                rpe_outcome *outcome, rpe_error *error)
{
    rpe_calibration calibration = {0};
    const calibrated result = {&calibration, settings};
    rpe_status status = rpe_verify_files_check(arguments, calibration_files, COUNT(calibration_files), error);
    if (status == RPE_OK)
        status =
            rpe_calibration_run(&calibration, settings, arguments->values[RPE_VERIFY_CALIBRATE].count, error);
    if (status != RPE_OK)
        return status;
    if (!arguments->quiet)
        rpe_calibration_table_print(&calibration, settings, stdout);
    status = rpe_verify_files_write(arguments, calibration_files, COUNT(calibration_files), &result, error);
    if (status == RPE_OK)
        status = calibration_draw(&result, arguments, error);
    if (!rpe_calibration_holds(&calibration, settings->level))
        *outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_calibration_destroy(&calibration);
    return status;
}

/* ---- mutants ---- */

typedef struct attacked {
    const rpe_mutant_report *report;
    const rpe_verification_settings *settings;
} attacked;

static rpe_status mutants_csv(const void *context, rpe_output *output, rpe_error *error)
{
    const attacked *result = context;
    return rpe_mutant_csv_write(result->report, result->settings, output, error);
}

static rpe_status mutants_markdown(const void *context, rpe_output *output, rpe_error *error)
{
    const attacked *result = context;
    (void)error;
    rpe_mutant_markdown_print(result->report, result->settings, output->stream);
    return RPE_OK;
}

static const rpe_verify_file mutants_files[] = {
    {RPE_VERIFY_CSV, "mutants.csv", mutants_csv},
    {RPE_VERIFY_MARKDOWN, "mutants.md", mutants_markdown},
};

rpe_status rpe_verify_mutants(const rpe_arguments *arguments, const rpe_verification_settings *settings,
                              rpe_outcome *outcome, rpe_error *error)
{
    rpe_mutant_report report = {0};
    const attacked result = {&report, settings};
    size_t count = rpe_fault_count();
    rpe_status status = rpe_verify_files_check(arguments, mutants_files, COUNT(mutants_files), error);
    if (status != RPE_OK)
        return status;
    const rpe_fault **faults = rpe_memory_allocate(count, sizeof(const rpe_fault *));
    if (faults == NULL)
        return rpe_error_memory(error, "mutants", count, sizeof(const rpe_fault *));
    for (size_t i = 0; i < count; i++)
        faults[i] = rpe_fault_at(i);
    status = rpe_mutant_report_run(&report, faults, count, settings, error);
    rpe_memory_free(faults);
    if (status != RPE_OK)
        return status;
    if (!arguments->quiet)
        rpe_mutant_table_print(&report, settings, rpe_colour_is_wanted(), stdout);
    status = rpe_verify_files_write(arguments, mutants_files, COUNT(mutants_files), &result, error);
    if (report.rejected < report.count)
        *outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_mutant_report_destroy(&report);
    return status;
}
