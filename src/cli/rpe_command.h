/* Commands of the program: one file each, listed in commands.def. */
#ifndef RPE_COMMAND_H
#define RPE_COMMAND_H

#include "rpe_error.h"
#include "rpe_options.h"

typedef struct rpe_command {
    const char *name, *title;
    const char *description; /* lines for --help, each ending in a newline */
    const rpe_option *options;
    size_t option_count;
    const char *operand; /* placeholder of the operands; NULL: none are taken */
    size_t operands_minimum, operands_maximum;
    rpe_status (*run)(const rpe_arguments *arguments, rpe_error *error);
} rpe_command;

size_t rpe_command_count(void);
const rpe_command *rpe_command_at(size_t index);
const rpe_command *rpe_command_find(const char *name); /* NULL if there is none */

/* The whole program except printing the error and the exit status: results go to stdout, progress to stderr. */
rpe_status rpe_program_run(int argc, char **argv, rpe_error *error);

#endif
