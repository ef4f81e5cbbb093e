/* rpebench run: experiments, their results and their pictures. */
#include <stdio.h>
#include <string.h>

#include "against/against.h"
#include "base/blas.h"
#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command.h"
#include "cli/command/run_against.h"
#include "cli/shard.h"
#include "experiment/configuration.h"
#include "experiment/experiment.h"
#include "file/output.h"
#include "file/provenance.h"
#include "report/plot.h"

enum { OUTPUT, TRIALS, QUICK, SEED, RESUME, SHARD, FROM, DRY_RUN, NO_PLOT, AGAINST, STARTS, OPTION_COUNT };

static const char *resume_choice(size_t index)
{
    return index == 0 ? "force" : NULL;
}

static const rpe_option options[OPTION_COUNT] = {
    [OUTPUT] = {.name = "output",
                .placeholder = "DIR",
                .help = "directory of the results; it is created",
                .type = RPE_OPTION_PATH,
                .written = true,
                .fallback = "results/run"},
    [TRIALS] = {.name = "trials",
                .placeholder = "n",
                .help = "trials of every point (default: as the experiment says)",
                .type = RPE_OPTION_COUNT,
                .minimum = 2,
                .maximum = RPE_TRIALS_MAX},
    [QUICK] = {.name = "quick", .help = "the quick settings of the experiment", .type = RPE_OPTION_FLAG},
    [SEED] = {.name = "seed",
              .placeholder = "S",
              .help = "seed of all randomness (default: the experiment's)",
              .type = RPE_OPTION_SEED},
    [RESUME] = {.name = "resume",
                .placeholder = "force",
                .help =
                    "go on with the run in DIR that was interrupted or killed, or give a finished one more "
                    "--trials; as --resume=force also where configuration or program revision are others",
                .type = RPE_OPTION_CHOICE,
                .value_optional = true,
                .choice = resume_choice},
    [SHARD] = {.name = "shard",
               .placeholder = "i/n",
               .help =
                   "run share i (from 1) of n of the trials into DIR/shard-i-of-n, for rpebench merge; auto: "
                   "as Slurm, srun, mpirun, mpiexec or Flux say",
               .type = RPE_OPTION_TEXT},
    [FROM] = {.name = "from",
              .placeholder = "RUN.json",
              .help = "in place of EXPERIMENT: repeat the run that wrote this JSON, with its seed and trials",
              .type = RPE_OPTION_PATH},
    [DRY_RUN] = {.name = "dry-run",
                 .help = "print points, trials, time, memory and disk, run nothing; with --quiet only tell "
                         "by the exit status whether it can be run",
                 .type = RPE_OPTION_FLAG},
    [NO_PLOT] = {.name = "no-plot", .help = "draw no pictures", .type = RPE_OPTION_FLAG},
    [AGAINST] = {.name = "against",
                 .placeholder = "PROGRAM",
                 .help = "compare the times of this program with those of another rpebench, call by call; "
                         "files are written only with --output",
                 .type = RPE_OPTION_PATH},
    [STARTS] = {.name = "starts",
                .placeholder = "n",
                .help = "with --against: process starts of each program (default: 12, more for many points)",
                .type = RPE_OPTION_COUNT,
                .minimum = 6,
                .maximum = 1000},
};

static rpe_resume resume_of(const rpe_option_value *value)
{
    if (!value->given)
        return RPE_RESUME_NOT;
    return value->text == NULL ? RPE_RESUME : RPE_RESUME_FORCE;
}

static rpe_status settings_make(const rpe_arguments *arguments, rpe_run_settings *settings, rpe_error *error)
{
    rpe_shard shard = {0};
    rpe_status status = arguments->values[SHARD].given
                            ? rpe_shard_parse(&shard, arguments->values[SHARD].text, error)
                            : RPE_OK;
    *settings = (rpe_run_settings){
        .output = arguments->values[OUTPUT].text,
        .threads = arguments->threads,
        .trials = arguments->values[TRIALS].count,
        .quick = arguments->values[QUICK].given,
        .seed_given = arguments->values[SEED].given,
        .seed = arguments->values[SEED].seed,
        .resume = resume_of(&arguments->values[RESUME]),
        .shard = shard.shard,
        .shards = shard.shards,
        .engine = shard.engine,
        .progress = arguments->quiet ? NULL : stderr,
    };
    return status;
}

/* "folder/score-error.json" -> "score-error.json", which decides the names of the results */
static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* No result may take the place of the experiment, or of a file that it names.  endings: of the results, after the name of the
   experiment; NULL after the last. */
static rpe_status endings_check(const rpe_arguments *arguments, const char *path, const char *const *endings,
                                rpe_error *error)
{
    const char *file = file_of(path);
    const size_t stem = strlen(file) - strlen(".json");
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && endings[i] != NULL; i++) {
        const size_t capacity = stem + strlen(endings[i]) + 1;
        char *name = rpe_memory_allocate(capacity, 1);
        if (name == NULL)
            return rpe_error_memory(error, "name of a result", capacity, 1);
        snprintf(name, capacity, "%.*s%s", (int)stem, file, endings[i]);
        char *result = rpe_path_join(arguments->values[OUTPUT].text, name);
        status = result == NULL ? rpe_error_memory(error, name, strlen(name), 1)
                                : rpe_written_check(&options[OUTPUT], result, path, error);
        rpe_memory_free(result);
        rpe_memory_free(name);
    }
    return status;
}

static rpe_status results_check(const rpe_arguments *arguments, const char *path, rpe_error *error)
{
    static const char *const endings[] = {".csv", ".npy", ".json", ".journal", ".svg", ".png", NULL};
    return arguments->values[DRY_RUN].given ? RPE_OK : endings_check(arguments, path, endings, error);
}

static rpe_status experiment_run(const rpe_arguments *arguments, const rpe_run_settings *settings,
                                 const char *path, rpe_error *error)
{
    if (arguments->values[DRY_RUN].given)
        return rpe_experiment_plan_print(path, settings, arguments->quiet ? NULL : stdout, error);
    return rpe_experiment_run(path, settings, error);
}

/* The run of that JSON once more: its numbers are the same only where the program is. */
static rpe_status run_again(const rpe_arguments *arguments, rpe_run_settings *settings, rpe_error *error)
{
    const char *path = arguments->values[FROM].text;
    char *revision = NULL;
    if (arguments->operand_count > 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--from: expected no EXPERIMENT beside it, found \"%s\"",
                             arguments->operands[0]);
    rpe_status status = rpe_experiment_settings_read(path, settings, &revision, error);
    if (status == RPE_OK && strcmp(revision, rpe_revision()) != 0)
        fprintf(stderr, "%s was written by revision %s; this is %s, whose numbers may differ\n", path,
                revision, rpe_revision());
    rpe_memory_free(revision);
    if (status == RPE_OK && !arguments->values[RESUME].given) /* which goes on with its own results */
        status = results_check(arguments, path, error);
    return status == RPE_OK ? experiment_run(arguments, settings, path, error) : status;
}

/* Experiments of one name would overwrite each other's results. */
static rpe_status names_check(const rpe_arguments *arguments, char *const *paths, rpe_error *error)
{
    for (size_t i = 0; i < arguments->operand_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(file_of(paths[i]), file_of(paths[j])) == 0)
                return rpe_error_set(error, RPE_ERROR_INPUT,
                                     "run: expected experiments with names of their own, as results are "
                                     "named after them, found %s and %s",
                                     paths[j], paths[i]);
    return RPE_OK;
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
    return status == RPE_OK ? names_check(arguments, paths, error) : status;
}

static rpe_status pictures_draw(const rpe_arguments *arguments, rpe_faults *faults, rpe_error *error)
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
    rpe_status status = rpe_plot_directory(arguments->values[OUTPUT].text, scripts,
                                           arguments->quiet ? NULL : stdout, faults, error);
    rpe_memory_free(scripts);
    return status;
}

/* A picture that cannot be drawn is found before the run. */
static rpe_status pictures_check(const rpe_arguments *arguments, char *const *paths, rpe_error *error)
{
    char *scripts = rpe_catalogue_folder("plots");
    rpe_status status =
        scripts != NULL ? RPE_OK : rpe_error_memory(error, "path of the plot scripts", 1, sizeof "plots");
    for (size_t i = 0; status == RPE_OK && i < arguments->operand_count; i++)
        status = rpe_plot_picture_check(paths[i], scripts, error);
    rpe_memory_free(scripts);
    return status;
}

static rpe_status experiments_run(const rpe_arguments *arguments, const rpe_run_settings *settings,
                                  rpe_error *error)
{
    char *paths[RPE_OPERANDS_MAX] = {NULL};
    rpe_status status = paths_resolve(arguments, paths, error);
    for (size_t i = 0; status == RPE_OK && i < arguments->operand_count; i++)
        status = results_check(arguments, paths[i], error);
    if (status == RPE_OK)
        status = pictures_check(arguments, paths, error);
    for (size_t i = 0; status == RPE_OK && i < arguments->operand_count; i++)
        status = experiment_run(arguments, settings, paths[i], error);
    for (size_t i = 0; i < RPE_OPERANDS_MAX; i++)
        rpe_memory_free(paths[i]);
    return status;
}

static rpe_status results_show(const rpe_arguments *arguments, rpe_error *error)
{
    rpe_faults faults = {0};
    rpe_status status = pictures_draw(arguments, &faults, error);
    if (status == RPE_OK && !arguments->quiet)
        status = rpe_sentences_print(arguments->values[OUTPUT].text, stdout, &faults, error);
    return rpe_faults_end(&faults, stderr, status, error);
}

/* ---- two programs ---- */

static rpe_status against_options_check(const rpe_arguments *arguments, rpe_error *error)
{
    static const int others[] = {RESUME, SHARD, FROM, DRY_RUN, NO_PLOT};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (arguments->values[others[i]].given)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--against: expected no --%s beside it, found it",
                                 options[others[i]].name);
    if (arguments->operand_count != 1)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--against: expected one EXPERIMENT, found %zu",
                             arguments->operand_count);
    if (arguments->values[TRIALS].count > RPE_AGAINST_TIMINGS)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--trials: expected at most %d timings of a pair of starts, found %zu",
                             RPE_AGAINST_TIMINGS, arguments->values[TRIALS].count);
    return RPE_OK;
}

static rpe_status programs_compare(const rpe_arguments *arguments, const rpe_run_settings *settings,
                                   rpe_outcome *outcome, rpe_error *error)
{
    const rpe_option_value *output = &arguments->values[OUTPUT];
    char *paths[RPE_OPERANDS_MAX] = {NULL};
    rpe_status status = against_options_check(arguments, error);
    if (status == RPE_OK)
        status = paths_resolve(arguments, paths, error);
    if (status == RPE_OK && output->given)
        status = endings_check(arguments, paths[0], rpe_run_against_endings, error);
    const rpe_run_against wanted = {.program = arguments->values[AGAINST].text,
                                    .experiment = paths[0],
                                    .output = output->given ? output->text : NULL,
                                    .starts = arguments->values[STARTS].count};
    if (status == RPE_OK)
        status = rpe_run_against_judge(&wanted, settings, outcome, error);
    rpe_memory_free(paths[0]);
    return status;
}

/* ---- the command ---- */

static rpe_status run_judge(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    rpe_run_settings settings;
    rpe_status status = settings_make(arguments, &settings, error);
    if (status == RPE_OK)
        status = rpe_blas_ready(error);
    if (status == RPE_OK && arguments->values[AGAINST].given)
        return programs_compare(arguments, &settings, outcome, error);
    if (status == RPE_OK && arguments->values[STARTS].given)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--starts: expected --against beside it, found none");
    if (status == RPE_OK && arguments->values[FROM].given)
        status = run_again(arguments, &settings, error);
    else if (status == RPE_OK)
        status = experiments_run(arguments, &settings, error);
    if (status != RPE_OK || arguments->values[DRY_RUN].given)
        return status;
    if (settings.shards == 0) /* a part has nothing to show yet */
        status = results_show(arguments, error);
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
        "point and measure), NAME.npy (float64: the trials of every row, one row after another) and "
        "NAME.json "
        "(provenance);\n"
        "pictures are drawn where gnuplot is installed.  While it runs, NAME.journal holds all trials so "
        "far: a run "
        "that is\n"
        "killed is gone on with by --resume, with the same bytes as an undisturbed one.\n"
        "\n"
        "--against PROGRAM compares two builds or commits by an experiment that takes times.  Both programs "
        "are started\n"
        "many times, two at a time, and time the same calls one right after the other, so that a busy "
        "machine disturbs both\n"
        "alike.  Each point has the ratio of seconds, this program over PROGRAM, with 95 % limits, a p-value "
        "of the exact\n"
        "signed-rank test of Wilcoxon over the starts, adjusted by Holm over the points and all of them "
        "together, and the\n"
        "change that would have been seen.  --trials n: timings of a point in a pair of starts.  With "
        "--output the numbers\n"
        "are written as NAME-against.csv and NAME-against.json.  Exit status 0: no difference is seen; 1: "
        "something is\n"
        "faster or slower; 2: bad input.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .operand = "EXPERIMENT...",
    .operand_experiments = true,
    .operands_maximum = RPE_OPERANDS_MAX,
    .judge = run_judge,
};
