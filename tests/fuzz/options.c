/* Options: words.txt, a command and its words, one a line. */
#include <string.h>

#include "cli/command.h"
#include "fuzz.h"

#define TEXT_CAPACITY 4096
#define WORDS_MAX 128

static size_t words_take(char *text, char *words[WORDS_MAX])
{
    size_t count = 0;
    for (char *at = text; at != NULL && count < WORDS_MAX;) {
        char *stop = strchr(at, '\n');
        if (stop != NULL)
            *stop++ = '\0';
        words[count++] = at;
        at = stop;
    }
    return count;
}

void fuzz_options(const char *directory)
{
    static char text[TEXT_CAPACITY];
    static rpe_arguments arguments;
    char *words[WORDS_MAX];
    rpe_error error = {""};
    FILE *file = fopen(fuzz_path(directory, "words.txt"), "rb");
    if (file == NULL)
        return;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const size_t count = words_take(text, words);
    const rpe_command *command = rpe_command_find(words[0]);
    if (command == NULL)
        return;
    const rpe_option_table table = {.command = command->name,
                                    .options = command->options,
                                    .count = command->option_count,
                                    .operand = command->operand,
                                    .operands_minimum = command->operands_minimum,
                                    .operands_maximum = command->operands_maximum};
    fuzz_status_check(rpe_arguments_parse(&arguments, &table, count - 1, words + 1, &error), &error);
}
