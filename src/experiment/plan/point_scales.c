/* Tests of trials against the law that theory draws. */
#include "base/memory.h"
#include "experiment/plan/point.h"

#define DRAWS 4096
#define DRAWS_LEAST 1024 /* fewer say too little of a law */
#define WORK 5e8         /* steps for all draws of a point: a quarter of a second */
#define TRIALS_MOST 256  /* of so many the mean is nearly normal, and its test sees what there is to see */

static size_t draws_of(const rpe_measure *measure, const rpe_subject *subject)
{
    double work = measure->draw_work(subject);
    return work * DRAWS <= WORK ? DRAWS : work * DRAWS_LEAST <= WORK ? (size_t)(WORK / work) : 0;
}

/* drawn [draws,count]; column [draws] */
static bool scales_make(rpe_result *result, size_t draws, const double *drawn, double *column)
{
    bool made = true;
    for (size_t i = 0; made && i < result->count; i++) {
        for (size_t draw = 0; draw < draws; draw++)
            column[draw] = drawn[draw * result->count + i];
        made = rpe_scale_test_make(&result->scales[i], draws, column);
    }
    return made;
}

rpe_status rpe_result_scales_create(rpe_result *result, const rpe_subject *subject, size_t trials,
                                    rpe_error *error)
{
    const rpe_measure *measure = result->measure;
    const size_t draws =
        measure->draws == NULL || trials == 0 || trials >= TRIALS_MOST ? 0 : draws_of(measure, subject);
    if (draws == 0)
        return RPE_OK;
    double *drawn = rpe_memory_allocate(draws, (result->count + 1) * sizeof *drawn);
    result->scales = rpe_memory_allocate_zero(result->count, sizeof *result->scales);
    rpe_status status =
        drawn == NULL || result->scales == NULL
            ? rpe_error_memory(error, "draws of a law", draws, (result->count + 1) * sizeof *drawn)
            : measure->draws(subject, draws, drawn, error);
    if (status != RPE_OK || !scales_make(result, draws, drawn, drawn + draws * result->count)) {
        rpe_memory_free(result->scales);
        result->scales = NULL;
    }
    rpe_memory_free(drawn);
    return status;
}
