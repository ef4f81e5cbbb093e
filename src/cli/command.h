/* Commands of the program: one file each, listed in commands.def. */
#ifndef RPE_COMMAND_H
#define RPE_COMMAND_H

#include "base/error.h"
#include "cli/options.h"

/* What a command found, besides whether it worked: a verdict is no error. */
typedef enum rpe_outcome {
    RPE_OUTCOME_FAVOURABLE,
    RPE_OUTCOME_UNFAVOURABLE, /* a claim fails, codes are no draws, results differ */
    RPE_OUTCOME_UNDECIDED     /* what there is cannot tell */
} rpe_outcome;

typedef struct rpe_command {
    const char *name, *title;
    const char *description; /* lines for --help, each ending in a newline */
    bool internal;           /* called by this program alone: no list shows it */
    const rpe_option *options;
    size_t option_count;
    const char *operand; /* placeholder of the operands; NULL: none are taken */
    size_t operands_minimum, operands_maximum;
    const char *(*operand_choice)(
        size_t index);        /* names that operands can be; NULL: they are files, or what follows */
    bool operand_experiments; /* operands are experiments of the catalogue, or files */
    bool operand_results;     /* operands are results of runs: folders, or files in them */
    rpe_status (*run)(const rpe_arguments *arguments, rpe_error *error); /* NULL where judge is set */
    /* In place of run, for commands that decide something; *outcome is favourable when it is called. */
    rpe_status (*judge)(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error);
} rpe_command;

/* Those that lists show. */
size_t rpe_command_count(void);
const rpe_command *rpe_command_at(size_t index);
const rpe_command *rpe_command_find(const char *name); /* NULL if there is none */

/* Whether standard output wants colour. */
bool rpe_colour_is_wanted(void);

/* What --help prints: of a command, and of the program (NULL). */
void rpe_help_print(const rpe_command *command);

/* Whether what the command is to write is something that it reads, however either is spelled: an error that names both. */
rpe_status rpe_overwrite_check(const rpe_command *command, const rpe_arguments *arguments, rpe_error *error);

/* The same of one file that the option is to write, and one that is read, with what that names. */
rpe_status rpe_written_check(const rpe_option *option, const char *path, const char *read, rpe_error *error);

/* The whole program except printing the error and the exit status: results go to stdout, progress to stderr.  outcome: of a
   command that decides something, favourable for all others; NULL: not wanted. */
rpe_status rpe_program_run(int argc, char **argv, rpe_outcome *outcome, rpe_error *error);

#endif
