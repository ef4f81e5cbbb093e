/* rpebench check: are codes, from any program, draws for a kernel? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "check/check.h"
#include "cli/command.h"
#include "cli/files.h"
#include "file/json.h"
#include "file/npy.h"
#include "statistic/hypothesis.h"

enum { KERNEL, QUERY_CODES, KEY_CODES, SCALED, ANY_NOISE, LAYOUT, LEVEL, JSON, OPTION_COUNT };

static const rpe_option options[OPTION_COUNT] = {
    [KERNEL] = {.name = "kernel",
                .placeholder = "K.json",
                .help = "position kernel",
                .type = RPE_OPTION_PATH,
                .required = true},
    [QUERY_CODES] = {.name = "query-codes",
                     .placeholder = "Q.npy",
                     .help =
                         "codes of the queries, [M,H,D,R] (images: an axis each; a batch axis of 1 may lead)",
                     .type = RPE_OPTION_PATH,
                     .required = true},
    [KEY_CODES] = {.name = "key-codes",
                   .placeholder = "K.npy",
                   .help = "codes of the keys, [N,H,D,R]",
                   .type = RPE_OPTION_PATH,
                   .required = true},
    [SCALED] = {.name = "scaled",
                .help = "the codes carry (R D)^(-1/4), as the authors' released code returns them",
                .type = RPE_OPTION_FLAG},
    [ANY_NOISE] =
        {.name = "any-noise",
         .help = "independent noise of unit variance that is not Gaussian will do (noise of orthogonal or "
                 "quadrature samplers is not independent: it is refused)",
         .type = RPE_OPTION_FLAG},
    [LAYOUT] = {.name = "layout",
                .placeholder = "ORDER",
                .help = "order of the axes: n positions, h heads, d features, r realizations (hndr, ...)",
                .type = RPE_OPTION_TEXT,
                .fallback = RPE_CHECK_LAYOUT},
    [LEVEL] = {.name = "level",
               .placeholder = "P",
               .help = "probability that true codes are refused",
               .type = RPE_OPTION_NUMBER,
               .low = 0,
               .high = 1,
               .fallback = "0.001"},
    [JSON] = {.name = "json",
              .placeholder = "FILE",
              .help = "write the findings as JSON",
              .type = RPE_OPTION_PATH,
              .written = true},
};

static const char *const verdict_names[] = {
    [RPE_CHECK_HOLDS] = "holds", [RPE_CHECK_FAILS] = "fails", [RPE_CHECK_NOT_APPLICABLE] = "not applicable"};

static void finding_print(const rpe_check_finding *finding)
{
    char p[RPE_P_CAPACITY], adjusted[RPE_P_CAPACITY];
    if (finding->verdict == RPE_CHECK_NOT_APPLICABLE) {
        printf("%-42s %11s %9s %9s  %s\n", finding->hypothesis, "-", "-", "-",
               verdict_names[finding->verdict]);
        return;
    }
    printf("%-42s %11.5g %9s %9s  %s", finding->hypothesis, finding->statistic, rpe_p_text(finding->p, p),
           rpe_p_text(finding->adjusted, adjusted), verdict_names[finding->verdict]);
    if (isfinite(finding->detectable))
        printf("  %.2g %s", finding->detectable, finding->effect);
    printf("\n");
}

static void report_print(const rpe_check_report *report)
{
    printf("codes read as M = %zu and N = %zu positions, H = %zu heads, D = %zu, R = %zu\n\n",
           report->queries, report->keys, report->heads, report->features, report->realizations);
    printf("%-42s %11s %9s %9s  %s\n", "hypothesis", "statistic", "p", "adjusted",
           "verdict, smallest effect that is seen");
    for (int failing = 1; failing >= 0; failing--)
        for (size_t i = 0; i < report->finding_count; i++)
            if ((report->findings[i].verdict == RPE_CHECK_FAILS) == failing)
                finding_print(&report->findings[i]);
    printf("\n%s\n", report->sentence);
}

static json_t *finding_json(const rpe_check_finding *finding)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:s}", "hypothesis", finding->hypothesis, "kind",
                     finding->kind, "statistic", rpe_json_real(finding->statistic), "p",
                     rpe_json_real(finding->p), "adjusted", rpe_json_real(finding->adjusted), "verdict",
                     verdict_names[finding->verdict], "detectable", rpe_json_real(finding->detectable),
                     "effect", finding->effect);
}

static json_t *report_json(const rpe_check_report *report, const rpe_check_settings *settings)
{
    json_t *findings = json_array(), *fits = json_array();
    for (size_t i = 0; i < report->finding_count; i++)
        json_array_append_new(findings, finding_json(&report->findings[i]));
    for (size_t i = 0; i < report->fit_count; i++)
        json_array_append_new(fits,
                              json_pack("{s:s, s:f}", "error", report->fits[i].name, "p", report->fits[i].p));
    return json_pack(
        "{s:b, s:s, s:f, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, "
        "s:I, s:o, s:o}",
        "draws", report->draws, "sentence", report->sentence, "level", settings->level, "kernel",
        settings->kernel->path, "query_codes", settings->query_name, "key_codes", settings->key_name,
        "layout", settings->layout, "scaled", settings->scaled, "any_noise", settings->any_noise,
        "realizations", (json_int_t)report->realizations, "realizations_used",
        (json_int_t)report->realizations_used, "queries", (json_int_t)report->queries, "queries_used",
        (json_int_t)report->queries_used, "keys", (json_int_t)report->keys, "keys_used",
        (json_int_t)report->keys_used, "directions", (json_int_t)report->directions, "unresolved",
        (json_int_t)report->unresolved, "excess_kurtosis", rpe_json_real(report->kurtosis),
        "failing_features", (json_int_t)report->failing, "fits", fits, "findings", findings);
}

static rpe_status json_store(const char *path, const rpe_check_report *report,
                             const rpe_check_settings *settings, rpe_error *error)
{
    json_t *document = report_json(report, settings);
    if (document == NULL)
        return rpe_error_memory(error, path, 1, sizeof *report);
    rpe_status status = rpe_json_write(document, path, error);
    json_decref(document);
    return status;
}

static rpe_status codes_read(rpe_check_settings *settings, rpe_kernel **kernel, rpe_array codes[2],
                             const rpe_arguments *arguments, rpe_error *error)
{
    const char *json = arguments->values[JSON].text;
    rpe_status status = json == NULL ? RPE_OK : rpe_files_path_check(json, error);
    if (status == RPE_OK)
        status = rpe_kernel_read(kernel, arguments->values[KERNEL].text, error);
    if (status == RPE_OK)
        status = rpe_npy_read(settings->query_name, RPE_NPY_AS_STORED, &codes[0], error);
    if (status == RPE_OK)
        status = rpe_npy_read(settings->key_name, RPE_NPY_AS_STORED, &codes[1], error);
    settings->kernel = *kernel;
    return status;
}

static rpe_status check_judge(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    rpe_kernel *kernel = NULL;
    rpe_array codes[2] = {{0}, {0}};
    rpe_check_report report;
    rpe_check_settings settings = {.query_codes = &codes[0],
                                   .key_codes = &codes[1],
                                   .query_name = arguments->values[QUERY_CODES].text,
                                   .key_name = arguments->values[KEY_CODES].text,
                                   .layout = arguments->values[LAYOUT].text,
                                   .scaled = arguments->values[SCALED].given,
                                   .any_noise = arguments->values[ANY_NOISE].given,
                                   .level = arguments->values[LEVEL].number,
                                   .threads = arguments->threads};
    rpe_status status = codes_read(&settings, &kernel, codes, arguments, error);
    if (status == RPE_OK)
        status = rpe_check_run(&report, &settings, error);
    if (status == RPE_OK)
        status = rpe_interrupt_check("check", error);
    if (status == RPE_OK && arguments->values[JSON].text != NULL)
        status = json_store(arguments->values[JSON].text, &report, &settings, error);
    if (status == RPE_OK && !arguments->quiet)
        report_print(&report);
    if (status == RPE_OK && !report.draws)
        *outcome = RPE_OUTCOME_UNFAVOURABLE;
    rpe_array_destroy(&codes[1]);
    rpe_array_destroy(&codes[0]);
    rpe_kernel_destroy(kernel);
    return status;
}

const rpe_command rpe_command_check = {
    .name = "check",
    .title = "are codes, from any program, draws for a kernel?",
    .description =
        "Tests codes of queries and keys (single or double precision) against what the kernel says: nothing "
        "outside\n"
        "the range of the coefficients, means, variances and cross terms, Gaussian noise, independence over\n"
        "directions, realizations, features and heads.  Where they fail, names the usual cause: that with "
        "which\n"
        "undone they pass everything.  Where there is none, says what differs.\n"
        "Exit status 0: they are draws; 1: they are not; 2: bad input.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .judge = check_judge,
};
