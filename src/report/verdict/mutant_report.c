#include "report/mutant_report.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/terminal.h"

/* Larger: further from holding. */
static double strength(const rpe_verdict_row *row)
{
    if (isnan(row->finding.p))
        return row->finding.statistic <= row->finding.bound ? 0.0 : INFINITY;
    return -row->finding.p;
}

static void strongest_take(rpe_mutant_result *result, const rpe_verification *verification)
{
    const rpe_verdict_row *strongest = NULL;
    for (size_t i = 0; i < verification->count; i++) {
        const rpe_verdict_row *row = &verification->rows[i];
        if (row->verdict == RPE_VERDICT_NOT_APPLICABLE)
            continue;
        result->rows++;
        result->failed += row->verdict == RPE_VERDICT_FAILS ? 1 : 0;
        bool fails = row->verdict == RPE_VERDICT_FAILS;
        bool before = strongest != NULL && strongest->verdict == RPE_VERDICT_FAILS;
        if (strongest == NULL || fails > before || (fails == before && strength(row) > strength(strongest)))
            strongest = row;
    }
    result->rejected = result->failed > 0;
    result->adjusted_p = NAN;
    if (strongest == NULL)
        return;
    snprintf(result->case_name, sizeof result->case_name, "%s", strongest->case_name);
    snprintf(result->sampler, sizeof result->sampler, "%s", strongest->sampler);
    snprintf(result->method, sizeof result->method, "%s", strongest->method);
    result->finding = strongest->finding;
    result->adjusted_p = strongest->adjusted_p;
}

static rpe_status mutant_run(rpe_mutant_result *result, const rpe_fault *fault,
                             const rpe_verification_settings *settings, rpe_error *error)
{
    rpe_verification verification = {0};
    rpe_verification_settings one = *settings;
    rpe_method planted = rpe_fault_plant(fault, &one);
    one.planted = &planted;
    one.progress = NULL;
    *result = (rpe_mutant_result){.fault = fault};
    rpe_status status = rpe_verification_run(&verification, &one, error);
    if (status == RPE_OK)
        strongest_take(result, &verification);
    rpe_verification_destroy(&verification);
    return status;
}

static bool agrees(const char *only, const char *planted)
{
    return only == NULL || planted == NULL || strcmp(only, planted) == 0;
}

static bool wanted(const rpe_verification_settings *settings, const rpe_fault *fault)
{
    bool named = settings->claim_count == 0;
    for (size_t i = 0; i < settings->claim_count; i++)
        named = named || strcmp(settings->claims[i], fault->claim) == 0;
    return named && agrees(settings->only_case, fault->planting->case_name) &&
           agrees(settings->only_sampler, fault->planting->sampler) &&
           agrees(settings->only_method, fault->planting->method);
}

static void progress_print(const rpe_verification_settings *settings, const rpe_fault *fault, size_t done,
                           size_t count)
{
    FILE *stream = settings->progress;
    if (stream == NULL)
        return;
    bool terminal = rpe_terminal_redraws(stream);
    if (terminal && fault == NULL)
        fputs("\r\033[K", stream);
    else if (fault != NULL)
        fprintf(stream, terminal ? "\r\033[Kmutant %zu of %zu: %s" : "mutant %zu of %zu: %s\n", done + 1,
                count, fault->name);
    fflush(stream);
}

rpe_status rpe_mutant_report_run(rpe_mutant_report *report, const rpe_fault *const *faults, size_t count,
                                 const rpe_verification_settings *settings, rpe_error *error)
{
    rpe_mutant_report made = {.results = rpe_memory_allocate_zero(count, sizeof *made.results)};
    double start = rpe_clock_seconds();
    rpe_status status = RPE_OK;
    if (made.results == NULL)
        return rpe_error_memory(error, "mutants", count, sizeof *made.results);
    for (size_t i = 0; status == RPE_OK && i < count; i++) {
        if (!wanted(settings, faults[i]))
            continue;
        progress_print(settings, faults[i], i, count);
        status = mutant_run(&made.results[made.count], faults[i], settings, error);
        if (status == RPE_OK)
            made.rejected += made.results[made.count++].rejected ? 1 : 0;
    }
    progress_print(settings, NULL, count, count);
    if (status == RPE_OK && made.count == 0)
        status = rpe_error_set(
            error, RPE_ERROR_INPUT,
            "--mutants: expected claims, a case, a sampler and a method that a mutant is for, found none");
    made.seconds = rpe_clock_seconds() - start;
    if (status == RPE_OK)
        *report = made;
    else
        rpe_mutant_report_destroy(&made);
    return status;
}

void rpe_mutant_report_destroy(rpe_mutant_report *report)
{
    rpe_memory_free(report->results);
    *report = (rpe_mutant_report){0};
}
