/* What `rpebench verify` found, for people and for machines.  The writers go to a stream; what the stream refuses is found by
   whoever closes it. */
#ifndef RPE_VERDICT_REPORT_H
#define RPE_VERDICT_REPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "file/output.h"
#include "quantity/claim/verification.h"

#define RPE_TABLE_WIDTH 100

typedef struct rpe_verdict_style {
    bool all;    /* every line; else those that hold are one line a claim */
    bool colour; /* escape sequences of a terminal */
} rpe_verdict_style;

typedef struct rpe_verdict_report {
    const rpe_verification *verification;
    const rpe_verification_settings *settings;
    rpe_verdict_style style;
} rpe_verdict_report;

/* Fails first, then suspect, then holds; what does not apply is counted with its reasons.  At most RPE_TABLE_WIDTH columns, but
   for the commands that repeat a line. */
void rpe_verdict_table_print(const rpe_verdict_report *report, FILE *stream);
void rpe_verdict_markdown_print(const rpe_verdict_report *report, FILE *stream);
/* A suite a claim, a case a row. */
void rpe_verdict_junit_print(const rpe_verdict_report *report, FILE *stream);
/* A line a row, all fields. */
rpe_status rpe_verdict_csv_write(const rpe_verdict_report *report, rpe_output *output, rpe_error *error);
/* Settings, counts, verdicts, and the machine. */
rpe_status rpe_verdict_json_write(const rpe_verdict_report *report, rpe_output *output, rpe_error *error);

/* ---- shared by these ---- */

/* The command that repeats exactly this row: rpebench verify score-mean --case "sine gated" ... */
#define RPE_COMMAND_CAPACITY 512
const char *rpe_verdict_command(const rpe_verdict_report *report, const rpe_verdict_row *row,
                                char text[RPE_COMMAND_CAPACITY]);

/* The rows of one claim and verdict. */
typedef struct rpe_verdict_group {
    const rpe_claim *claim;
    size_t count, applicable; /* rows of the verdict; of the claim, "n/a" left out */
    double adjusted_p;        /* smallest; NaN: deterministic */
    double effect;            /* largest, so of the weakest case; NaN: deterministic */
    double statistic, bound;  /* deterministic: of the row nearest to its bound */
    size_t trials_least, trials_most;
} rpe_verdict_group;

/* false where the claim has no such row. */
bool rpe_verdict_group_find(const rpe_verification *verification, const rpe_claim *claim, rpe_verdict verdict,
                            rpe_verdict_group *group);

/* The rows that share a reason of "n/a": how many rows have this one's; 0 when an earlier row has it. */
size_t rpe_verdict_reason_count(const rpe_verification *verification, size_t row);
/* Their claims, joined by ", ". */
#define RPE_CLAIMS_CAPACITY 2048
const char *rpe_verdict_reason_claims(const rpe_verification *verification, size_t row,
                                      char text[RPE_CLAIMS_CAPACITY]);

/* "8000", "200 to 8000" */
#define RPE_TRIALS_CAPACITY 48
const char *rpe_verdict_trials_text(const rpe_verdict_group *group, char text[RPE_TRIALS_CAPACITY]);

/* "15 hold, 1 fails, 0 suspect, 2 not applicable" */
#define RPE_COUNTS_CAPACITY 128
const char *rpe_verdict_counts_text(const rpe_verification *verification, char text[RPE_COUNTS_CAPACITY]);

/* The text in lines of at most RPE_TABLE_WIDTH characters; the first starts at the column where the stream is. */
void rpe_wrapped_print(FILE *stream, size_t column, size_t indent, const char *text);

/* With the characters that mean something to Markdown escaped; newlines become spaces. */
void rpe_markdown_print(FILE *stream, const char *text);
/* As text or attribute of XML 1.0: the five special characters escaped, what is no character of XML becomes '?'. */
void rpe_xml_print(FILE *stream, const char *text);
#endif
