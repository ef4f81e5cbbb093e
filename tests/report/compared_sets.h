/* Two folders of results, read and compared. */
#ifndef RPE_COMPARED_SETS_H
#define RPE_COMPARED_SETS_H

#include "result_files.h"

#include "report/comparison.h"

static char directory[4096];

static inline const char *inside(const char *name)
{
    static char paths[4][RESULT_PATH_CAPACITY];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, RESULT_PATH_CAPACITY, "%s/%s", directory, name);
    return path;
}

static const rpe_change_limits limits = {.level = 0.05, .thresholds = {0.01, 0.05, 0.01}};

typedef struct compared {
    rpe_result_set sets[2];
    rpe_comparison comparison;
} compared;

static inline rpe_status sets_compare(compared *made, const char *baseline, const char *run, rpe_error *error)
{
    *made = (compared){.comparison = {.limits = limits}};
    rpe_status status = rpe_result_set_read(&made->sets[0], baseline, error);
    if (status == RPE_OK)
        status = rpe_result_set_read(&made->sets[1], run, error);
    if (status == RPE_OK)
        status = rpe_comparison_make(&made->comparison, &made->sets[0], &made->sets[1], error);
    return status;
}

static inline void compared_destroy(compared *made)
{
    rpe_comparison_destroy(&made->comparison);
    for (size_t i = 0; i < 2; i++)
        rpe_result_set_destroy(&made->sets[i]);
}

static inline compared compare_ok(const char *baseline, const char *run)
{
    compared made;
    rpe_error error = {""};
    rpe_test_ok(sets_compare(&made, baseline, run, &error), &error);
    return made;
}

#endif
