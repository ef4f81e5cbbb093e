/* The mutants as a table, Markdown and CSV. */
#include <math.h>

#include "file/csv.h"
#include "report/mutant_report.h"
#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

#define P_CAPACITY 64

/* "<1e-300", or "0.3 > 2e-15" where the claim is deterministic, or "-" */
static const char *evidence_text(const rpe_mutant_result *result, char text[P_CAPACITY])
{
    char p[RPE_P_CAPACITY];
    if (result->rows == 0)
        snprintf(text, P_CAPACITY, "-");
    else if (isnan(result->finding.p))
        snprintf(text, P_CAPACITY, "%.2g %s %.2g", result->finding.statistic,
                 result->finding.statistic <= result->finding.bound ? "<=" : ">", result->finding.bound);
    else
        snprintf(text, P_CAPACITY, "%s", rpe_p_text(result->finding.p, p));
    return text;
}

static const char *place_text(const rpe_mutant_result *result, char *text, size_t capacity)
{
    if (result->rows == 0)
        snprintf(text, capacity, "the claim does not apply");
    else
        snprintf(text, capacity, "%s, %s", result->case_name, result->sampler);
    return text;
}

static void result_print(const rpe_mutant_result *result, bool colour, FILE *stream)
{
    char evidence[P_CAPACITY], place[160], failed[32];
    snprintf(failed, sizeof failed, "%zu/%zu", result->failed, result->rows);
    fprintf(stream, "  %-20.20s %-22.22s %-26.26s %-18.18s %s%s%s\n", result->fault->name,
            result->fault->claim, place_text(result, place, sizeof place), evidence_text(result, evidence),
            result->rejected ? failed : (colour ? "\033[1;31m" : ""), result->rejected ? "" : "NOT REJECTED",
            !result->rejected && colour ? "\033[0m" : "");
    fprintf(stream, "    ");
    rpe_wrapped_print(stream, 4, 4, result->fault->title);
}

void rpe_mutant_table_print(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                            bool colour, FILE *stream)
{
    fprintf(stream,
            "mutants: is each planted fault rejected by its claim?  seed %llu%s, level %g by Holm over the\n"
            "cases of a mutant\n\n  %-20s %-22s %-26s %-18s %s\n",
            (unsigned long long)settings->seed, settings->quick ? ", quick" : "", settings->level, "mutant",
            "claim", "clearest case", "p", "rejected");
    for (int rejected = 0; rejected <= 1; rejected++)
        for (size_t i = 0; i < report->count; i++)
            if (report->results[i].rejected == (rejected == 1))
                result_print(&report->results[i], colour, stream);
    fprintf(stream, "\n%zu of %zu mutants rejected, %zu NOT REJECTED; %.1f s\n", report->rejected,
            report->count, report->count - report->rejected, report->seconds);
}

void rpe_mutant_markdown_print(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                               FILE *stream)
{
    char evidence[P_CAPACITY], place[160];
    fprintf(stream,
            "# Mutants\n\n%zu of %zu planted faults are rejected by the claim named for them. Seed %llu%s, "
            "level %g by Holm over the cases of a mutant.\n\n"
            "| mutant | fault | claim | clearest case | p | cases that reject |\n"
            "| --- | --- | --- | --- | ---: | ---: |\n",
            report->rejected, report->count, (unsigned long long)settings->seed,
            settings->quick ? ", quick" : "", settings->level);
    for (size_t i = 0; i < report->count; i++) {
        const rpe_mutant_result *result = &report->results[i];
        const char *const cells[] = {result->fault->name, result->fault->title, result->fault->claim,
                                     place_text(result, place, sizeof place),
                                     evidence_text(result, evidence)};
        fputc('|', stream);
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            fputc(' ', stream);
            rpe_markdown_print(stream, cells[c]);
            fputs(" |", stream);
        }
        if (result->rejected)
            fprintf(stream, " %zu of %zu |\n", result->failed, result->rows);
        else
            fputs(" **NOT REJECTED** |\n", stream);
    }
}

rpe_status rpe_mutant_csv_write(const rpe_mutant_report *report, const rpe_verification_settings *settings,
                                rpe_output *output, rpe_error *error)
{
    static const char *const names[] = {"mutant",   "fault",  "claim",      "case",      "sampler",
                                        "method",   "p",      "adjusted_p", "statistic", "bound",
                                        "rejected", "failed", "cases",      "seed"};
    enum { COLUMNS = sizeof names / sizeof names[0] };
    rpe_status status = rpe_csv_write_line(output, COLUMNS, names, error);
    for (size_t i = 0; status == RPE_OK && i < report->count; i++) {
        const rpe_mutant_result *result = &report->results[i];
        char p[RPE_NUMBER_CAPACITY], adjusted[RPE_NUMBER_CAPACITY], statistic[RPE_NUMBER_CAPACITY],
            bound[RPE_NUMBER_CAPACITY], failed[RPE_NUMBER_CAPACITY], rows[RPE_NUMBER_CAPACITY],
            seed[RPE_NUMBER_CAPACITY];
        bool applies = result->rows > 0, stochastic = applies && !isnan(result->finding.p);
        snprintf(failed, sizeof failed, "%zu", result->failed);
        snprintf(rows, sizeof rows, "%zu", result->rows);
        snprintf(seed, sizeof seed, "%llu", (unsigned long long)settings->seed);
        const char *const cells[] = {
            result->fault->name,
            result->fault->title,
            result->fault->claim,
            result->case_name,
            result->sampler,
            result->method,
            rpe_number_text(stochastic ? result->finding.p : NAN, p),
            rpe_number_text(stochastic ? result->adjusted_p : NAN, adjusted),
            rpe_number_text(applies ? result->finding.statistic : NAN, statistic),
            rpe_number_text(applies && !stochastic ? result->finding.bound : NAN, bound),
            result->rejected ? "true" : "false",
            failed,
            rows,
            seed};
        status = rpe_csv_write_line(output, COLUMNS, cells, error);
    }
    return status;
}
