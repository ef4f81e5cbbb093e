/* The features that fail are measured again, as draws for the kernel with each of the usual errors. */
#include "rpe_check_diagnosis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rpe_hypothesis.h"
#include "rpe_parallel.h"

#define LOOKED_AT_MOST 12 /* features */

typedef struct diagnosis {
    rpe_check_report *report;
    const rpe_check_settings *settings;
    const rpe_check_subject *subject;
    const rpe_check_evidence *evidence;
    rpe_check_feature features[LOOKED_AT_MOST];
    size_t count;
    double deflation; /* mean square of the whitened codes of these features */
} diagnosis;

/* A factor on the codes: (R D)^(1/4) too many, and relatives. */
typedef struct scaling {
    const char *name;
    double realizations, features; /* exponents of R and D in the factor that undoes the error */
} scaling;

static const scaling scalings[] = {
    {"the codes carry (R D)^(-1/4): use --scaled", 0.25, 0.25},
    {"the codes carry (R D)^(1/4)", -0.25, -0.25},
    {"the codes carry R^(-1/4)", 0.25, 0},
    {"the codes carry D^(-1/4)", 0, 0.25},
    {"the codes carry R^(-1/2)", 0.5, 0},
};

/* The same where --scaled was given. */
static const scaling scalings_of_scaled[] = {
    {"the codes do not carry (R D)^(-1/4): do not use --scaled", -0.25, -0.25},
    {"the codes carry (R D)^(-1/4) twice", 0.25, 0.25},
    {"the codes carry R^(-1/4) without the D", 0, -0.25},
    {"the codes carry D^(-1/4) without the R", -0.25, 0},
    {"the codes carry R^(-1/2) without the D", 0.25, -0.25},
};
#define SCALINGS (sizeof scalings / sizeof scalings[0])

/* p-value of the features for that subject; NaN when it cannot be one. */
static rpe_status try_subject(diagnosis *d, const rpe_check_subject *subject, double *p, rpe_error *error)
{
    rpe_check_window window;
    rpe_check_feature features[LOOKED_AT_MOST];
    double each[LOOKED_AT_MOST];
    rpe_status status = rpe_check_window_choose(&window, subject, error);
    if (status != RPE_OK)
        return status;
    for (size_t f = 0; f < d->count; f++)
        features[f] = (rpe_check_feature){.head = d->features[f].head, .feature = d->features[f].feature};
    status = rpe_check_features_measure(features, d->count, subject, &window, d->settings->threads, error);
    if (status != RPE_OK)
        return status;
    double inflation = rpe_check_inflation(d->evidence, d->settings->any_noise);
    for (size_t f = 0; f < d->count; f++)
        each[f] = rpe_check_feature_p(&features[f], window.realizations, inflation);
    *p = rpe_holm_smallest(d->count, each);
    return RPE_OK;
}

/* Keeps the best, in falling order of p. */
static void fit_keep(rpe_check_report *report, const char *name, const char *suffix, double p)
{
    size_t at = report->fit_count < RPE_CHECK_FITS_MAX ? report->fit_count++ : RPE_CHECK_FITS_MAX - 1;
    for (; at > 0 && report->fits[at - 1].p < p; at--)
        report->fits[at] = report->fits[at - 1];
    report->fits[at].p = p;
    snprintf(report->fits[at].name, sizeof report->fits[at].name, "%s%s", name, suffix);
}

static rpe_status try_error(diagnosis *d, const rpe_check_subject *subject, const char *name,
                            const char *suffix, rpe_error *error)
{
    double p = 0;
    rpe_status status = try_subject(d, subject, &p, error);
    if (status != RPE_OK)
        return status;
    d->report->candidates++;
    if (p >= d->settings->level)
        fit_keep(d->report, name, suffix, p);
    return RPE_OK;
}

static void factor_apply(rpe_check_subject *subject, const scaling *by, bool query, bool key)
{
    double factor = pow((double)subject->realizations, by->realizations) *
                    pow((double)subject->kernel->features, by->features);
    subject->factor[0] *= query ? factor : 1;
    subject->factor[1] *= key ? factor : 1;
}

static const scaling *scalings_of(const diagnosis *d)
{
    return d->settings->scaled ? scalings_of_scaled : scalings;
}

static bool is_one(const rpe_check_subject *subject, const scaling *by)
{
    rpe_check_subject changed = *subject;
    factor_apply(&changed, by, true, true);
    return fabs(changed.factor[0] / subject->factor[0] - 1) < 1e-9;
}

static rpe_status try_scalings(diagnosis *d, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; i < SCALINGS && status == RPE_OK; i++) {
        rpe_check_subject subject = *d->subject;
        if (is_one(&subject, &scalings_of(d)[i]))
            continue;
        factor_apply(&subject, &scalings_of(d)[i], true, true);
        status = try_error(d, &subject, scalings_of(d)[i].name, "", error);
    }
    for (int side = 0; side < 2 && status == RPE_OK && !is_one(d->subject, scalings_of(d)); side++) {
        rpe_check_subject subject = *d->subject;
        factor_apply(&subject, scalings_of(d), side == 0, side == 1);
        status = try_error(d, &subject, scalings_of(d)[0].name,
                           side == 0 ? " (the queries alone)" : " (the keys alone)", error);
    }
    return status;
}

/* One kernel error; with `also`, that scaling besides. */
static rpe_status try_kernel(diagnosis *d, const rpe_check_error *usual, const scaling *also,
                             rpe_error *error)
{
    rpe_kernel *changed = NULL;
    rpe_status status = rpe_check_kernel_copy(&changed, d->settings->kernel, error);
    if (status != RPE_OK)
        return status;
    rpe_check_subject subject = *d->subject;
    subject.kernel = changed;
    char suffix[RPE_CHECK_NAME_CAPACITY] = "";
    if (also != NULL) {
        factor_apply(&subject, also, true, true);
        snprintf(suffix, sizeof suffix, "; and %s", also->name);
    }
    rpe_check_failure failure = {RPE_OK, error};
    bool changes = usual->change(changed, &failure);
    status = failure.status;
    if (changes && status == RPE_OK)
        status = try_error(d, &subject, usual->name, suffix, error);
    rpe_kernel_destroy(changed);
    return status;
}

static rpe_status try_kernels(diagnosis *d, const scaling *also, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; i < rpe_check_error_count() && status == RPE_OK; i++) {
        if (rpe_interrupt_requested())
            return rpe_error_set(error, RPE_ERROR_INTERRUPTED, "check: interrupted");
        status = try_kernel(d, rpe_check_error_at(i), also, error);
    }
    return status;
}

static rpe_status try_layouts(diagnosis *d, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; i < RPE_CHECK_LAYOUTS && status == RPE_OK; i++) {
        char layout[RPE_CHECK_LETTERS + 1], name[64];
        rpe_check_subject subject = *d->subject;
        rpe_check_layout_text(i, layout);
        if (strcmp(layout, d->settings->layout) == 0 ||
            rpe_check_subject_view(&subject, d->settings, layout, NULL) != RPE_OK)
            continue;
        double factor = pow((double)subject.realizations * (double)subject.kernel->features, 0.25);
        subject.factor[0] = subject.factor[1] = d->settings->scaled ? factor : 1;
        snprintf(name, sizeof name, "the layout is another: try --layout %s", layout);
        status = try_error(d, &subject, name, "", error);
    }
    return status;
}

/* The common factor that makes the whitened codes of unit variance. */
static rpe_status try_factor(diagnosis *d, rpe_error *error)
{
    char name[RPE_CHECK_NAME_CAPACITY];
    rpe_check_subject subject = *d->subject;
    if (!(d->deflation > 0) || !isfinite(d->deflation))
        return RPE_OK;
    double factor = sqrt(d->deflation);
    subject.factor[0] /= factor;
    subject.factor[1] /= factor;
    snprintf(name, sizeof name, "the codes are %.4g times what they should be", factor);
    return try_error(d, &subject, name, "", error);
}

/* Features that fail on their own; where none does, the first few. */
static void choose(diagnosis *d)
{
    double squares = 0, entries = 0, inflation = rpe_check_inflation(d->evidence, d->settings->any_noise);
    bool all = d->report->failing == 0;
    double level = d->settings->level / (double)d->evidence->count;
    for (size_t f = 0; f < d->evidence->count && d->count < LOOKED_AT_MOST; f++) {
        const rpe_check_feature *feature = &d->evidence->features[f];
        if (!all && rpe_check_feature_p(feature, d->evidence->window.realizations, inflation) >= level)
            continue;
        d->features[d->count++] = *feature;
        squares += feature->squares;
        entries += (double)feature->rank * (double)d->evidence->window.realizations;
    }
    d->deflation = squares / entries;
}

rpe_status rpe_check_diagnose(rpe_check_report *report, const rpe_check_settings *settings,
                              const rpe_check_subject *subject, const rpe_check_evidence *evidence,
                              rpe_error *error)
{
    diagnosis d = {.report = report, .settings = settings, .subject = subject, .evidence = evidence};
    choose(&d);
    rpe_status status = try_kernels(&d, NULL, error);
    if (status == RPE_OK)
        status = try_scalings(&d, error);
    if (status == RPE_OK)
        status = try_layouts(&d, error);
    if (status == RPE_OK && report->fit_count == 0)
        status = try_factor(&d, error);
    if (status == RPE_OK && report->fit_count == 0 && !is_one(subject, scalings_of(&d)))
        status = try_kernels(&d, scalings_of(&d), error);
    return status;
}
