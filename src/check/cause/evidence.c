/* What the codes of all features say: each measured, and then compared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "check/check_hypotheses.h"
#include "statistic/hypothesis.h"

#define SAMPLE_MOST 500000 /* numbers whose distribution is looked at */

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

/* The features that are looked at, with room for what they give; left_out as in rpe_check_evidence_make. */
static rpe_status prepare(rpe_check_evidence *evidence, const rpe_kernel *kernel, const bool *left_out,
                          rpe_error *error)
{
    size_t all = kernel->heads * kernel->features, count = 0;
    const rpe_check_window *window = &evidence->window;
    for (size_t f = 0; f < all; f++)
        count += left_out == NULL || !left_out[f];
    size_t noise = window->kept * window->rows, sample = SAMPLE_MOST / (count > 0 ? count : 1) + 1;
    evidence->features = rpe_memory_allocate_zero(count, sizeof *evidence->features);
    evidence->noise = rpe_memory_allocate(count, noise * sizeof(double));
    evidence->norms = rpe_memory_allocate(count, window->realizations * sizeof(double));
    evidence->sample = rpe_memory_allocate(count, sample * sizeof(double));
    if (evidence->features == NULL || evidence->noise == NULL || evidence->norms == NULL ||
        evidence->sample == NULL)
        return rpe_error_memory(error, "the noise of the codes", count, noise * sizeof(double));
    for (size_t f = 0; f < all; f++) {
        if (left_out != NULL && left_out[f])
            continue;
        size_t at = evidence->count++;
        evidence->features[at] = (rpe_check_feature){.head = f / kernel->features,
                                                     .feature = f % kernel->features,
                                                     .noise = evidence->noise + at * noise,
                                                     .norms = evidence->norms + at * window->realizations,
                                                     .sample = evidence->sample + at * sample,
                                                     .sample_most = sample};
    }
    return RPE_OK;
}

static int compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The samples of all features, closed up and sorted, against the standard normal. */
static void distance_find(rpe_check_evidence *evidence)
{
    double *sample = evidence->sample;
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

rpe_status rpe_check_evidence_make(rpe_check_evidence *evidence, const rpe_check_subject *subject,
                                   const bool *left_out, int threads, rpe_error *error)
{
    rpe_check_evidence made = {.distance = NAN};
    rpe_status status = rpe_check_window_choose(&made.window, subject, error);
    if (status == RPE_OK)
        status = prepare(&made, subject->kernel, left_out, error);
    if (status == RPE_OK)
        status = rpe_check_features_measure(made.features, made.count, subject, &made.window, threads, error);
    if (status == RPE_OK)
        status = rpe_check_independence_measure(&made.independence, made.features, made.count, &made.window,
                                                threads, error);
    if (status == RPE_OK)
        status = rpe_check_copies_find(&made.copies, made.features, made.count, subject, error);
    if (status != RPE_OK) {
        rpe_check_evidence_destroy(&made);
        return status;
    }
    distance_find(&made);
    *evidence = made;
    return RPE_OK;
}

void rpe_check_evidence_destroy(rpe_check_evidence *evidence)
{
    rpe_check_copies_destroy(&evidence->copies);
    rpe_memory_free(evidence->sample);
    rpe_memory_free(evidence->norms);
    rpe_memory_free(evidence->noise);
    rpe_memory_free(evidence->features);
    *evidence = (rpe_check_evidence){0};
}
