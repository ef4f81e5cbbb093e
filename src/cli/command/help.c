/* rpebench help: what --help prints. */
#include "cli/command.h"

static const char *command_name(size_t index)
{
    return index < rpe_command_count() ? rpe_command_at(index)->name : NULL;
}

static rpe_status help_run(const rpe_arguments *arguments, rpe_error *error)
{
    char names[256], suggestion[RPE_SUGGESTION_CAPACITY];
    const char *name = arguments->operand_count > 0 ? arguments->operands[0] : NULL;
    const rpe_command *command = name == NULL ? NULL : rpe_command_find(name);
    if (name != NULL && command == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "help: expected a command (%s), found \"%s\"%s",
                             rpe_names_text(command_name, names, sizeof names), name,
                             rpe_suggestion_text(name, command_name, "", suggestion));
    rpe_help_print(command);
    return RPE_OK;
}

const rpe_command rpe_command_help = {
    .name = "help",
    .title = "what a command does, and its options",
    .description =
        "COMMAND is one of those that are listed without it.  The same as COMMAND --help, COMMAND -h.\n",
    .operand = "COMMAND",
    .operand_choice = command_name,
    .operands_maximum = 1,
    .run = help_run,
};
