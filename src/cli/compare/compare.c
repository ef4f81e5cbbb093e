/* rpebench compare: two arrays, or two runs. */
#include <string.h>

#include "base/interrupt.h"
#include "cli/compare/compare.h"
#include "report/result_set.h"

/* In the order of rpe_compare_missing. */
static const char *missing_name(size_t index)
{
    static const char *const names[] = {"fail", "allow", NULL};
    return names[index];
}

/* clang-format off */
static const rpe_option options[RPE_COMPARE_OPTIONS] = {
    [RPE_COMPARE_TOLERANCE] = {.name = "tolerance", .placeholder = "T",
        .help = "arrays: |MINE - REF| <= T + R |REF| decides, in place of torch.testing; 0 if only R is given",
        .type = RPE_OPTION_TEXT},
    [RPE_COMPARE_RELATIVE] = {.name = "relative", .placeholder = "R",
        .help = "arrays: relative part of the tolerance; 0 if only T is given", .type = RPE_OPTION_TEXT},
    [RPE_COMPARE_DTYPE] = {.name = "dtype", .placeholder = "TYPE",
        .help = "arrays: type whose torch.testing tolerance is used (default: the coarser of the two files)",
        .type = RPE_OPTION_CHOICE, .choice = rpe_compare_type_name},
    [RPE_COMPARE_KERNEL] = {.name = "kernel", .placeholder = "K.json",
        .help = "arrays: they are codes of this kernel: the bound of their rounding decides, phases in their precision",
        .type = RPE_OPTION_PATH},
    [RPE_COMPARE_LAYOUT] = {.name = "layout", .placeholder = "ORDER",
        .help = "arrays: order of the axes: n positions, h heads, d features, r realizations, b items (nhd, bhnd, hndr), or "
                "m queries and n keys of weights (hmn)",
        .type = RPE_OPTION_TEXT},
    [RPE_COMPARE_LEVEL] = {.name = "level", .placeholder = "P",
        .help = "runs: probability that any change is called by chance; intervals are of 1 - P",
        .type = RPE_OPTION_NUMBER, .low = 0.0, .high = 1.0, .fallback = "0.05"},
    [RPE_COMPARE_ACCURACY] = {.name = "accuracy", .placeholder = "PERCENT",
        .help = "runs: changes of errors that do not matter", .type = RPE_OPTION_PERCENT, .high = 1000.0,
        .fallback = "1"},
    [RPE_COMPARE_TIME] = {.name = "time", .placeholder = "PERCENT", .help = "runs: changes of times that do not matter",
        .type = RPE_OPTION_PERCENT, .high = 1000.0, .fallback = "5"},
    [RPE_COMPARE_MEMORY] = {.name = "memory", .placeholder = "PERCENT",
        .help = "runs: changes of bytes and operations that do not matter", .type = RPE_OPTION_PERCENT, .high = 1000.0,
        .fallback = "1"},
    [RPE_COMPARE_DETECT] = {.name = "detect", .placeholder = "PERCENT",
        .help = "runs: a test that would miss such a change is \"no power\", status 3; 0: none is asked for",
        .type = RPE_OPTION_PERCENT, .high = 100000.0, .fallback = "20"},
    [RPE_COMPARE_MISSING] = {.name = "missing", .placeholder = "WHAT",
        .help = "runs: rows and experiments that RUN lacks, and stopped runs, are status 1, or allowed",
        .type = RPE_OPTION_CHOICE, .choice = missing_name, .fallback = "fail"},
    [RPE_COMPARE_ANY_MACHINE] = {.name = "any-machine", .help = "runs: compare times of different machines too",
        .type = RPE_OPTION_FLAG},
    [RPE_COMPARE_ALL] = {.name = "all", .help = "runs: print every row, those that are the same too",
        .type = RPE_OPTION_FLAG},
    [RPE_COMPARE_MARKDOWN] = {.name = "markdown", .placeholder = "FILE",
        .help = "runs: the table as Markdown, without FILE on standard output (--markdown=FILE, or FILE after RUN)",
        .type = RPE_OPTION_PATH, .value_optional = true, .written = true},
    [RPE_COMPARE_JSON] = {.name = "json", .placeholder = "FILE", .help = "runs: every row, for machines",
        .type = RPE_OPTION_PATH, .written = true},
};
/* clang-format on */

/* The options before are of arrays, it and those after it of runs. */
#define FIRST_OF_RUNS RPE_COMPARE_LEVEL

static rpe_status options_check(const rpe_arguments *arguments, bool runs, rpe_error *error)
{
    for (size_t i = 0; i < RPE_COMPARE_OPTIONS; i++)
        if (arguments->values[i].given && (i >= FIRST_OF_RUNS) != runs)
            return rpe_error_set(error, RPE_ERROR_INPUT, "--%s: expected %s, found %s", options[i].name,
                                 runs ? "two .npy files to compare" : "two runs to compare",
                                 runs ? "runs" : ".npy files");
    return RPE_OK;
}

static rpe_status compare_judge(const rpe_arguments *arguments, rpe_outcome *outcome, rpe_error *error)
{
    const char *const *operands = arguments->operands;
    if (arguments->operand_count != 2)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "compare: expected REF.npy MINE.npy, or BASELINE RUN, found only %s",
                             operands[0]);
    bool runs = rpe_result_set_is(operands[0]);
    if (rpe_result_set_is(operands[1]) != runs)
        return rpe_error_set(
            error, RPE_ERROR_INPUT,
            "compare: expected two .npy files or two runs (directories, or the .csv or .json of "
            "an experiment), found %s and %s",
            operands[0], operands[1]);
    rpe_status status = options_check(arguments, runs, error);
    if (status != RPE_OK)
        return status;
    if (runs)
        return rpe_compare_runs(arguments, outcome, error);
    status = rpe_compare_arrays(arguments, outcome, error);
    return status == RPE_OK ? rpe_interrupt_check("compare", error) : status;
}

const rpe_command rpe_command_compare = {
    .name = "compare",
    .title = "how far apart are two arrays, or two runs?",
    .description =
        "Of two arrays REF.npy MINE.npy: the largest differences and where they are, the ratio of the\n"
        "root-mean-square error to the reference, and whether MINE is within the tolerances in use: those "
        "of\n"
        "torch.testing.assert_close (float32: 1e-5 + 1.3e-6 |REF|; float64: 1e-7 + 1e-7 |REF|; float16:\n"
        "1e-5 + 1e-3 |REF|; bfloat16, by --dtype only: 1e-5 + 1.6e-2 |REF|; of two types the coarser) and "
        "an\n"
        "RMS ratio below 0.005.  Codes, with --kernel, are held to the bound of their rounding instead, "
        "which\n"
        "grows with the position as phases in single precision do.  NaN agrees with NaN, an infinity with "
        "its like.\n"
        "Where MINE is beyond, it is said where: the first element, the slices of each axis, each head and\n"
        "position.  And how: of the usual errors (zero, signs, rounding to bfloat16 or float16, late or "
        "early by\n"
        "some positions, reversed, axes swapped, a causal mask late or early, factors, a constant, slices in "
        "another\n"
        "order) the one that, undone, makes the arrays agree, everywhere, in the slices that differ, or head "
        "by head.\n"
        "Exit status 0: within what decides: --tolerance and --relative, else the bound of --kernel, else\n"
        "torch.testing's; 1: beyond; 2: bad input.\n"
        "\n"
        "Of two runs BASELINE RUN, directories or the .csv or .json of one experiment: what became better "
        "or\n"
        "worse.  Results of one experiment in the same size (quick or full) are compared, row by row.\n"
        "What is not drawn is compared bit by bit; errors with the same seed trial by trial, with another\n"
        "seed by Welch's test; times, of one machine only, by the exact rank test of Mann and Whitney.  The\n"
        "rows of a measure are tested together too: a change that none shows alone may be shown by all.\n"
        "p-values are adjusted by Holm over all of these.\n"
        "\n"
        "What a row is:\n"
        "  worse, better  the adjusted p-value is below the level and the change matters\n"
        "  changed        the same, of a value that has no better way\n"
        "  cannot tell    times of a noisy run, or of two in which the machine's own rates differ\n"
        "  no power       undecided, and a change of --detect would be missed\n"
        "  inconclusive   undecided, though a change of --detect would be seen\n"
        "  same           the whole interval of the change does not matter\n"
        "  not compared   times of different machines, or what is made of other rows\n"
        "The level covers the noise between repetitions and trials.  Of times, what the machine did between\n"
        "the two runs is bounded from its own rates before and after each: a change within that margin is\n"
        "none.  A time is better or worse only if it is in seconds and in units of the machine's rates.\n"
        "\n"
        "Exit status 0: nothing is worse; 1: something is, or a value that has no better way changed, or "
        "the\n"
        "new run lacks rows or experiments of the baseline, or a run was stopped (--missing); 2: bad input;\n"
        "3: none of these, but of some row it cannot be told, or it has no power.\n",
    .options = options,
    .option_count = RPE_COMPARE_OPTIONS,
    .operand = "BASELINE RUN",
    .operand_results = true,
    .operands_minimum = 1,
    .operands_maximum = 2,
    .judge = compare_judge,
};
