/* rpebench completion: scripts that complete its words, from the tables that give --help. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

/* An option by its place, those of the command first, then those of every command; NULL after the last. */
static const rpe_option *option_at(const rpe_command *command, size_t index)
{
    size_t common;
    const rpe_option *everywhere = rpe_options_common(&common);
    if (index < command->option_count)
        return &command->options[index];
    index -= command->option_count;
    return index < common ? &everywhere[index] : NULL;
}

static void names_print(const char *(*name)(size_t index))
{
    for (size_t i = 0; name(i) != NULL; i++)
        printf("%s%s", i > 0 ? " " : "", name(i));
}

static const char *command_name(size_t index)
{
    return index < rpe_command_count() ? rpe_command_at(index)->name : NULL;
}

/* ---- bash ---- */

/* Words after which a value is expected, which is not one of a list. */
static void bash_values_print(void)
{
    printf("    case $previous in\n");
    for (size_t i = 0; i < rpe_command_count(); i++) {
        const rpe_command *command = rpe_command_at(i);
        const rpe_option *option;
        for (size_t j = 0; (option = option_at(command, j)) != NULL; j++) {
            if (option->choice == NULL && (option->placeholder == NULL || option->value_optional))
                continue;
            printf("    %s--%s) ", command->name, option->name);
            if (option->choice != NULL) {
                printf("words='");
                names_print(option->choice);
                printf("' ;;\n");
            } else {
                printf(option->type == RPE_OPTION_PATH ? "files=yes ;;\n" : "return ;;\n");
            }
        }
    }
    printf("    *) first=yes ;;\n    esac\n");
}

static void bash_command_print(const rpe_command *command)
{
    const rpe_option *option;
    printf("    %s)\n        options='", command->name);
    for (size_t i = 0; (option = option_at(command, i)) != NULL; i++)
        printf("%s--%s", i > 0 ? " " : "", option->name);
    printf("'\n");
    if (command->operand_choice != NULL) {
        printf("        operands='");
        names_print(command->operand_choice);
        printf("'\n");
    } else if (command->operand != NULL) {
        printf("        operand_files=yes\n");
    }
    if (command->operand_experiments)
        printf("        operands=$(\"${COMP_WORDS[0]}\" list experiments 2>/dev/null | "
               "sed -n 's/^  \\([^ ]*\\) .*/\\1/p')\n");
    printf("        ;;\n");
}

static void bash_print(void)
{
    printf(
        "# Completion of rpebench for bash; source it, or install it as rpebench among bash's completions.\n"
        "_rpebench() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options='' operands='' words=''\n"
        "    local files='' operand_files='' first='' previous=${COMP_WORDS[1]}${COMP_WORDS[COMP_CWORD - "
        "1]}\n"
        "    COMPREPLY=()\n"
        "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W '");
    names_print(command_name);
    printf(" --help --version' -- \"$word\")\n        return\n    fi\n    case $command in\n");
    for (size_t i = 0; i < rpe_command_count(); i++)
        bash_command_print(rpe_command_at(i));
    printf("    *) return ;;\n    esac\n");
    bash_values_print();
    printf("    if [ -n \"$first\" ]; then\n"
           "        words=\"$options $operands\"\n"
           "        files=$operand_files\n"
           "    fi\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
           "    if [ -n \"$files\" ]; then\n"
           "        compopt -o filenames 2>/dev/null\n"
           "        mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$word\")\n"
           "    fi\n"
           "}\n"
           "complete -F _rpebench rpebench\n");
}

/* ---- zsh ---- */

/* Inside of single quotes, where brackets and colons mean something to _arguments too. */
static void zsh_text_print(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
            continue;
        }
        if (strchr("[]:\\", *text) != NULL)
            putchar('\\');
        putchar(*text);
    }
}

/* '--name[help]', '--name=[help]:PLACEHOLDER:(a b)' */
static void zsh_option_print(const rpe_option *option)
{
    printf("        '--%s%s[", option->name, option->placeholder != NULL ? "=" : "");
    zsh_text_print(option->help);
    putchar(']');
    if (option->placeholder != NULL) {
        printf(option->value_optional ? "::" : ":");
        zsh_text_print(option->placeholder);
        putchar(':');
        if (option->choice != NULL) {
            putchar('(');
            names_print(option->choice);
            putchar(')');
        } else if (option->type == RPE_OPTION_PATH) {
            printf("_files");
        }
    }
    printf("' \\\n");
}

static void zsh_operand_print(const rpe_command *command)
{
    if (command->operand == NULL) {
        printf("        ':: :'\n");
        return;
    }
    printf("        '*:");
    zsh_text_print(command->operand);
    if (command->operand_choice != NULL) {
        printf(":(");
        names_print(command->operand_choice);
        printf(")'\n");
    } else {
        printf(command->operand_experiments ? ":_rpebench_experiments'\n" : ":_files'\n");
    }
}

static void zsh_command_print(const rpe_command *command)
{
    const rpe_option *option;
    printf("    %s)\n        _arguments \\\n", command->name);
    for (size_t i = 0; (option = option_at(command, i)) != NULL; i++)
        zsh_option_print(option);
    zsh_operand_print(command);
    printf("        ;;\n");
}

static void zsh_print(void)
{
    printf("#compdef rpebench\n"
           "# Completion of rpebench for zsh; install it as _rpebench in a directory of fpath.\n"
           "_rpebench_experiments() {\n"
           "    local -a names\n"
           "    names=(${(f)\"$(rpebench list experiments 2>/dev/null | sed -n 's/^  \\([^ ]*\\) "
           ".*/\\1/p')\"})\n"
           "    _alternative 'experiments:experiment:($names)' 'files:file:_files'\n"
           "}\n\n"
           "_rpebench() {\n"
           "    local -a commands\n    commands=(\n");
    for (size_t i = 0; i < rpe_command_count(); i++) {
        printf("        '%s:", rpe_command_at(i)->name);
        zsh_text_print(rpe_command_at(i)->title);
        printf("'\n");
    }
    printf("    )\n"
           "    if ((CURRENT == 2)); then\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    shift words\n    ((CURRENT--))\n"
           "    case $words[1] in\n");
    for (size_t i = 0; i < rpe_command_count(); i++)
        zsh_command_print(rpe_command_at(i));
    printf("    esac\n}\n\n_rpebench \"$@\"\n");
}

/* ---- command ---- */

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {{"bash", bash_print}, {"zsh", zsh_print}};

#define SHELL_COUNT (sizeof shells / sizeof shells[0])

static const char *shell_name(size_t index)
{
    return index < SHELL_COUNT ? shells[index].name : NULL;
}

static rpe_status completion_run(const rpe_arguments *arguments, rpe_error *error)
{
    char names[64];
    for (size_t i = 0; i < SHELL_COUNT; i++)
        if (strcmp(shells[i].name, arguments->operands[0]) == 0) {
            shells[i].print();
            return RPE_OK;
        }
    return rpe_error_set(error, RPE_ERROR_INPUT, "completion: expected one of %s, found \"%s\"",
                         rpe_names_text(shell_name, names, sizeof names), arguments->operands[0]);
}

const rpe_command rpe_command_completion = {
    .name = "completion",
    .title = "print a script that completes commands, options and values",
    .description = "Prints the completion of that shell, bash or zsh, for its source command.\n",
    .operand = "SHELL",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .operand_choice = shell_name,
    .run = completion_run,
};
