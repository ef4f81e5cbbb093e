/* Two result sets, row by row. */
#ifndef RPE_COMPARISON_H
#define RPE_COMPARISON_H

#include "file/output.h"
#include "report/compare/change.h"
#include "report/result_set.h"

/* A row of the new run and its counterpart in the baseline. */
typedef struct rpe_compared_row {
    const rpe_result_record *records[2]; /* baseline, new */
    size_t rows[2];
    rpe_change change;
} rpe_compared_row;

/* Rows of one experiment and measure. */
typedef struct rpe_compared_group {
    const rpe_result_record *record;  /* of the new run */
    const rpe_result_record *pair[2]; /* baseline, new */
    const rpe_measure *measure;       /* NULL: not known to this version */
    size_t count, verdicts[RPE_CHANGE_VERDICTS];
    double logarithms; /* sum over the rows that have one: of the ratio */
    size_t ratios;
    double detects_least, detects_most; /* NaN where nothing was tested */
} rpe_compared_group;

/* The rows of a measure together, whatever their experiment. */
typedef struct rpe_pooled_change {
    const rpe_measure *measure;
    size_t rows, parts; /* parts: of rows that share their trials */
    rpe_change change;
} rpe_pooled_change;

/* A row, or a whole experiment, that only one of the runs has. */
typedef struct rpe_single_row {
    const rpe_result_record *record;
    size_t row;
    size_t side; /* 0: in the baseline, 1: in the new run */
    bool whole;  /* of an experiment that the other run lacks: no row is looked at */
} rpe_single_row;

typedef struct rpe_comparison {
    const rpe_result_set *sets[2];
    rpe_change_limits limits;
    bool any_machine; /* times of different machines are compared too */
    rpe_compared_row *rows;
    size_t count;
    rpe_single_row *singles;
    size_t single_count;
    rpe_compared_group *groups;
    size_t group_count;
    rpe_pooled_change *pooled;
    size_t pooled_count;
    size_t family; /* rows and pooled tests with a p-value */
    size_t verdicts[RPE_CHANGE_VERDICTS];
} rpe_comparison;

/* Rows are joined by experiment, size (quick or full), point and measure, and the labels head, feature and lag; of several results
   of one experiment and size in the baseline that of the same machine is taken.  limits and any_machine are set by
   the caller, the rest is zero; the sets must outlive the comparison.  No experiment in common, two rows of one key, or nothing
   that can be compared are errors. */
rpe_status rpe_comparison_make(rpe_comparison *comparison, const rpe_result_set *baseline,
                               const rpe_result_set *run, rpe_error *error);
void rpe_comparison_destroy(rpe_comparison *comparison);

/* A change for the worse, or of what has no better way, of a row or of pooled rows. */
bool rpe_comparison_is_unfavourable(const rpe_comparison *comparison);
/* Rows or experiments of the baseline that the new run lacks, or a run that was stopped. */
bool rpe_comparison_is_missing(const rpe_comparison *comparison);
/* Rows of which nothing can be told, or that lack the power asked for. */
bool rpe_comparison_is_undecided(const rpe_comparison *comparison);

/* What the tables show of a row: all where all is set, else what changed and the first of what is inconclusive. */
typedef struct rpe_comparison_style {
    bool all, colour;
} rpe_comparison_style;

void rpe_comparison_table_print(const rpe_comparison *comparison, const rpe_comparison_style *style,
                                FILE *stream);
void rpe_comparison_markdown_print(const rpe_comparison *comparison, const rpe_comparison_style *style,
                                   FILE *stream);
rpe_status rpe_comparison_json_write(const rpe_comparison *comparison, rpe_output *output, rpe_error *error);

/* ---- shared by the sources of this ---- */

/* Counts the verdicts, of all rows and by experiment and measure. */
rpe_status rpe_comparison_group(rpe_comparison *comparison, rpe_error *error);

/* Whether two results are of one kind of machine: processor, number of processors, system. */
const char *rpe_result_machine_text(const rpe_result_record *record, const char *key); /* "": not recorded */
bool rpe_result_same_machine(const rpe_result_record *a, const rpe_result_record *b);

/* "trained sine, softmax, gaussian, R = 64, causal, head 1, feature 2, lag -3" */
#define RPE_PLACE_CAPACITY 512
const char *rpe_result_place_text(const rpe_result_record *record, size_t row, char text[RPE_PLACE_CAPACITY]);
/* "rpebench 0.1.0 1a2b3c4d5e6f, GNU 12.2.0 Release, Intel ..., 2026-01-31T23:59:59Z": what made the first result of a set */
#define RPE_MADE_CAPACITY 512
const char *rpe_result_made_text(const rpe_result_set *set, char text[RPE_MADE_CAPACITY]);
/* What made two runs and is not the same in them: compiler, flags, libraries, processor, threads. */
typedef void (*rpe_difference_writer)(void *context, const char *name, const char *baseline, const char *run);
void rpe_comparison_differences(const rpe_comparison *comparison, rpe_difference_writer writer,
                                void *context);

/* "+3.1 %" */
#define RPE_CHANGE_CAPACITY 48
const char *rpe_change_percent_text(double change, char text[RPE_CHANGE_CAPACITY]);
/* "[+2.0, +4.1]", "[-, -]" */
const char *rpe_change_interval_text(const rpe_change *change, char text[RPE_CHANGE_CAPACITY]);
/* "0.0884 ± 1.6 %": estimate of a row and half of its confidence interval */
const char *rpe_result_estimate_text(const rpe_result_record *record, size_t row,
                                     char text[RPE_CHANGE_CAPACITY]);
/* What stands behind the verdict: how it was tested, what could not be seen. */
#define RPE_REMARK_CAPACITY 384
const char *rpe_change_remark_text(const rpe_change *change, char text[RPE_REMARK_CAPACITY]);

/* Geometric mean of new/baseline, less 1; NaN where there is none. */
double rpe_compared_group_change(const rpe_compared_group *group);
/* Rows without a counterpart: those of one side. */
size_t rpe_comparison_singles(const rpe_comparison *comparison, size_t side);
/* The first row that is not compared for the same reason, and how many there are: 0 for any but the first. */
size_t rpe_comparison_reason_count(const rpe_comparison *comparison, size_t row);

#endif
