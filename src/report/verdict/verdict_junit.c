/* Verdicts as JUnit XML, which continuous integration reads. */
#include <math.h>

#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

static void attribute_print(FILE *stream, const char *name, const char *value)
{
    fprintf(stream, " %s=\"", name);
    rpe_xml_print(stream, value);
    fputc('"', stream);
}

static void message_make(const rpe_verdict_row *row, char *text, size_t capacity)
{
    char p[RPE_P_CAPACITY], adjusted[RPE_P_CAPACITY];
    const rpe_finding *finding = &row->finding;
    if (isnan(finding->p))
        snprintf(text, capacity, "%s: expected at most %.6g, found %.6g", row->claim->title, finding->bound,
                 finding->statistic);
    else
        snprintf(text, capacity, "%s: statistic %.6g, p %s, adjusted p %s, %zu trials", row->claim->title,
                 finding->statistic, rpe_p_text(finding->p, p), rpe_p_text(row->adjusted_p, adjusted),
                 finding->trials);
}

static void complaint_print(const rpe_verdict_report *report, const rpe_verdict_row *row, FILE *stream)
{
    char message[RPE_ERROR_CAPACITY], command[RPE_COMMAND_CAPACITY];
    message_make(row, message, sizeof message);
    fputs("      <failure", stream);
    attribute_print(stream, "type", row->verdict == RPE_VERDICT_FAILS ? "fails" : "suspect");
    attribute_print(stream, "message", message);
    fputc('>', stream);
    rpe_xml_print(stream, rpe_verdict_command(report, row, command));
    fputs("</failure>\n", stream);
}

static void case_print(const rpe_verdict_report *report, const rpe_verdict_row *row, FILE *stream)
{
    char name[256];
    snprintf(name, sizeof name, "%s, %s, %s", row->case_name, row->sampler, row->method);
    fputs("    <testcase", stream);
    attribute_print(stream, "classname", row->claim->name);
    attribute_print(stream, "name", name);
    if (row->verdict == RPE_VERDICT_HOLDS) {
        fputs("/>\n", stream);
        return;
    }
    fputs(">\n", stream);
    if (row->verdict == RPE_VERDICT_NOT_APPLICABLE) {
        fputs("      <skipped", stream);
        attribute_print(stream, "message", row->reason);
        fputs("/>\n", stream);
    } else {
        complaint_print(report, row, stream);
    }
    fputs("    </testcase>\n", stream);
}

static void suite_print(const rpe_verdict_report *report, size_t first, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    const rpe_claim *claim = verification->rows[first].claim;
    size_t counts[RPE_VERDICT_COUNT] = {0}, tests = 0;
    for (size_t i = first; i < verification->count; i++)
        if (verification->rows[i].claim == claim) {
            counts[verification->rows[i].verdict]++;
            tests++;
        }
    fputs("  <testsuite", stream);
    attribute_print(stream, "name", claim->name);
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests,
            counts[RPE_VERDICT_FAILS] + counts[RPE_VERDICT_SUSPECT], counts[RPE_VERDICT_NOT_APPLICABLE]);
    for (size_t i = first; i < verification->count; i++)
        if (verification->rows[i].claim == claim)
            case_print(report, &verification->rows[i], stream);
    fputs("  </testsuite>\n", stream);
}

void rpe_verdict_junit_print(const rpe_verdict_report *report, FILE *stream)
{
    const rpe_verification *verification = report->verification;
    const size_t *counts = verification->verdicts;
    const rpe_claim *claim = NULL;
    fprintf(stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rpebench verify\" tests=\"%zu\" "
            "failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n",
            verification->count, counts[RPE_VERDICT_FAILS] + counts[RPE_VERDICT_SUSPECT],
            counts[RPE_VERDICT_NOT_APPLICABLE], verification->seconds);
    for (size_t i = 0; i < verification->count; i++) {
        if (verification->rows[i].claim != claim)
            suite_print(report, i, stream);
        claim = verification->rows[i].claim;
    }
    fputs("</testsuites>\n", stream);
}
