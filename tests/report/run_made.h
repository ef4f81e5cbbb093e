/* A synthetic run in a directory: rows of two inputs and two samplers, made from exact power laws. */
#ifndef RUN_MADE_H
#define RUN_MADE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpe_test.h"

#include "experiment/row.h"
#include "file/csv.h"
#include "file/output.h"
#include "report/plot.h"

typedef struct run_made {
    const char *name, *title, *picture, *measure;
    double exponent,
        offset;       /* estimate = R^exponent, offset standard errors off its closed form at the first R */
    int closed, lags; /* with a closed form; profiles over so many lags instead of curves */
    int sizes;        /* over the size of two kernels in place of R and samplers */
    int methods;      /* so many in place of samplers; the interval of the last is wide */
    double spread;    /* standard error over the estimate; 0: 0.01 */
    int trials;       /* 0: 20 */
    int untold;       /* rows of a smaller R have too few trials to tell */
    int heads;        /* over the head in place of R */
    int far;          /* 2.5 standard errors off its closed form at lags beyond it; 0: nowhere */
} run_made;

static inline char *made_path(const char *directory, const char *name, const char *suffix)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", directory, name, suffix);
    return path;
}

static inline void made_row(FILE *csv, const run_made *run, const char *input, const char *sampler,
                            int realizations, int lag)
{
    char cells[RPE_COLUMN_COUNT][64] = {{0}};
    double closed = run->lags > 0 ? exp(-abs(lag) / 4.0) : pow(realizations, run->exponent);
    double error = (run->spread > 0 ? run->spread : 0.01) * closed, z = realizations == 4 ? run->offset : 0.5;
    z = run->far > 0 && abs(lag) > run->far ? 2.5 : z;
    snprintf(cells[RPE_COLUMN_input], 64, "%s", input);
    snprintf(cells[RPE_COLUMN_sampler], 64, "%s", sampler);
    snprintf(cells[RPE_COLUMN_measure], 64, "%s", run->measure);
    snprintf(cells[RPE_COLUMN_realizations], 64, "%d", realizations);
    snprintf(cells[RPE_COLUMN_estimate], 64, "%.17g", closed + (run->offset > 1 ? z * error : 0));
    snprintf(cells[RPE_COLUMN_standard_error], 64, "%.17g", error);
    snprintf(cells[RPE_COLUMN_low], 64, "%.17g", closed - 2 * error);
    snprintf(cells[RPE_COLUMN_high], 64, "%.17g", closed + 2 * error);
    if (run->closed) {
        snprintf(cells[RPE_COLUMN_closed_form], 64, "%.17g", closed);
        snprintf(cells[RPE_COLUMN_z], 64, "%.17g", z);
    }
    bool untold = realizations < run->untold;
    if (untold)
        cells[RPE_COLUMN_z][0] = '\0';
    if (run->sizes) {
        snprintf(cells[RPE_COLUMN_kernel], 64, "%s-kernel", sampler);
        snprintf(cells[RPE_COLUMN_size], 64, "%d", realizations);
        snprintf(cells[RPE_COLUMN_sampler], 64, "gaussian");
        snprintf(cells[RPE_COLUMN_realizations], 64, "1");
    }
    if (run->heads) {
        snprintf(cells[RPE_COLUMN_head], 64, "%d", realizations);
        snprintf(cells[RPE_COLUMN_realizations], 64, "1");
    }
    if (run->lags > 0) {
        snprintf(cells[RPE_COLUMN_lag], 64, "%d", lag);
        snprintf(cells[RPE_COLUMN_head], 64, "1");
        snprintf(cells[RPE_COLUMN_feature], 64, "7");
    }
    snprintf(cells[RPE_COLUMN_method], 64, "softmax");
    if (run->methods > 0) {
        bool last = atoi(sampler + strcspn(sampler, "0123456789")) == run->methods;
        snprintf(cells[RPE_COLUMN_method], 64, "%s", sampler);
        snprintf(cells[RPE_COLUMN_sampler], 64, "gaussian");
        snprintf(cells[RPE_COLUMN_low], 64, "%.17g", last ? -closed : closed - 2 * error);
        snprintf(cells[RPE_COLUMN_high], 64, "%.17g", last ? 1e6 * closed : closed + 2 * error);
    }
    snprintf(cells[RPE_COLUMN_queries], 64, "256");
    snprintf(cells[RPE_COLUMN_keys], 64, "256");
    snprintf(cells[RPE_COLUMN_heads], 64, "4");
    snprintf(cells[RPE_COLUMN_features], 64, "32");
    snprintf(cells[RPE_COLUMN_trials], 64, "%d", run->trials > 0 ? run->trials : 20);
    snprintf(cells[RPE_COLUMN_seed], 64, "17");
    snprintf(cells[RPE_COLUMN_status], 64, untold ? "too few trials to tell" : "ok");
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(csv, "%s%s", cells[column], column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
}

/* The name of the n-th method of a run that has several: long, and one character longer than the one before. */
static inline void made_method(int n, char name[64])
{
    snprintf(name, 64, "wwwwwwwwwwwwwwwwwwwwwwww-%d-%.*s", n, n, "mmmmmmmmmmmmmmmmmmmm");
}

static inline void made_write(const char *directory, const run_made *run)
{
    static const char *const inputs[] = {"trained", "gaussian"}, *const samplers[] = {"first", "second"};
    FILE *csv = fopen(made_path(directory, run->name, ".csv"), "w");
    assert_non_null(csv);
    for (int column = 0; column < RPE_COLUMN_COUNT; column++)
        fprintf(csv, "%s%s", rpe_column_name((rpe_column)column), column + 1 < RPE_COLUMN_COUNT ? "," : "\n");
    for (int i = 0; i < run->methods; i++) {
        char method[64];
        made_method(i + 1, method);
        for (int r = 4; r <= 1024; r *= 2)
            made_row(csv, run, inputs[0], method, r, 0);
    }
    for (int i = 0; run->methods == 0 && i < 4; i++)
        for (int r = 4; run->lags == 0 && r <= 1024; r *= 2)
            made_row(csv, run, inputs[i / 2], samplers[i % 2], r, 0);
    for (int i = 0; i < 2; i++)
        for (int lag = -run->lags; run->lags > 0 && lag <= run->lags; lag++)
            made_row(csv, run, inputs[i], samplers[0], 64, lag);
    assert_int_equal(fclose(csv), 0);
    FILE *json = fopen(made_path(directory, run->name, ".json"), "w");
    assert_non_null(json);
    fprintf(json,
            "{\"experiment\": \"%s\", \"title\": \"%s\", \"question\": \"How fast?\", \"picture\": \"%s\","
            " \"axis\": \"%s\", \"complete\": true, \"machine\": {\"version\": \"9.8.7\", \"revision\": "
            "\"abcdef123456\"}}\n",
            run->name, run->title, run->picture,
            run->lags > 0 ? "lag"
            : run->sizes  ? "size"
            : run->heads  ? "head"
                          : "realizations");
    assert_int_equal(fclose(json), 0);
}

/* What `rpebench plot` ends with. */
static inline rpe_status made_plot(const char *directory, const char *scripts, FILE *log, rpe_error *error)
{
    rpe_faults faults = {0};
    rpe_status status = rpe_plot_directory(directory, scripts, log, &faults, error);
    return rpe_faults_end(&faults, stderr, status, error);
}

/* And what `rpebench run` says. */
static inline rpe_status made_sentences(const char *directory, FILE *log, rpe_error *error)
{
    rpe_faults faults = {0};
    rpe_status status = rpe_sentences_print(directory, log, &faults, error);
    return rpe_faults_end(&faults, stderr, status, error);
}

#endif
