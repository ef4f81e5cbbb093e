/* Experiments: x.json, of which the points are made too. */
#include "experiment/configuration.h"
#include "experiment/plan/point.h"
#include "fuzz.h"
#include "report/plot.h"

static void points_take(const char *path, bool quick)
{
    rpe_configuration configuration = {0};
    rpe_points points = {0};
    rpe_error error = {""};
    rpe_status status = rpe_configuration_read(&configuration, path, quick, &error);
    if (status == RPE_OK)
        status = rpe_points_make(&points, &configuration, 0, &error);
    fuzz_status_check(status, &error);
    rpe_points_destroy(&points);
    rpe_configuration_destroy(&configuration);
}

void fuzz_experiment(const char *directory)
{
    const char *path = fuzz_path(directory, "x.json");
    rpe_error error = {""};
    points_take(path, false);
    points_take(path, true);
    fuzz_status_check(rpe_plot_picture_check(path, RPE_FUZZ_SCRIPTS, &error), &error);
}
