/* Verdicts as CSV and JSON. */
#include <math.h>

#include "base/clock.h"
#include "file/csv.h"
#include "file/json.h"
#include "file/provenance.h"
#include "report/verdict_report.h"

enum {
    CLAIM,
    CASE,
    SAMPLER,
    METHOD,
    VERDICT,
    STATISTIC,
    P,
    ADJUSTED_P,
    BOUND,
    TRIALS,
    EFFECT,
    EFFECT_ERROR,
    WANTED_EFFECT,
    EFFECT_UNIT,
    STATISTIC_NAME,
    LEVEL,
    FAMILY,
    SEED,
    QUICK,
    REASON,
    COMMAND,
    TITLE,
    COLUMNS
};

static const char *const names[COLUMNS] = {
    [CLAIM] = "claim",
    [CASE] = "case",
    [SAMPLER] = "sampler",
    [METHOD] = "method",
    [VERDICT] = "verdict",
    [STATISTIC] = "statistic",
    [P] = "p",
    [ADJUSTED_P] = "adjusted_p",
    [BOUND] = "bound",
    [TRIALS] = "trials",
    [EFFECT] = "effect",
    [EFFECT_ERROR] = "effect_error",
    [WANTED_EFFECT] = "wanted_effect",
    [EFFECT_UNIT] = "effect_unit",
    [STATISTIC_NAME] = "statistic_name",
    [LEVEL] = "level",
    [FAMILY] = "family",
    [SEED] = "seed",
    [QUICK] = "quick",
    [REASON] = "reason",
    [COMMAND] = "command",
    [TITLE] = "title",
};

static bool is_stochastic(const rpe_verdict_row *row)
{
    return row->verdict != RPE_VERDICT_NOT_APPLICABLE && !isnan(row->finding.p);
}

/* The numbers of a row, by column; NaN: empty. */
static void numbers_make(const rpe_verdict_report *report, const rpe_verdict_row *row,
                         double numbers[COLUMNS])
{
    const rpe_finding *finding = &row->finding;
    bool applies = row->verdict != RPE_VERDICT_NOT_APPLICABLE, stochastic = is_stochastic(row);
    for (size_t i = 0; i < COLUMNS; i++)
        numbers[i] = NAN;
    numbers[STATISTIC] = applies ? finding->statistic : NAN;
    numbers[P] = stochastic ? finding->p : NAN;
    numbers[ADJUSTED_P] = stochastic ? row->adjusted_p : NAN;
    numbers[BOUND] = applies && !stochastic ? finding->bound : NAN;
    numbers[TRIALS] = applies ? (double)finding->trials : NAN;
    numbers[EFFECT] = stochastic ? row->effect : NAN;
    numbers[EFFECT_ERROR] = stochastic ? finding->effect_error : NAN;
    numbers[WANTED_EFFECT] = row->claim->wanted_effect > 0.0 ? row->claim->wanted_effect : NAN;
    numbers[LEVEL] = report->settings->level;
    numbers[FAMILY] = (double)report->verification->family;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* The texts of a row, by column; NULL: a number. */
static void texts_make(const rpe_verdict_report *report, const rpe_verdict_row *row, const char *command,
                       const char *texts[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++)
        texts[i] = NULL;
    texts[CLAIM] = row->claim->name;
    texts[CASE] = row->case_name;
    texts[SAMPLER] = row->sampler;
    texts[METHOD] = row->method;
    texts[VERDICT] = row->verdict == RPE_VERDICT_FAILS ? "fails" : rpe_verdict_name(row->verdict);
    texts[EFFECT_UNIT] = or_empty(row->claim->effect);
    texts[STATISTIC_NAME] = or_empty(row->claim->statistic);
    texts[QUICK] = report->settings->quick ? "true" : "false";
    texts[REASON] = row->reason;
    texts[COMMAND] = command;
    texts[TITLE] = or_empty(row->claim->title);
}

static rpe_status csv_row_write(const rpe_verdict_report *report, const rpe_verdict_row *row,
                                rpe_output *output, rpe_error *error)
{
    char command[RPE_COMMAND_CAPACITY], written[COLUMNS][RPE_NUMBER_CAPACITY];
    const char *texts[COLUMNS];
    double numbers[COLUMNS];
    texts_make(report, row, rpe_verdict_command(report, row, command), texts);
    numbers_make(report, row, numbers);
    for (size_t i = 0; i < COLUMNS; i++)
        if (texts[i] == NULL)
            texts[i] = rpe_number_text(numbers[i], written[i]);
    snprintf(written[SEED], sizeof written[SEED], "%llu", (unsigned long long)report->settings->seed);
    texts[SEED] = written[SEED];
    return rpe_csv_write_line(output, COLUMNS, texts, error);
}

rpe_status rpe_verdict_csv_write(const rpe_verdict_report *report, rpe_output *output, rpe_error *error)
{
    rpe_status status = rpe_csv_write_line(output, COLUMNS, names, error);
    for (size_t i = 0; status == RPE_OK && i < report->verification->count; i++)
        status = csv_row_write(report, &report->verification->rows[i], output, error);
    return status;
}

/* What all rows share is in "settings". */
static json_t *row_make(const rpe_verdict_report *report, const rpe_verdict_row *row)
{
    char command[RPE_COMMAND_CAPACITY];
    const char *texts[COLUMNS];
    double numbers[COLUMNS];
    json_t *object = json_object();
    int failed = object == NULL;
    texts_make(report, row, rpe_verdict_command(report, row, command), texts);
    numbers_make(report, row, numbers);
    for (size_t i = 0; !failed && i < COLUMNS; i++) {
        if (i == LEVEL || i == FAMILY || i == SEED || i == QUICK)
            continue;
        if (texts[i] != NULL)
            failed = json_object_set_new(object, names[i], json_string(texts[i]));
        else if (i == TRIALS)
            failed = json_object_set_new(object, names[i], json_integer((json_int_t)row->finding.trials));
        else
            failed = json_object_set_new(object, names[i], rpe_json_real(numbers[i]));
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *rows_make(const rpe_verdict_report *report)
{
    json_t *rows = json_array();
    int failed = rows == NULL;
    for (size_t i = 0; !failed && i < report->verification->count; i++)
        failed = json_array_append_new(rows, row_make(report, &report->verification->rows[i]));
    if (!failed)
        return rows;
    json_decref(rows);
    return NULL;
}

rpe_status rpe_verdict_json_write(const rpe_verdict_report *report, rpe_output *output, rpe_error *error)
{
    const rpe_verification *verification = report->verification;
    const rpe_verification_settings *settings = report->settings;
    const size_t *counts = verification->verdicts;
    char date[RPE_CLOCK_CAPACITY],
        seed[RPE_NUMBER_CAPACITY]; /* a seed may exceed what a reader's number holds */
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)settings->seed);
    json_t *root =
        json_pack("{s:s, s:{s:s, s:b, s:f, s:i}, s:i, s:f, s:{s:i, s:i, s:i, s:i}, s:o, s:o}", "date",
                  rpe_clock_date(date), "settings", "seed", seed, "quick", (int)settings->quick, "level",
                  settings->level, "threads", settings->threads, "family", (int)verification->family,
                  "seconds", verification->seconds, "counts", "holds", (int)counts[RPE_VERDICT_HOLDS],
                  "fails", (int)counts[RPE_VERDICT_FAILS], "suspect", (int)counts[RPE_VERDICT_SUSPECT],
                  "not_applicable", (int)counts[RPE_VERDICT_NOT_APPLICABLE], "verdicts", rows_make(report),
                  "machine", rpe_provenance_machine());
    return rpe_json_output(root, output, error);
}
