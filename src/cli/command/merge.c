/* rpebench merge: the shards of runs become the runs. */
#include <stdio.h>

#include "cli/command.h"
#include "experiment/experiment.h"

enum { OUTPUT, OPTION_COUNT };

static const rpe_option options[OPTION_COUNT] = {
    [OUTPUT] =
        {.name = "output",
         .placeholder = "DIR",
         .help = "directory of the joined results; it is created, and may be the DIR that holds the shards",
         .type = RPE_OPTION_PATH,
         .written = true,
         .required = true},
};

static rpe_status merge_run(const rpe_arguments *arguments, rpe_error *error)
{
    const rpe_run_settings settings = {.output = arguments->values[OUTPUT].text,
                                       .threads = arguments->threads,
                                       .progress = arguments->quiet ? NULL : stderr};
    rpe_status status = rpe_experiment_merge(arguments->operand_count, arguments->operands, &settings, error);
    if (status == RPE_OK && !arguments->quiet)
        printf("results are in %s; pictures: rpebench plot %s\n", arguments->values[OUTPUT].text,
               arguments->values[OUTPUT].text);
    return status;
}

const rpe_command rpe_command_merge = {
    .name = "merge",
    .title = "join the shards of runs",
    .description =
        "DIR is the --output that shards were run into (its folders shard-I-of-N are taken), or such a "
        "folder "
        "itself.\n"
        "The results have the bytes of a run that was not split.  All shards must be there and finished.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .operand = "DIR...",
    .operands_minimum = 1,
    .operands_maximum = RPE_OPERANDS_MAX,
    .run = merge_run,
};
