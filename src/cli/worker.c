/* rpebench worker: one process of `run --against`. */
#include <stdio.h>

#include "against/worker.h"
#include "cli/command.h"

enum { QUICK, SEED, VALID, OPTION_COUNT };

static const rpe_option options[OPTION_COUNT] = {
    [QUICK] = {.name = "quick", .help = "as of run", .type = RPE_OPTION_FLAG},
    [SEED] = {.name = "seed", .placeholder = "S", .help = "as of run", .type = RPE_OPTION_SEED},
    [VALID] = {.name = "valid", .help = "an earlier process has checked the points", .type = RPE_OPTION_FLAG},
};

static rpe_status worker_run(const rpe_arguments *arguments, rpe_error *error)
{
    const rpe_run_settings settings = {
        .threads = arguments->threads,
        .quick = arguments->values[QUICK].given,
        .seed_given = arguments->values[SEED].given,
        .seed = arguments->values[SEED].seed,
    };
    return rpe_worker_serve(arguments->operands[0], &settings, !arguments->values[VALID].given, stdin, stdout,
                            error);
}

const rpe_command rpe_command_worker = {
    .name = "worker",
    .title = "one process of run --against",
    .description = "EXPERIMENT is a path ending in .json.  What it is told and answers: "
                   "src/against/worker.h.\n",
    .internal = true,
    .options = options,
    .option_count = OPTION_COUNT,
    .operand = "EXPERIMENT",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .run = worker_run,
};
