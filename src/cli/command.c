/* Which command, and what every command has. */
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/terminal.h"
#include "file/provenance.h"

#define RPE_COMMAND(name) extern const rpe_command rpe_command_##name;
#include "cli/commands.def"
#undef RPE_COMMAND

static const rpe_command *const commands[] = {
#define RPE_COMMAND(name) &rpe_command_##name,
#include "cli/commands.def"
#undef RPE_COMMAND
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

size_t rpe_command_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        count += commands[i]->internal ? 0 : 1;
    return count;
}

const rpe_command *rpe_command_at(size_t index)
{
    size_t at = 0;
    for (size_t left = index; commands[at]->internal || left > 0; at++)
        left -= commands[at]->internal ? 0 : 1;
    return commands[at];
}

const rpe_command *rpe_command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

bool rpe_colour_is_wanted(void)
{
    return rpe_terminal_colours(stdout);
}

static const char *command_name(size_t index)
{
    return index < rpe_command_count() ? rpe_command_at(index)->name : NULL;
}

static void version_print(void)
{
    printf("rpebench %s (%s)\n", rpe_version(), rpe_revision());
}

static void program_help_print(void)
{
    const rpe_option_table none = {.command = ""};
    printf("rpebench: how exact are linear-complexity attentions with relative positions?\n"
           "\nUsage: rpebench COMMAND [OPTION...]\n\nCommands (rpebench COMMAND --help for each)\n");
    for (size_t i = 0; i < rpe_command_count(); i++)
        printf("  %-24s %s\n", rpe_command_at(i)->name, rpe_command_at(i)->title);
    rpe_options_print(&none, stdout);
}

static rpe_option_table command_table(const rpe_command *command)
{
    return (rpe_option_table){.command = command->name,
                              .options = command->options,
                              .count = command->option_count,
                              .operand = command->operand,
                              .operands_minimum = command->operands_minimum,
                              .operands_maximum = command->operands_maximum};
}

static void command_help_print(const rpe_command *command)
{
    rpe_option_table table = command_table(command);
    printf("rpebench %s: %s\n\nUsage: rpebench %s", command->name, command->title, command->name);
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i].required)
            printf(" --%s %s", command->options[i].name, command->options[i].placeholder);
    }
    printf(" [OPTION...]");
    if (command->operand != NULL)
        printf(command->operands_minimum > 0 ? " %s" : " [%s]", command->operand);
    printf("\n\n%s", command->description);
    rpe_options_print(&table, stdout);
}

static rpe_status interrupted_or(rpe_status status, const char *name, rpe_error *error)
{
    return rpe_interrupt_requested() ? rpe_interrupt_check(name, error) : status;
}

void rpe_help_print(const rpe_command *command)
{
    if (command == NULL)
        program_help_print();
    else
        command_help_print(command);
}

static rpe_status command_run(const rpe_command *command, size_t count, char **words, rpe_outcome *outcome,
                              rpe_error *error)
{
    rpe_arguments arguments;
    rpe_option_table table = command_table(command);
    rpe_status status = rpe_arguments_parse(&arguments, &table, count, words, error);
    if (status != RPE_OK)
        return status;
    if (arguments.help) {
        command_help_print(command);
        return RPE_OK;
    }
    if (arguments.version) {
        version_print();
        return RPE_OK;
    }
    status = rpe_overwrite_check(command, &arguments, error);
    if (status != RPE_OK)
        return status;
    status =
        command->judge != NULL ? command->judge(&arguments, outcome, error) : command->run(&arguments, error);
    /* What was complained of may be what the signal left half made. */
    return status != RPE_OK ? interrupted_or(status, command->name, error) : status;
}

/* Without a command: --help, --version, or a complaint. */
static rpe_status program_options_run(size_t count, char **words, rpe_error *error)
{
    char names[256];
    rpe_arguments arguments;
    const rpe_option_table none = {.command = "COMMAND"};
    rpe_status status = rpe_arguments_parse(&arguments, &none, count, words, error);
    if (status != RPE_OK)
        return status;
    if (arguments.help) {
        program_help_print();
        return RPE_OK;
    }
    if (arguments.version) {
        version_print();
        return RPE_OK;
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "expected a command (%s) or --help, found none",
                         rpe_names_text(command_name, names, sizeof names));
}

static rpe_status words_run(int argc, char **argv, rpe_outcome *outcome, rpe_error *error)
{
    char names[256], suggestion[RPE_SUGGESTION_CAPACITY];
    if (argc < 2 || argv[1][0] == '-')
        return program_options_run(argc < 2 ? 0 : (size_t)argc - 1, argv + 1, error);
    const rpe_command *command = rpe_command_find(argv[1]);
    if (command == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "expected a command (%s), found \"%s\"%s",
                             rpe_names_text(command_name, names, sizeof names), argv[1],
                             rpe_suggestion_text(argv[1], command_name, "", suggestion));
    return command_run(command, (size_t)argc - 2, argv + 2, outcome, error);
}

rpe_status rpe_program_run(int argc, char **argv, rpe_outcome *outcome, rpe_error *error)
{
    rpe_outcome found = RPE_OUTCOME_FAVOURABLE;
    rpe_status status = words_run(argc, argv, &found, error);
    errno = 0;
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    /* Who reads a pipe may have seen enough: the work is done, and what he does not want is not missing. */
    if (!written && status == RPE_OK && !rpe_stream_is_pipe(stdout))
        status =
            rpe_error_set(error, RPE_ERROR_FILE, "standard output: expected to write all of it, found %s",
                          errno != 0 ? strerror(errno) : "an error of the device");
    clearerr(stdout);
    if (outcome != NULL)
        *outcome = found;
    return status;
}
