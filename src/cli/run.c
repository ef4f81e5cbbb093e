/* rpebench run: experiments, their results and their pictures. */
#include <stdio.h>

#include "rpe_catalogue.h"
#include "rpe_command.h"
#include "rpe_experiment.h"
#include "rpe_memory.h"
#include "rpe_plot.h"

enum { OUTPUT, TRIALS, QUICK, SEED, RESUME, DRY_RUN, NO_PLOT, OPTION_COUNT };

#define TRIALS_MAX 1000000000

static const rpe_option options[OPTION_COUNT] = {
    [OUTPUT] = {.name = "output",
                .placeholder = "DIR",
                .help = "directory of the results; it is created",
                .type = RPE_OPTION_PATH,
                .fallback = "results/run"},
    [TRIALS] = {.name = "trials",
                .placeholder = "n",
                .help = "trials of every point (default: as the experiment says)",
                .type = RPE_OPTION_COUNT,
                .minimum = 2,
                .maximum = TRIALS_MAX},
    [QUICK] = {.name = "quick", .help = "the quick settings of the experiment", .type = RPE_OPTION_FLAG},
    [SEED] = {.name = "seed",
              .placeholder = "S",
              .help = "seed of all randomness (default: the experiment's)",
              .type = RPE_OPTION_SEED},
    [RESUME] = {.name = "resume",
                .help = "go on where an interrupted run in DIR stopped; same experiment, seed and program",
                .type = RPE_OPTION_FLAG},
    [DRY_RUN] = {.name = "dry-run", .help = "print points and trials, run nothing", .type = RPE_OPTION_FLAG},
    [NO_PLOT] = {.name = "no-plot", .help = "draw no pictures", .type = RPE_OPTION_FLAG},
};

static rpe_status experiment_run(const rpe_arguments *arguments, const char *path, rpe_error *error)
{
    const rpe_run_settings settings = {
        .output = arguments->values[OUTPUT].text,
        .threads = arguments->threads,
        .trials = arguments->values[TRIALS].count,
        .quick = arguments->values[QUICK].given,
        .seed_given = arguments->values[SEED].given,
        .seed = arguments->values[SEED].seed,
        .resume = arguments->values[RESUME].given,
        .progress = arguments->quiet ? NULL : stderr,
    };
    if (arguments->values[DRY_RUN].given)
        return rpe_experiment_plan_print(path, &settings, stdout, error);
    return rpe_experiment_run(path, &settings, error);
}

/* All names are looked up before the first run, so that a typo in the last one does not cost the time of the others. */
static rpe_status paths_resolve(const rpe_arguments *arguments, char *paths[RPE_OPERANDS_MAX],
                                rpe_error *error)
{
    char names[512];
    rpe_catalogue catalogue = {0};
    rpe_status status = rpe_catalogue_read(&catalogue, error);
    if (status == RPE_OK && arguments->operand_count == 0)
        status = rpe_error_set(error, RPE_ERROR_INPUT,
                               "run: expected an experiment (%s) or a path ending in .json, found none",
                               rpe_catalogue_text(&catalogue, names, sizeof names));
    for (size_t i = 0; status == RPE_OK && i < arguments->operand_count; i++)
        status = rpe_catalogue_resolve(&catalogue, arguments->operands[i], &paths[i], error);
    rpe_catalogue_destroy(&catalogue);
    return status;
}

static rpe_status pictures_draw(const rpe_arguments *arguments, rpe_error *error)
{
    if (arguments->values[NO_PLOT].given)
        return RPE_OK;
    if (!rpe_gnuplot_is_there()) {
        if (!arguments->quiet)
            fprintf(stderr,
                    "no pictures: gnuplot is not installed (package gnuplot-nox); later: rpebench plot %s\n",
                    arguments->values[OUTPUT].text);
        return RPE_OK;
    }
    char *scripts = rpe_catalogue_folder("plots");
    if (scripts == NULL)
        return rpe_error_memory(error, "path of the plot scripts", 1, sizeof "plots");
    rpe_status status =
        rpe_plot_directory(arguments->values[OUTPUT].text, scripts, arguments->quiet ? NULL : stdout, error);
    rpe_memory_free(scripts);
    return status;
}

static rpe_status run_run(const rpe_arguments *arguments, rpe_error *error)
{
    char *paths[RPE_OPERANDS_MAX] = {NULL};
    rpe_status status = paths_resolve(arguments, paths, error);
    for (size_t i = 0; status == RPE_OK && i < arguments->operand_count; i++)
        status = experiment_run(arguments, paths[i], error);
    for (size_t i = 0; i < RPE_OPERANDS_MAX; i++)
        rpe_memory_free(paths[i]);
    if (status != RPE_OK || arguments->values[DRY_RUN].given)
        return status;
    status = pictures_draw(arguments, error);
    if (status == RPE_OK && !arguments->quiet)
        status = rpe_sentences_print(arguments->values[OUTPUT].text, stdout, error);
    if (status == RPE_OK && !arguments->quiet)
        printf("results are in %s\n", arguments->values[OUTPUT].text);
    return status;
}

const rpe_command rpe_command_run = {
    .name = "run",
    .title = "run experiments: grid, trials, CSV, pictures",
    .description =
        "EXPERIMENT is a name of `rpebench list experiments` or a path ending in .json.  Each writes "
        "NAME.csv (one row a\n"
        "point and measure) and NAME.json (provenance); pictures are drawn where gnuplot is installed.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .operand = "EXPERIMENT...",
    .operands_maximum = RPE_OPERANDS_MAX,
    .run = run_run,
};
