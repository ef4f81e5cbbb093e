/* rpebench verify: every claim with its statistic, p-value, detectable effect and verdict. */
#include <stdio.h>

#include "base/blas.h"
#include "base/memory.h"
#include "cli/catalogue.h"
#include "cli/command/verify.h"
#include "encoding/sampler.h"

#define SEEDS_MAX 100000

static const char *sampler_name(size_t index)
{
    return index < rpe_sampler_count() ? rpe_sampler_at(index)->name : NULL;
}

static const char *method_name(size_t index)
{
    return index < rpe_method_count() ? rpe_method_at(index)->name : NULL;
}

static const char *claim_name(size_t index)
{
    return index < rpe_claim_count() ? rpe_claim_at(index)->name : NULL;
}

/* clang-format off */
static const rpe_option options[RPE_VERIFY_OPTIONS] = {
    [RPE_VERIFY_QUICK] = {.name = "quick", .help = "a third of the trials, and some of the lengths",
                         .type = RPE_OPTION_FLAG},
    [RPE_VERIFY_SEED] = {.name = "seed", .placeholder = "S", .help = "seed of all randomness",
                         .type = RPE_OPTION_SEED, .fallback = "1"},
    [RPE_VERIFY_LEVEL] = {.name = "level", .placeholder = "P",
                          .help = "probability that any claim fails by chance", .type = RPE_OPTION_NUMBER,
                          .low = 0.0, .high = 1.0, .fallback = "0.001"},
    [RPE_VERIFY_CASE] = {.name = "case", .placeholder = "NAME", .help = "this case only, as \"sine gated\"",
                         .type = RPE_OPTION_TEXT},
    [RPE_VERIFY_SAMPLER] = {.name = "sampler", .placeholder = "NAME", .help = "this sampler only",
                            .type = RPE_OPTION_CHOICE, .choice = sampler_name},
    [RPE_VERIFY_METHOD] = {.name = "method", .placeholder = "NAME", .help = "this method only",
                           .type = RPE_OPTION_CHOICE, .choice = method_name},
    [RPE_VERIFY_ALL] = {.name = "all", .help = "print every line, those that hold too",
                        .type = RPE_OPTION_FLAG},
    [RPE_VERIFY_OUTPUT] = {.name = "output", .placeholder = "DIR",
                           .help = "directory for verify.csv and verify.json (calibration.*, mutants.*)",
                           .type = RPE_OPTION_PATH, .written = true},
    [RPE_VERIFY_CSV] = {.name = "csv", .placeholder = "FILE", .help = "a line a claim and case",
                        .type = RPE_OPTION_PATH, .written = true},
    [RPE_VERIFY_JSON] = {.name = "json", .placeholder = "FILE", .help = "verdicts, settings and the machine",
                         .type = RPE_OPTION_PATH, .written = true},
    [RPE_VERIFY_JUNIT] = {.name = "junit", .placeholder = "FILE", .help = "JUnit XML: a suite a claim",
                          .type = RPE_OPTION_PATH, .written = true},
    [RPE_VERIFY_MARKDOWN] = {.name = "markdown", .placeholder = "FILE", .help = "the table as Markdown",
                             .type = RPE_OPTION_PATH, .written = true},
    [RPE_VERIFY_CALIBRATE] = {.name = "calibrate", .placeholder = "n",
                              .help = "instead: are p-values uniform over n seeds?", .type = RPE_OPTION_COUNT,
                              .minimum = 2, .maximum = SEEDS_MAX},
    [RPE_VERIFY_MUTANTS] = {.name = "mutants", .help = "instead: is every planted fault rejected?",
                            .type = RPE_OPTION_FLAG},
};
/* clang-format on */

/* Options that a mode has no use for. */
typedef struct conflict {
    int mode, option;
} conflict;

static const conflict conflicts[] = {
    {RPE_VERIFY_CALIBRATE, RPE_VERIFY_MUTANTS}, {RPE_VERIFY_CALIBRATE, RPE_VERIFY_ALL},
    {RPE_VERIFY_CALIBRATE, RPE_VERIFY_CSV},     {RPE_VERIFY_CALIBRATE, RPE_VERIFY_JSON},
    {RPE_VERIFY_CALIBRATE, RPE_VERIFY_JUNIT},   {RPE_VERIFY_CALIBRATE, RPE_VERIFY_MARKDOWN},
    {RPE_VERIFY_MUTANTS, RPE_VERIFY_ALL},       {RPE_VERIFY_MUTANTS, RPE_VERIFY_JSON},
    {RPE_VERIFY_MUTANTS, RPE_VERIFY_JUNIT},
};

static rpe_status arguments_check(const rpe_arguments *arguments, rpe_error *error)
{
    char suggestion[RPE_SUGGESTION_CAPACITY];
    for (size_t i = 0; i < sizeof conflicts / sizeof conflicts[0]; i++)
        if (arguments->values[conflicts[i].mode].given && arguments->values[conflicts[i].option].given)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected without --%s, found both",
                                 options[conflicts[i].option].name, options[conflicts[i].mode].name);
    for (size_t i = 0; i < arguments->operand_count; i++)
        if (rpe_claim_find(arguments->operands[i]) == NULL)
            return rpe_error_set(error, RPE_ERROR_INPUT,
                                 "verify: expected a claim (rpebench list claims), found \"%s\"%s",
                                 arguments->operands[i],
                                 rpe_suggestion_text(arguments->operands[i], claim_name, "", suggestion));
    return RPE_OK;
}

static rpe_status verify_judge(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    rpe_status status = arguments_check(arguments, error);
    if (status == RPE_OK)
        status = rpe_blas_ready(error);
    if (status != RPE_OK)
        return status;
    const rpe_verification_settings settings = {.claims = arguments->operands,
                                                .claim_count = arguments->operand_count,
                                                .only_case = values[RPE_VERIFY_CASE].text,
                                                .only_sampler = values[RPE_VERIFY_SAMPLER].text,
                                                .only_method = values[RPE_VERIFY_METHOD].text,
                                                .seed = values[RPE_VERIFY_SEED].seed,
                                                .threads = arguments->threads,
                                                .quick = values[RPE_VERIFY_QUICK].given,
                                                .level = values[RPE_VERIFY_LEVEL].number,
                                                .progress = arguments->quiet ? NULL : stderr};
    if (values[RPE_VERIFY_CALIBRATE].given)
        status = rpe_verify_calibrate(arguments, &settings, outcome, error);
    else if (values[RPE_VERIFY_MUTANTS].given)
        status = rpe_verify_mutants(arguments, &settings, outcome, error);
    else
        status = rpe_verify_claims(arguments, &settings, outcome, error);
    return status;
}

const rpe_command rpe_command_verify = {
    .name = "verify",
    .title = "put every claim to the test: statistic, p-value, verdict",
    .description = "CLAIM is a name of `rpebench list claims`; without one all are verified.  A claim that "
                   "fails, or agrees\n"
                   "better than chance allows, makes the exit status 1; its line is followed by the command "
                   "that repeats it.\n",
    .options = options,
    .option_count = RPE_VERIFY_OPTIONS,
    .operand = "CLAIM...",
    .operand_choice = claim_name,
    .operands_maximum = RPE_OPERANDS_MAX,
    .judge = verify_judge,
};
