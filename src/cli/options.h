/* Command-line options: one table a command drives both the parsing and --help. */
#ifndef RPE_OPTIONS_H
#define RPE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define RPE_OPTIONS_MAX 24
#define RPE_OPERANDS_MAX 64
#define RPE_EXTENTS_MAX 3

typedef enum rpe_option_type {
    RPE_OPTION_FLAG,    /* no value */
    RPE_OPTION_TEXT,    /* anything but nothing */
    RPE_OPTION_PATH,    /* a file or directory; its existence is not looked at here */
    RPE_OPTION_COUNT,   /* whole number, minimum .. maximum */
    RPE_OPTION_EXTENTS, /* one to three whole numbers, "N[,N2[,N3]]", each minimum .. maximum */
    RPE_OPTION_NUMBER,  /* decimal number, low < number < high */
    RPE_OPTION_PERCENT, /* decimal number with or without a % sign, low <= number <= high */
    RPE_OPTION_SEED,    /* whole number below 2^64 */
    RPE_OPTION_CHOICE   /* one of a list of names */
} rpe_option_type;

typedef struct rpe_option {
    const char *name;        /* without the dashes */
    const char *placeholder; /* of the value in the help; NULL for a flag */
    const char *help;
    rpe_option_type type;
    bool required;
    /* The value is given as --name=VALUE, or as a word after all operands; else there is none. */
    bool value_optional;
    bool written;             /* path: a file or folder that the command writes, not one that it reads */
    const char *fallback;     /* taken as if it were given; NULL: the option stays unset */
    size_t minimum, maximum;  /* count and extents */
    double low, high;         /* number: exclusive; percent: inclusive */
    const char *const *files; /* path of a folder: names of what is written there; NULL after the last */
    const char *(*choice)(size_t index); /* name of a choice, NULL after the last */
} rpe_option;

typedef struct rpe_option_value {
    bool given;       /* on the command line */
    const char *text; /* as typed, or the fallback; NULL: unset */
    size_t count;     /* count; the index of a choice; the number of extents */
    uint64_t seed;
    double number; /* of a percent too: 5 is 5 % */
    size_t extent[RPE_EXTENTS_MAX];
} rpe_option_value;

/* What --help (-h), --quiet, --threads and --version are everywhere. */
typedef struct rpe_arguments {
    rpe_option_value values[RPE_OPTIONS_MAX]; /* in the order of the command's table */
    const char *operands[RPE_OPERANDS_MAX];
    size_t operand_count;
    bool help, version, quiet;
    int threads;
} rpe_arguments;

/* A table of options, and what stands beside them on the line. */
typedef struct rpe_option_table {
    const char *command; /* for messages */
    const rpe_option *options;
    size_t count;
    const char *operand; /* placeholder of the operands, "EXPERIMENT..."; NULL: none are taken */
    size_t operands_minimum, operands_maximum;
} rpe_option_table;

/* Parses the words after the command.  "--name value" and "--name=value"; "--" ends the options.  Unknown, repeated and
   missing options, missing and malformed values and superfluous operands are errors that name the option, what was expected
   and what was found.  With --help or --version nothing is missing.  Texts are borrowed from words. */
rpe_status rpe_arguments_parse(rpe_arguments *arguments, const rpe_option_table *table, size_t count,
                               char **words, rpe_error *error);

/* Options of every command. */
const rpe_option *rpe_options_common(size_t *count);

/* The lines of the table and those of the common options. */
void rpe_options_print(const rpe_option_table *table, FILE *stream);

/* The nearest of several names to a mistyped word. */
typedef struct rpe_suggestion {
    const char *word, *best; /* best: NULL while nothing is near */
    size_t distance;
} rpe_suggestion;

#define RPE_SUGGESTION_CAPACITY 160
rpe_suggestion rpe_suggestion_start(const char *word);
void rpe_suggestion_offer(rpe_suggestion *suggestion, const char *name);
/* "; did you mean PREFIXname?", or "" when nothing is near.  Returns text. */
const char *rpe_suggestion_print(const rpe_suggestion *suggestion, const char *prefix,
                                 char text[RPE_SUGGESTION_CAPACITY]);
/* Offers name(0), name(1) ... until NULL, and prints. */
const char *rpe_suggestion_text(const char *word, const char *(*name)(size_t index), const char *prefix,
                                char text[RPE_SUGGESTION_CAPACITY]);

/* Names joined by ", "; cut with "..." when they do not fit.  Returns text. */
const char *rpe_names_text(const char *(*name)(size_t index), char *text, size_t capacity);

#endif
