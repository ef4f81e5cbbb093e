/* rpebench plot: the pictures of a run. */
#include <stdio.h>

#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command.h"
#include "report/plot.h"

static rpe_status plot_run(const rpe_arguments *arguments, rpe_error *error)
{
    char *scripts = rpe_catalogue_folder("plots");
    if (scripts == NULL)
        return rpe_error_memory(error, "path of the plot scripts", 1, sizeof "plots");
    rpe_faults faults = {0};
    rpe_status status =
        rpe_plot_directory(arguments->operands[0], scripts, arguments->quiet ? NULL : stdout, &faults, error);
    rpe_memory_free(scripts);
    return rpe_faults_end(&faults, stderr, status, error);
}

const rpe_command rpe_command_plot = {
    .name = "plot",
    .title = "draw the pictures of a run",
    .description = "Draws NAME.svg and NAME.png for every result in DIR, by gnuplot.  A result that cannot "
                   "be drawn is named in\n"
                   "the end, and the others are drawn.\n",
    .operand = "DIR",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .run = plot_run,
};
