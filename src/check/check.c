/* The whole of a check: measure every feature, compare them, judge, and explain what fails. */
#include "check/check.h"

#include <math.h>

#include "base/blas.h"
#include "check/cause/check_diagnosis.h"

static rpe_status settings_check(const rpe_check_settings *settings, rpe_error *error)
{
    if (settings->kernel->type->autocovariance == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected a kernel that has codes, found type \"%s\" (fit one to it first)",
                             settings->kernel->path, settings->kernel->type->name);
    if (!(settings->level > 0 && settings->level < 1))
        return rpe_error_set(error, RPE_ERROR_INPUT, "--level: expected a number between 0 and 1, found %g",
                             settings->level);
    return RPE_OK;
}

static rpe_status subject_make(rpe_check_subject *subject, const rpe_check_settings *settings,
                               rpe_error *error)
{
    *subject = (rpe_check_subject){.kernel = settings->kernel};
    rpe_status status = settings_check(settings, error);
    if (status == RPE_OK)
        status = rpe_check_subject_view(subject, settings, settings->layout, error);
    if (status == RPE_OK)
        status = rpe_kernel_covers(settings->kernel, &subject->side[0].positions, &subject->side[1].positions,
                                   error);
    if (status != RPE_OK)
        return status;
    double factor = pow((double)subject->realizations * (double)settings->kernel->features, 0.25);
    subject->factor[0] = subject->factor[1] = settings->scaled ? factor : 1;
    static const rpe_check_format single = RPE_CHECK_FORMAT_SINGLE;
    subject->unit =
        rpe_check_is_of(settings->query_codes, &single) || rpe_check_is_of(settings->key_codes, &single)
            ? 0x1p-24
            : 0x1p-53;
    return RPE_OK;
}

static void report_sizes(rpe_check_report *report, const rpe_check_settings *settings,
                         const rpe_check_subject *subject, const rpe_check_evidence *evidence)
{
    report->heads = subject->kernel->heads;
    report->features = subject->kernel->features;
    report->realizations = subject->realizations;
    report->queries = subject->side[0].positions.count;
    report->keys = subject->side[1].positions.count;
    report->realizations_used = evidence->window.realizations;
    report->queries_used = evidence->window.positions[0].count;
    report->keys_used = evidence->window.positions[1].count;
    report->single = subject->unit > 0x1p-53;
    double inflation = rpe_check_inflation(evidence, settings->any_noise);
    for (size_t f = 0; f < evidence->count; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        report->directions += feature->rank;
        report->unresolved += feature->unresolved;
        if (rpe_check_feature_p(feature, report->realizations_used, inflation) >=
            settings->level / (double)evidence->count)
            continue;
        if (report->failing++ == 0) {
            report->failing_head = feature->head;
            report->failing_feature = feature->feature;
        }
    }
}

rpe_status rpe_check_run(rpe_check_report *report, const rpe_check_settings *settings, rpe_error *error)
{
    rpe_check_subject subject;
    rpe_check_evidence evidence = {0};
    rpe_check_report made = {0};
    rpe_status status = rpe_blas_ready(error);
    if (status == RPE_OK)
        status = subject_make(&subject, settings, error);
    if (status == RPE_OK)
        status = rpe_check_evidence_make(&evidence, &subject, NULL, settings->threads, error);
    if (status != RPE_OK)
        return status;
    rpe_check_judge(&made, &evidence, settings->level, settings->any_noise);
    report_sizes(&made, settings, &subject, &evidence);
    if (!made.draws)
        status = rpe_check_diagnose(&made, settings, &subject, &evidence, error);
    bool differs = made.failing > 0 && made.fit_count == 0;
    rpe_check_feature first = {.head = made.failing_head, .feature = made.failing_feature};
    rpe_check_difference difference = {0};
    if (status == RPE_OK && differs)
        status = rpe_check_difference_find(&difference, &first, &subject, &evidence.window, error);
    if (status == RPE_OK) {
        rpe_check_sentence_write(&made, settings, &evidence, differs ? &difference : NULL);
        *report = made;
    }
    rpe_check_evidence_destroy(&evidence);
    return status;
}
