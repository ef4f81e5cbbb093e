/* Parsing of the command line, by a table of options of every type. */
#include "rpe_test.h"

#include <stdio.h>
#include <string.h>

#include "cli/options.h"

enum { NAME, FILE_NAME, SIZE, LENGTH, SEED, COLOUR, FLAG, OPTION_COUNT };

static const char *colour_name(size_t index)
{
    static const char *const names[] = {"red", "green", "blue"};
    return index < 3 ? names[index] : NULL;
}

static const rpe_option options[OPTION_COUNT] = {
    [NAME] = {.name = "name", .placeholder = "TEXT", .help = "a text", .type = RPE_OPTION_TEXT},
    [FILE_NAME] =
        {.name = "file", .placeholder = "F", .help = "a file", .type = RPE_OPTION_PATH, .required = true},
    [SIZE] = {.name = "size",
              .placeholder = "n",
              .help = "a size",
              .type = RPE_OPTION_COUNT,
              .minimum = 2,
              .maximum = 9},
    [LENGTH] = {.name = "length",
                .placeholder = "N[,N2[,N3]]",
                .help = "lengths",
                .type = RPE_OPTION_EXTENTS,
                .minimum = 1,
                .maximum = 1000},
    [SEED] = {.name = "seed", .placeholder = "S", .help = "a seed", .type = RPE_OPTION_SEED, .fallback = "7"},
    [COLOUR] = {.name = "colour",
                .placeholder = "C",
                .help = "a colour",
                .type = RPE_OPTION_CHOICE,
                .choice = colour_name,
                .fallback = "green"},
    [FLAG] = {.name = "flag", .help = "a flag", .type = RPE_OPTION_FLAG},
};

static const rpe_option_table table = {.command = "paint",
                                       .options = options,
                                       .count = OPTION_COUNT,
                                       .operand = "THING...",
                                       .operands_minimum = 0,
                                       .operands_maximum = 2};

#define WORDS_MAX 16

/* The words of a line, separated by single spaces. */
static rpe_status line_parse(const char *text, rpe_arguments *arguments, rpe_error *error)
{
    static char buffer[512];
    char *words[WORDS_MAX];
    size_t count = 0;
    snprintf(buffer, sizeof buffer, "%s", text);
    for (char *word = strtok(buffer, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    return rpe_arguments_parse(arguments, &table, count, words, error);
}

static void test_values(void **state)
{
    (void)state;
    rpe_arguments arguments;
    rpe_error error = {""};
    rpe_test_ok(
        line_parse("--file a.npy --size=9 --length 4,3,2 --seed 18446744073709551615 --colour blue --flag x "
                   "--threads 3 --quiet -- --y",
                   &arguments, &error),
        &error);
    assert_string_equal(arguments.values[FILE_NAME].text, "a.npy");
    assert_int_equal(arguments.values[SIZE].count, 9);
    assert_int_equal(arguments.values[LENGTH].count, 3);
    assert_int_equal(arguments.values[LENGTH].extent[0], 4);
    assert_int_equal(arguments.values[LENGTH].extent[2], 2);
    assert_true(arguments.values[SEED].seed == UINT64_MAX);
    assert_int_equal(arguments.values[COLOUR].count, 2);
    assert_true(arguments.values[FLAG].given);
    assert_false(arguments.values[NAME].given);
    assert_null(arguments.values[NAME].text);
    assert_int_equal(arguments.threads, 3);
    assert_true(arguments.quiet);
    assert_false(arguments.help);
    assert_int_equal(arguments.operand_count, 2);
    assert_string_equal(arguments.operands[0], "x");
    assert_string_equal(arguments.operands[1], "--y");
}

static void test_defaults(void **state)
{
    (void)state;
    rpe_arguments arguments;
    rpe_error error = {""};
    rpe_test_ok(line_parse("--file=--odd=name", &arguments, &error), &error);
    assert_string_equal(arguments.values[FILE_NAME].text, "--odd=name");
    assert_true(arguments.values[SEED].seed == 7);
    assert_false(arguments.values[SEED].given);
    assert_int_equal(arguments.values[COLOUR].count, 1);
    assert_false(arguments.values[FLAG].given);
    assert_true(arguments.threads >= 1);
}

/* Nothing is missing where help or version is asked for. */
static void test_help(void **state)
{
    (void)state;
    rpe_arguments arguments;
    rpe_error error = {""};
    rpe_test_ok(line_parse("--help", &arguments, &error), &error);
    assert_true(arguments.help);
    rpe_test_ok(line_parse("--size 3 --version", &arguments, &error), &error);
    assert_true(arguments.version);
}

typedef struct refusal {
    const char *line;
    const char *parts[3]; /* of the message */
} refusal;

static const refusal refusals[] = {
    {"", {"--file", "F", "a file"}},
    {"--file", {"--file", "a value F", "end of the line"}},
    {"--file --flag", {"--file", "a value F", "--flag"}},
    {"--file=", {"--file", "a path", "\"\""}},
    {"--file a --file b", {"--file", "once", "twice"}},
    {"--file a --flag --flag", {"--flag", "once", "twice"}},
    {"--file a --flag=yes", {"--flag", "no value", "yes"}},
    {"--fill a", {"--fill", "option", "did you mean --file?"}},
    {"--thread 2", {"--thread", "option", "did you mean --threads?"}},
    {"--wholly-other", {"--wholly-other", "option of rpebench paint", "unknown"}},
    {"-f a", {"-f", "option", "unknown"}},
    {"--file a --size 1", {"--size", "2 to 9", "\"1\""}},
    {"--file a --size 10", {"--size", "2 to 9", "\"10\""}},
    {"--file a --size -3", {"--size", "2 to 9", "\"-3\""}},
    {"--file a --size +3", {"--size", "2 to 9", "\"+3\""}},
    {"--file a --size 3.5", {"--size", "2 to 9", "\"3.5\""}},
    {"--file a --size 0x3", {"--size", "2 to 9", "\"0x3\""}},
    {"--file a --size 4,4", {"--size", "2 to 9", "\"4,4\""}},
    {"--file a --size=", {"--size", "2 to 9", "\"\""}},
    {"--file a --size 18446744073709551619", {"--size", "2 to 9", "18446744073709551619"}},
    {"--file a --length 0", {"--length", "1 to 1000", "\"0\""}},
    {"--file a --length 4,", {"--length", "N[,N2[,N3]]", "\"4,\""}},
    {"--file a --length ,4", {"--length", "N[,N2[,N3]]", "\",4\""}},
    {"--file a --length 1,2,3,4", {"--length", "one to three", "1,2,3,4"}},
    {"--file a --length 4x3", {"--length", "one to three", "4x3"}},
    {"--file a --seed 18446744073709551616", {"--seed", "0 to 18446744073709551615", "18446744073709551616"}},
    {"--file a --seed one", {"--seed", "0 to 18446744073709551615", "one"}},
    {"--file a --colour gren", {"--colour", "red, green, blue", "did you mean green?"}},
    {"--file a --colour x", {"--colour", "red, green, blue", "\"x\""}},
    {"--file a --threads 0", {"--threads", "1 to 1024", "\"0\""}},
    {"--file a x y z", {"paint", "at most 2 of THING...", "\"z\""}},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        rpe_arguments arguments;
        rpe_error error = {""};
        rpe_status status = line_parse(refusals[i].line, &arguments, &error);
        if (status != RPE_ERROR_INPUT)
            fail_msg("\"%s\": status %d", refusals[i].line, (int)status);
        for (size_t part = 0; part < 3; part++) {
            if (strstr(error.message, refusals[i].parts[part]) == NULL)
                fail_msg("\"%s\": expected \"%s\" in: %s", refusals[i].line, refusals[i].parts[part],
                         error.message);
        }
    }
}

/* The help has a line for every option of the table, with its default. */
static void test_help_lines(void **state)
{
    (void)state;
    char text[4096] = "";
    FILE *stream = fmemopen(text, sizeof text - 1, "w");
    assert_non_null(stream);
    rpe_options_print(&table, stream);
    fclose(stream);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "--%s", options[i].name);
        assert_non_null(strstr(text, name));
        assert_non_null(strstr(text, options[i].help));
    }
    assert_non_null(strstr(text, "red, green, blue (default: green)"));
    assert_non_null(strstr(text, "a file (required)"));
    assert_non_null(strstr(text, "--threads T"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),   cmocka_unit_test(test_defaults),   cmocka_unit_test(test_help),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_help_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
