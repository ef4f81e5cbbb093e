/* rpebench manual: the manual page, from the tables that give --help. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "file/provenance.h"

/* ---- text as man(7) wants it ---- */

#define LINE_WIDTH 72 /* of the source, which is filled again when it is read */

/* Characters that mean something to roff: a hyphen-minus stays one, and no word starts with a dot, as a line must not. */
static size_t word_print(const char *word, size_t length)
{
    static const char special[] = "\\-^~`'\"";
    static const char *const escaped[] = {"\\e", "\\-", "\\(ha", "\\(ti", "\\(ga", "\\(aq", "\\(dq"};
    size_t printed = 0;
    for (size_t i = 0; i < length; i++) {
        const char *place = strchr(special, word[i]);
        if (i == 0 && word[i] == '.')
            printed += (size_t)printf("\\&.");
        else if (place != NULL)
            printed += (size_t)printf("%s", escaped[place - special]);
        else
            printed += (size_t)printf("%c", word[i]);
    }
    return printed;
}

static void text_print(const char *text)
{
    (void)word_print(text, strlen(text));
}

/* Words in lines of the source; an empty line starts a paragraph. */
static void paragraphs_print(const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " \n"), spaces = strspn(text + length, " ");
        if (length > 0 && column > 0)
            column = column + length > LINE_WIDTH ? (puts(""), 0) : column + (size_t)printf(" ");
        if (length > 0)
            column += word_print(text, length);
        text += length + spaces;
        if (text[0] == '\n' && text[1] == '\n') {
            puts("\n.PP");
            column = 0;
        }
        text += strspn(text, "\n");
    }
    if (column > 0)
        puts("");
}

static void line_print(const char *macro, const char *text)
{
    printf(".%s ", macro);
    text_print(text);
    putchar('\n');
}

/* ---- options ---- */

static void option_head_print(const rpe_option *option)
{
    printf(".TP\n\\fB\\-\\-");
    text_print(option->name);
    printf("\\fR");
    if (option->placeholder != NULL) {
        printf(option->value_optional ? " [\\fI" : " \\fI");
        text_print(option->placeholder);
        printf(option->value_optional ? "\\fR]" : "\\fR");
    }
    putchar('\n');
}

static void option_print(const rpe_option *option)
{
    option_head_print(option);
    paragraphs_print(option->help);
    for (size_t i = 0; option->choice != NULL && option->choice(i) != NULL; i++) {
        text_print(option->choice(i));
        puts(option->choice(i + 1) != NULL ? "," : "");
    }
    if (option->required)
        puts("(required)");
    if (option->fallback != NULL) {
        printf("(default: ");
        text_print(option->fallback);
        puts(")");
    }
}

static void options_print(const rpe_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        option_print(&options[i]);
}

/* ---- commands ---- */

static void usage_print(const rpe_command *command)
{
    printf(".PP\n\\fBrpebench ");
    text_print(command->name);
    printf("\\fR");
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].required) {
            printf(" \\fB\\-\\-");
            text_print(command->options[i].name);
            printf("\\fR \\fI");
            text_print(command->options[i].placeholder);
            printf("\\fR");
        }
    printf(" [\\fIOPTION\\fR...]");
    if (command->operand != NULL) {
        printf(command->operands_minimum > 0 ? " \\fI" : " [\\fI");
        text_print(command->operand);
        printf(command->operands_minimum > 0 ? "\\fR" : "\\fR]");
    }
    putchar('\n');
}

static void command_print(const rpe_command *command)
{
    line_print("SS", command->name);
    paragraphs_print(command->title);
    usage_print(command);
    puts(".PP");
    paragraphs_print(command->description);
    options_print(command->options, command->option_count);
}

/* ---- what is no command ---- */

typedef struct entry {
    const char *name, *text;
} entry;

static const entry environment[] = {
    {"RPEBENCH_DATA",
     "The folder that holds experiments and plots. Without it they are found beside the installed program "
     "(../share/rpebench), or in the source tree that it was built from."},
    {"NO_COLOR",
     "If set and not empty, no colour is printed; elsewhere than on a terminal there is none anyway."},
    {"SOURCE_DATE_EPOCH", "Seconds since 1970 that results are dated with in place of now."}};

static const entry statuses[] = {
    {"0", "The command did what it was asked for, and what it decides is favourable."},
    {"1", "A claim fails, codes are no draws for the kernel, two arrays or runs differ, or a run lacks what "
          "its baseline has (compare --missing)."},
    {"2", "Bad input, no memory, or a file that cannot be written: one line on standard error says what was "
          "expected and what was found."},
    {"3",
     "compare: nothing is worse, but of something it cannot be told: a run of timings was noisy, or a test "
     "would not see a change as large as --detect."},
    {"130, 143", "Interrupted by Ctrl-C or SIGTERM. What was finished is kept where the command says so."}};

static void entries_print(const char *title, const entry *entries, size_t count)
{
    line_print("SH", title);
    for (size_t i = 0; i < count; i++) {
        printf(".TP\n\\fB");
        text_print(entries[i].name);
        printf("\\fR\n");
        paragraphs_print(entries[i].text);
    }
}

static void head_print(void)
{
    char date[RPE_CLOCK_CAPACITY];
    printf(".TH RPEBENCH 1 %.10s \"rpebench %s\" \"User Commands\"\n", rpe_clock_date(date), rpe_version());
    printf(".SH NAME\nrpebench \\- how exact are linear\\-complexity attentions with relative positions?\n");
    printf(".SH SYNOPSIS\n\\fBrpebench\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n");
    puts(".SH DESCRIPTION");
    paragraphs_print("Measures what approximations of relative positional encoding in attention of linear "
                     "complexity cost: "
                     "the error of scores, attention and outputs against an exact oracle, time and memory. "
                     "Encodes, attends, and checks codes of other programs, on NumPy arrays.\n\n"
                     "An option and its value are two words, or one with an equals sign between them; "
                     "the word -- ends the options.\n");
}

static rpe_status manual_run(const rpe_arguments *arguments, rpe_error *error)
{
    (void)arguments;
    (void)error;
    size_t common;
    const rpe_option *everywhere = rpe_options_common(&common);
    head_print();
    puts(".SH COMMANDS");
    for (size_t i = 0; i < rpe_command_count(); i++)
        command_print(rpe_command_at(i));
    puts(".SH OPTIONS EVERYWHERE");
    options_print(everywhere, common);
    entries_print("EXIT STATUS", statuses, sizeof statuses / sizeof statuses[0]);
    entries_print("ENVIRONMENT", environment, sizeof environment / sizeof environment[0]);
    return RPE_OK;
}

const rpe_command rpe_command_manual = {
    .name = "manual",
    .title = "print the manual page",
    .description = "In the format of man(1): rpebench manual | man -l -\n",
    .run = manual_run,
};
