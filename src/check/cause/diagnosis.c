/* Each usual cause is undone in the codes that were read.  It is named where they then pass everything: first, as this is fast,
   the tests of one feature on its own, then the whole of the check. */
#include "check/cause/check_diagnosis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "check/cause/check_correction.h"

typedef struct diagnosis {
    rpe_check_report *report;
    rpe_check_correction plain; /* nothing undone */
    rpe_check_feature features[RPE_CHECK_SCREENED];
} diagnosis;

/* Keeps the best, in falling order of p. */
static void fit_keep(rpe_check_report *report, const rpe_check_cause *cause, const char *detail,
                     const char *besides, double p)
{
    rpe_check_fit fit = {.p = p};
    const char *place = strstr(cause->sentence, "%s");
    size_t before = place == NULL ? strlen(cause->sentence) : (size_t)(place - cause->sentence);
    snprintf(fit.name, sizeof fit.name, "%.*s%s%s%s", (int)before, cause->sentence, detail,
             place == NULL ? "" : place + 2, besides);
    for (size_t i = 0; i < report->fit_count; i++)
        if (strcmp(report->fits[i].name, fit.name) == 0)
            return;
    size_t at = report->fit_count < RPE_CHECK_FITS_MAX ? report->fit_count++ : RPE_CHECK_FITS_MAX - 1;
    for (; at > 0 && report->fits[at - 1].p < p; at--)
        report->fits[at] = report->fits[at - 1];
    report->fits[at] = fit;
}

/* Whether the first of the features that are looked at, of those that are not left out, passes on its own; it tells nearly all. */
static rpe_status screen(const rpe_check_correction *correction, bool *passes, rpe_error *error)
{
    size_t width = correction->read->kernel->features;
    *passes = true;
    for (size_t f = 0; f < correction->feature_count; f++) {
        const rpe_check_feature *feature = &correction->features[f];
        double p = 1;
        if (correction->left_out != NULL && correction->left_out[feature->head * width + feature->feature])
            continue;
        rpe_status status = rpe_check_screen(correction, feature, 1, &p, error);
        *passes = p >= correction->settings->level;
        return status;
    }
    return RPE_OK;
}

/* The whole of the check; p: the smallest adjusted one. */
static rpe_status confirm(const rpe_check_correction *correction, bool *passes, double *p, rpe_error *error)
{
    rpe_check_evidence evidence = {0};
    rpe_check_report report = {0};
    rpe_status status = rpe_check_evidence_make(&evidence, &correction->subject, correction->left_out,
                                                correction->settings->threads, error);
    if (status != RPE_OK)
        return status;
    rpe_check_judge(&report, &evidence, correction->settings->level, correction->any_noise);
    *passes = report.draws;
    *p = 1;
    for (size_t i = 0; i < report.finding_count; i++)
        *p = fmin(*p, isnan(report.findings[i].adjusted) ? 1 : report.findings[i].adjusted);
    rpe_check_evidence_destroy(&evidence);
    return RPE_OK;
}

static rpe_status look(diagnosis *d, const rpe_check_cause *cause, const rpe_check_correction *correction,
                       const char *besides, rpe_error *error)
{
    bool passes = false;
    double p = 1;
    rpe_status status = screen(correction, &passes, error);
    d->report->candidates++;
    if (status == RPE_OK && passes)
        status = confirm(correction, &passes, &p, error);
    if (status == RPE_OK && passes)
        fit_keep(d->report, cause, correction->detail, besides, p);
    return status;
}

/* One variant of a cause; scaled: with (R D)^(-1/4), which should not be there or is missing, besides. */
static rpe_status try_variant(diagnosis *d, const rpe_check_cause *cause, size_t variant, bool scaled,
                              rpe_error *error)
{
    rpe_check_correction correction = d->plain;
    correction.variant = variant;
    correction.error = error;
    rpe_status status = rpe_check_correction_begin(&correction);
    bool applies = status == RPE_OK && cause->undo(&correction);
    if (status == RPE_OK)
        status = correction.status;
    if (applies && status == RPE_OK && scaled) {
        correction.variant = 0;
        applies = correction.settings->scaled ? rpe_check_undo_release_scale_absent(&correction)
                                              : rpe_check_undo_release_scale(&correction);
    }
    if (applies && status == RPE_OK)
        status = look(d, cause, &correction,
                      !scaled                       ? ""
                      : correction.settings->scaled ? "; and the codes do not carry (R D)^(-1/4)"
                                                    : "; and the codes carry (R D)^(-1/4)",
                      error);
    rpe_check_correction_end(&correction);
    return status;
}

static rpe_status try_cause(diagnosis *d, const rpe_check_cause *cause, bool scaled, rpe_error *error)
{
    rpe_status status = RPE_OK;
    size_t variants = rpe_check_cause_variants(cause, d->plain.settings->kernel);
    for (size_t variant = 0; variant < variants && status == RPE_OK; variant++) {
        if (cause->turn == RPE_CHECK_REST && d->report->fit_count > 0)
            break;
        status = rpe_interrupt_check("check", error);
        if (status == RPE_OK)
            status = try_variant(d, cause, variant, scaled, error);
    }
    return status;
}

static rpe_status try_turn(diagnosis *d, rpe_check_turn turn, bool scaled, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; i < rpe_check_cause_count() && status == RPE_OK; i++)
        if (rpe_check_cause_at(i)->turn == turn)
            status = try_cause(d, rpe_check_cause_at(i), scaled, error);
    return status;
}

/* Features that fail on their own; where none does, the first few. */
static void choose(diagnosis *d)
{
    const rpe_check_evidence *evidence = d->plain.evidence;
    double inflation = rpe_check_inflation(evidence, d->plain.settings->any_noise);
    double level = d->plain.settings->level / (double)evidence->count;
    size_t count = 0;
    for (size_t f = 0; f < evidence->count && count < RPE_CHECK_SCREENED; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        if (d->report->failing == 0 ||
            rpe_check_feature_p(feature, evidence->window.realizations, inflation) < level)
            d->features[count++] = *feature;
    }
    d->plain.features = d->features;
    d->plain.feature_count = count;
}

rpe_status rpe_check_diagnose(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_subject *subject, const rpe_check_evidence *evidence,
                              rpe_error *error)
{
    diagnosis d = {.report = report,
                   .plain = {.settings = settings, .read = subject, .report = report, .evidence = evidence}};
    choose(&d);
    rpe_status status = try_turn(&d, RPE_CHECK_KERNEL, false, error);
    if (status == RPE_OK)
        status = try_turn(&d, RPE_CHECK_CODES, false, error);
    if (status == RPE_OK)
        status = try_turn(&d, RPE_CHECK_REST, false, error);
    if (status == RPE_OK && report->fit_count == 0)
        status = try_turn(&d, RPE_CHECK_KERNEL, true, error);
    return status;
}
