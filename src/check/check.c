/* The whole of a check: measure every feature, compare them, judge, and explain what fails. */
#include "rpe_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rpe_check_diagnosis.h"
#include "rpe_hypothesis.h"
#include "rpe_memory.h"
#include "rpe_parallel.h"

#define SAMPLE_MOST 500000    /* numbers whose distribution is looked at */
#define COVARIANCE_FINDINGS 7 /* the first of the findings: what a change of the kernel can explain */

typedef struct measuring {
    rpe_check_feature *features;
    const rpe_check_subject *subject;
    const rpe_check_window *window;
    rpe_status *status;
    rpe_error *errors;
} measuring;

static void measure_one(void *context, size_t index, int thread)
{
    measuring *work = context;
    (void)thread;
    work->status[index] =
        rpe_check_feature_measure(&work->features[index], work->subject, work->window, &work->errors[index]);
}

rpe_status rpe_check_features_measure(rpe_check_feature *features, size_t count,
                                      const rpe_check_subject *subject, const rpe_check_window *window,
                                      int threads, rpe_error *error)
{
    measuring work = {.features = features, .subject = subject, .window = window};
    rpe_status status = RPE_OK;
    work.status = rpe_memory_allocate_zero(count, sizeof *work.status);
    work.errors = rpe_memory_allocate_zero(count, sizeof *work.errors);
    if (work.status == NULL || work.errors == NULL)
        status = rpe_error_memory(error, "features", count, sizeof *work.errors);
    else
        rpe_parallel_for(count, threads, measure_one, &work);
    if (status == RPE_OK)
        status = rpe_interrupt_check("check", error);
    for (size_t f = 0; f < count && status == RPE_OK; f++) {
        status = work.status[f];
        if (status != RPE_OK && error != NULL)
            *error = work.errors[f];
    }
    rpe_memory_free(work.errors);
    rpe_memory_free(work.status);
    return status;
}

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
    subject->single = rpe_check_is_single(settings->query_codes) || rpe_check_is_single(settings->key_codes);
    return RPE_OK;
}

typedef struct storage {
    double *noise, *norms, *sample;
} storage;

static void storage_free(storage *s)
{
    rpe_memory_free(s->sample);
    rpe_memory_free(s->norms);
    rpe_memory_free(s->noise);
}

static rpe_status evidence_prepare(rpe_check_evidence *evidence, const rpe_check_subject *subject, storage *s,
                                   rpe_error *error)
{
    size_t features = subject->kernel->features, count = subject->kernel->heads * features;
    const rpe_check_window *window = &evidence->window;
    size_t noise = window->kept * window->rows, sample = SAMPLE_MOST / count + 1;
    evidence->features = rpe_memory_allocate_zero(count, sizeof *evidence->features);
    s->noise = rpe_memory_allocate(count, noise * sizeof(double));
    s->norms = rpe_memory_allocate(count, window->realizations * sizeof(double));
    s->sample = rpe_memory_allocate(count, sample * sizeof(double));
    if (evidence->features == NULL || s->noise == NULL || s->norms == NULL || s->sample == NULL)
        return rpe_error_memory(error, "the noise of the codes", count, noise * sizeof(double));
    evidence->count = count;
    for (size_t f = 0; f < count; f++)
        evidence->features[f] = (rpe_check_feature){.head = f / features,
                                                    .feature = f % features,
                                                    .noise = s->noise + f * noise,
                                                    .norms = s->norms + f * window->realizations,
                                                    .sample = s->sample + f * sample,
                                                    .sample_most = sample};
    return RPE_OK;
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The samples of all features, closed up and sorted, against the standard normal. */
static void distance_find(rpe_check_evidence *evidence, double *sample)
{
    size_t count = 0;
    for (size_t f = 0; f < evidence->count; f++) {
        const rpe_check_feature *feature = &evidence->features[f];
        memmove(sample + count, feature->sample, feature->sample_count * sizeof *sample);
        count += feature->sample_count;
    }
    qsort(sample, count, sizeof *sample, compare_numbers);
    for (size_t i = 0; i < count; i++)
        sample[i] = 0.5 * erfc(-sample[i] * 0.70710678118654752);
    evidence->sample_count = count;
    evidence->distance = count > 0 ? rpe_kolmogorov_distance(count, sample) : NAN;
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
    report->single = subject->single;
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

/* Whether a finding fails that another kernel or scale could mend. */
static bool can_be_explained(const rpe_check_report *report)
{
    bool covariance = false;
    for (size_t i = 0; i < COVARIANCE_FINDINGS && i < report->finding_count; i++)
        covariance = covariance || report->findings[i].verdict == RPE_CHECK_FAILS;
    return covariance;
}

rpe_status rpe_check_run(rpe_check_report *report, const rpe_check_settings *settings, rpe_error *error)
{
    rpe_check_subject subject;
    rpe_check_evidence evidence = {.distance = NAN};
    rpe_check_report made = {0};
    storage s = {0};
    rpe_status status = subject_make(&subject, settings, error);
    if (status == RPE_OK)
        status = rpe_check_window_choose(&evidence.window, &subject, error);
    if (status == RPE_OK)
        status = evidence_prepare(&evidence, &subject, &s, error);
    if (status == RPE_OK)
        status = rpe_check_features_measure(evidence.features, evidence.count, &subject, &evidence.window,
                                            settings->threads, error);
    if (status == RPE_OK)
        status = rpe_check_independence_measure(&evidence.independence, evidence.features, evidence.count,
                                                &evidence.window, settings->threads, error);
    if (status != RPE_OK)
        goto done;
    distance_find(&evidence, s.sample);
    rpe_check_judge(&made, &evidence, settings->level, settings->any_noise);
    report_sizes(&made, settings, &subject, &evidence);
    if (can_be_explained(&made))
        status = rpe_check_diagnose(&made, settings, &subject, &evidence, error);
    if (status != RPE_OK)
        goto done;
    rpe_check_sentence_write(&made, settings, &evidence);
    *report = made;
done:
    storage_free(&s);
    rpe_memory_free(evidence.features);
    return status;
}
