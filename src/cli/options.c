#include "cli/options.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/processors.h"

#define SUMMARY_CAPACITY 512

enum { COMMON_HELP, COMMON_QUIET, COMMON_THREADS, COMMON_VERSION, COMMON_COUNT };

static const rpe_option common_options[COMMON_COUNT] = {
    [COMMON_HELP] = {.name = "help", .help = "print this help (also -h)", .type = RPE_OPTION_FLAG},
    [COMMON_QUIET] = {.name = "quiet", .help = "print errors only", .type = RPE_OPTION_FLAG},
    [COMMON_THREADS] = {.name = "threads",
                        .placeholder = "T",
                        .help = "threads to use; results do not depend on it (default: OMP_NUM_THREADS, or "
                                "the processors that there are, or that the control group's quota leaves)",
                        .type = RPE_OPTION_COUNT,
                        .minimum = 1,
                        .maximum = RPE_THREADS_MOST},
    [COMMON_VERSION] = {.name = "version",
                        .help = "print version and source revision",
                        .type = RPE_OPTION_FLAG},
};

/* ---- values ---- */

/* Digits only, up to the character stop; false on anything else or beyond 64 bits. */
static bool number_parse(const char *text, char stop, uint64_t *number, const char **end)
{
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    *end = at;
    return at != text && (*at == '\0' || *at == stop);
}

static rpe_status value_refuse(const rpe_option *option, const char *expected, const char *text,
                               rpe_error *error)
{
    return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected %s, found \"%s\"", option->name, expected,
                         text);
}

static rpe_status text_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    bool path = option->type == RPE_OPTION_PATH;
    if (value->text[0] == '\0')
        return value_refuse(option, path ? "a path" : "a text", value->text, error);
    if (path && strcmp(value->text, "-") == 0)
        return value_refuse(option,
                            "a path (standard input and output are not read and written; ./- is a file)",
                            value->text, error);
    return RPE_OK;
}

static rpe_status count_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    char expected[SUMMARY_CAPACITY];
    uint64_t number;
    const char *end;
    if (!number_parse(value->text, '\0', &number, &end) || number < option->minimum ||
        number > option->maximum) {
        snprintf(expected, sizeof expected, "a whole number from %zu to %zu", option->minimum,
                 option->maximum);
        return value_refuse(option, expected, value->text, error);
    }
    value->count = (size_t)number;
    return RPE_OK;
}

static rpe_status extents_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    char expected[SUMMARY_CAPACITY];
    const char *at = value->text, *end = at;
    size_t axes = 0;
    while (axes < RPE_EXTENTS_MAX) {
        uint64_t number;
        if (!number_parse(at, ',', &number, &end) || number < option->minimum || number > option->maximum)
            break;
        value->extent[axes++] = (size_t)number;
        if (*end == '\0') {
            value->count = axes;
            return RPE_OK;
        }
        at = end + 1;
    }
    snprintf(expected, sizeof expected, "one to three whole numbers from %zu to %zu as %s", option->minimum,
             option->maximum, option->placeholder);
    return value_refuse(option, expected, value->text, error);
}

/* Digits, a point and an exponent, and after them what is left: neither "inf" nor "nan" nor hexadecimal. */
static bool decimal_parse(const char *text, const char *left, double *number)
{
    char *end = NULL;
    size_t length = strspn(text, "0123456789.eE+-");
    if (length == 0 || strcmp(text + length, left) != 0)
        return false;
    *number = strtod(text, &end);
    return end == text + length;
}

static rpe_status number_option_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    char expected[SUMMARY_CAPACITY];
    if (decimal_parse(value->text, "", &value->number) && value->number > option->low &&
        value->number < option->high)
        return RPE_OK;
    snprintf(expected, sizeof expected, "a number above %g and below %g", option->low, option->high);
    return value_refuse(option, expected, value->text, error);
}

static rpe_status percent_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    char expected[SUMMARY_CAPACITY];
    if ((decimal_parse(value->text, "", &value->number) || decimal_parse(value->text, "%", &value->number)) &&
        value->number >= option->low && value->number <= option->high)
        return RPE_OK;
    snprintf(expected, sizeof expected, "a number from %g to %g, in percent", option->low, option->high);
    return value_refuse(option, expected, value->text, error);
}

static rpe_status seed_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    const char *end;
    if (!number_parse(value->text, '\0', &value->seed, &end))
        return value_refuse(option, "a whole number from 0 to 18446744073709551615", value->text, error);
    return RPE_OK;
}

static rpe_status choice_parse(const rpe_option *option, rpe_option_value *value, rpe_error *error)
{
    char names[SUMMARY_CAPACITY], suggestion[RPE_SUGGESTION_CAPACITY];
    for (size_t i = 0; option->choice(i) != NULL; i++) {
        if (strcmp(option->choice(i), value->text) == 0) {
            value->count = i;
            return RPE_OK;
        }
    }
    return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected one of %s, found \"%s\"%s", option->name,
                         rpe_names_text(option->choice, names, sizeof names), value->text,
                         rpe_suggestion_text(value->text, option->choice, "", suggestion));
}

static rpe_status (*const value_parsers[])(const rpe_option *, rpe_option_value *, rpe_error *) = {
    [RPE_OPTION_TEXT] = text_parse,       [RPE_OPTION_PATH] = text_parse,
    [RPE_OPTION_COUNT] = count_parse,     [RPE_OPTION_NUMBER] = number_option_parse,
    [RPE_OPTION_EXTENTS] = extents_parse, [RPE_OPTION_SEED] = seed_parse,
    [RPE_OPTION_CHOICE] = choice_parse,   [RPE_OPTION_PERCENT] = percent_parse,
};

/* ---- the line ---- */

typedef struct line {
    const rpe_option_table *table;
    rpe_arguments *arguments;
    rpe_option_value common[COMMON_COUNT];
    size_t count, next;
    char **words;
    bool operands_only; /* after "--" */
} line;

static const rpe_option *option_find(line *state, const char *name, size_t length, rpe_option_value **value)
{
    for (size_t i = 0; i < state->table->count; i++) {
        const rpe_option *option = &state->table->options[i];
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0) {
            *value = &state->arguments->values[i];
            return option;
        }
    }
    for (size_t i = 0; i < COMMON_COUNT; i++) {
        if (strlen(common_options[i].name) == length && memcmp(common_options[i].name, name, length) == 0) {
            *value = &state->common[i];
            return &common_options[i];
        }
    }
    return NULL;
}

static rpe_status unknown_refuse(const rpe_option_table *table, const char *word, rpe_error *error)
{
    size_t length = strcspn(word, "=");
    char name[64] = "", suggestion[RPE_SUGGESTION_CAPACITY] = "";
    if (length > 2 && length < sizeof name)
        memcpy(name, word + 2, length - 2);
    rpe_suggestion best = rpe_suggestion_start(name);
    for (size_t i = 0; i < table->count; i++)
        rpe_suggestion_offer(&best, table->options[i].name);
    for (size_t i = 0; i < COMMON_COUNT; i++)
        rpe_suggestion_offer(&best, common_options[i].name);
    rpe_suggestion_print(&best, "--", suggestion);
    return rpe_error_set(error, RPE_ERROR_INPUT,
                         "%.*s: expected an option of rpebench %s, found an unknown one%s",
                         (int)(length < 200 ? length : 200), word, table->command, suggestion);
}

/* Whether the word is the optional value of the option before it: an operand it can only be while one is missing. */
static bool value_follows(const line *state, const char *word)
{
    return word != NULL && word[0] != '-' &&
           state->arguments->operand_count == state->table->operands_maximum;
}

static rpe_status option_take(line *state, const char *word, rpe_error *error)
{
    size_t length = strcspn(word, "=");
    const char *attached = word[length] == '=' ? word + length + 1 : NULL;
    rpe_option_value *value = NULL;
    const rpe_option *option = NULL;
    if (strcmp(word, "-h") == 0)
        option = option_find(state, "help", strlen("help"), &value);
    else if (length > 2 && word[1] == '-')
        option = option_find(state, word + 2, length - 2, &value);
    if (option == NULL)
        return unknown_refuse(state->table, word, error);
    if (value->given)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected once, found twice", option->name);
    value->given = true;
    if (option->type == RPE_OPTION_FLAG) {
        if (attached != NULL)
            return value_refuse(option, "no value", attached, error);
        return RPE_OK;
    }
    const char *following = state->next < state->count ? state->words[state->next] : NULL;
    if (attached == NULL && option->value_optional && !value_follows(state, following))
        return RPE_OK;
    if (attached == NULL) {
        if (following == NULL || strncmp(following, "--", 2) == 0)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected a value %s after it, found %s",
                                 option->name, option->placeholder,
                                 following == NULL ? "the end of the line" : following);
        attached = following;
        state->next++;
    }
    value->text = attached;
    return value_parsers[option->type](option, value, error);
}

static rpe_status operand_take(line *state, const char *word, rpe_error *error)
{
    rpe_arguments *arguments = state->arguments;
    const rpe_option_table *table = state->table;
    if (table->operand == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected options only, found the extra word \"%s\"",
                             table->command, word);
    if (arguments->operand_count >= table->operands_maximum || arguments->operand_count >= RPE_OPERANDS_MAX)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "%s: expected at most %zu of %s, found the extra word \"%s\"", table->command,
                             table->operands_maximum, table->operand, word);
    arguments->operands[arguments->operand_count++] = word;
    return RPE_OK;
}

static rpe_status fallbacks_take(line *state, rpe_error *error)
{
    for (size_t i = 0; i < state->table->count; i++) {
        const rpe_option *option = &state->table->options[i];
        rpe_option_value *value = &state->arguments->values[i];
        if (value->given)
            continue;
        if (option->required)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected --%s %s (%s), found no such option",
                                 option->name, option->name, option->placeholder, option->help);
        value->text = option->fallback;
        if (value->text != NULL) {
            rpe_status status = value_parsers[option->type](option, value, error);
            if (status != RPE_OK)
                return status;
        }
    }
    if (state->arguments->operand_count < state->table->operands_minimum)
        return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected %s, found none", state->table->command,
                             state->table->operand);
    return RPE_OK;
}

rpe_status rpe_arguments_parse(rpe_arguments *arguments, const rpe_option_table *table, size_t count,
                               char **words, rpe_error *error)
{
    *arguments = (rpe_arguments){0};
    line state = {.table = table, .arguments = arguments, .count = count, .words = words};
    rpe_status status = RPE_OK;
    while (status == RPE_OK && state.next < count) {
        const char *word = words[state.next++];
        if (!state.operands_only && strcmp(word, "--") == 0)
            state.operands_only = true;
        else if (!state.operands_only && word[0] == '-' && word[1] != '\0')
            status = option_take(&state, word, error);
        else
            status = operand_take(&state, word, error);
    }
    if (status != RPE_OK)
        return status;
    arguments->help = state.common[COMMON_HELP].given;
    arguments->version = state.common[COMMON_VERSION].given;
    arguments->quiet = state.common[COMMON_QUIET].given;
    arguments->threads = state.common[COMMON_THREADS].given ? (int)state.common[COMMON_THREADS].count
                                                            : rpe_threads_default_now().threads;
    if (arguments->help || arguments->version)
        return RPE_OK;
    return fallbacks_take(&state, error);
}

/* ---- help ---- */

const rpe_option *rpe_options_common(size_t *count)
{
    *count = COMMON_COUNT;
    return common_options;
}

static void option_print(const rpe_option *option, FILE *stream)
{
    char left[64], names[SUMMARY_CAPACITY];
    const char *brackets[2] = {option->value_optional ? "[" : "", option->value_optional ? "]" : ""};
    if (option->placeholder == NULL)
        snprintf(left, sizeof left, "--%s", option->name);
    else
        snprintf(left, sizeof left, "--%s %s%s%s", option->name, brackets[0], option->placeholder,
                 brackets[1]);
    fprintf(stream, "  %-24s %s", left, option->help);
    if (option->choice != NULL)
        fprintf(stream, ": %s", rpe_names_text(option->choice, names, sizeof names));
    if (option->required)
        fprintf(stream, " (required)");
    if (option->fallback != NULL)
        fprintf(stream, " (default: %s)", option->fallback);
    fprintf(stream, "\n");
}

void rpe_options_print(const rpe_option_table *table, FILE *stream)
{
    if (table->count > 0)
        fprintf(stream, "\nOptions\n");
    for (size_t i = 0; i < table->count; i++)
        option_print(&table->options[i], stream);
    fprintf(stream, "\nEverywhere\n");
    for (size_t i = 0; i < COMMON_COUNT; i++)
        option_print(&common_options[i], stream);
}
