/* The full table of how often runs disagree with their closed forms (agreement_level.h), as CSV:
     agreement_level [SEEDS] > agreement_level.csv
   1,000 seeds a cell take some minutes of one processor.  tested, too_few: shares of the rows that have a p-value, and of those with
   too few trials to tell; empty where there is no row with a closed form.  The others are shares of the runs: that disagree; and
   that agree although their values are too large; empty where no error is planted. */
#include "agreement_level.h"

#include <stdlib.h>

#define SINE "\"type\":\"sine\",\"sinusoids\":2"
#define GATED SINE ",\"gate\":0.4"
#define CONV "\"type\":\"conv\",\"taps\":3"
#define SCORES(sampler, title, kernel, realizations, tokens)                                                 \
    {                                                                                                        \
        "score_error", "softmax", title, kernel, sampler, realizations, "", "1", tokens, 1, 200              \
    }
#define SAMPLERS(realizations, tokens)                                                                       \
    SCORES("gaussian", "sine", SINE, realizations, tokens),                                                  \
        SCORES("rademacher", "sine", SINE, realizations, tokens),                                            \
        SCORES("orthogonal", "sine", SINE, realizations, tokens),                                            \
        SCORES("quadrature", "sine", SINE, realizations, tokens)
#define MEASURE(measure, sampler, realizations, title, rest)                                                 \
    {                                                                                                        \
        measure, "softmax", title, SINE, sampler, realizations, rest, "1", 8, 2, 50                          \
    }
#define FEATURES(measure, method, realizations, projections, scale, tokens)                                  \
    {                                                                                                        \
        measure, method, "sine, " projections " projections", SINE, "gaussian", realizations,                \
            ",\"projections\":[" projections "]", scale, tokens, 1, 50                                       \
    }
/* The squared errors of features have tails that grow as exp(6 |x + y|^2): at scale 1 no test of 50 trials can tell. */
#define MAPS(projections, scale, tokens)                                                                     \
    FEATURES("feature_error", "favor", "4", projections, scale, tokens),                                     \
        FEATURES("feature_error", "favor-iid", "4", projections, scale, tokens),                             \
        FEATURES("feature_error", "favor-hyperbolic", "4", projections, scale, tokens),                      \
        FEATURES("feature_error", "favor-trigonometric", "4", projections, scale, tokens)

static const level_cell cells[] = {
    SAMPLERS("4,8,16", 8),
    SAMPLERS("4,16,64", 8),
    SAMPLERS("4,8,16", 64),
    SAMPLERS("4,16,64", 64),
    SCORES("gaussian", "sine, gate", GATED, "4,8,16", 8),
    SCORES("gaussian", "conv", CONV, "4,8,16", 8),
    SCORES("rademacher", "conv", CONV, "4,8,16", 8),
    SCORES("gaussian", "sine", SINE, "1,2,4", 8),
    MEASURE("score_error", "gaussian", "4,8,16", "sine, single precision", ",\"precisions\":[\"single\"]"),
    MEASURE("score_error", "gaussian", "4,8,16", "sine, shared heads", ",\"shared_heads\":[true]"),
    MEASURE("score_error", "gaussian", "4,8,16", "sine, causal", ",\"causal\":[true]"),
    MEASURE("head_score_error", "gaussian", "4,8,16", "sine", ""),
    MEASURE("head_score_error", "quadrature", "4,8,16", "sine, shared heads", ",\"shared_heads\":[true]"),
    MEASURE("mean_score_error", "gaussian", "4,8,16", "sine", ""),
    MEASURE("code_covariance_error", "gaussian", "4,8,16", "sine", ""),
    MEASURE("code_covariance_error", "rademacher", "4,8,16", "sine", ""),
    MEASURE("code_covariance_error", "orthogonal", "4,8,16", "sine", ""),
    MEASURE("code_profile", "gaussian", "4,8,16", "sine", ""),
    MEASURE("code_profile", "rademacher", "4,8,16", "sine", ""),
    MEASURE("code_profile", "orthogonal", "4,8,16", "sine", ""),
    MEASURE("code_profile", "quadrature", "4,8,16", "sine", ""),
    MEASURE("code_profile", "gaussian", "1,2", "sine", ""),
    MEASURE("far_covariance", "gaussian", "4,8,16", "sine", ""),
    MEASURE("exponential_ratio", "gaussian", "16,32,64", "sine", ""),
    MAPS("16", "1", 8),
    MAPS("16", "0.5", 8),
    MAPS("16", "0.2", 8),
    MAPS("16,64,256", "0.2", 8),
    MAPS("16", "0.2", 64),
    FEATURES("encoded_feature_error", "favor-iid", "16,32,64", "16", "1", 8),
    FEATURES("encoded_feature_error", "favor-iid", "16,32,64", "16", "0.2", 8),
    FEATURES("encoded_feature_error", "favor-iid", "16,64", "16", "0.2", 64),
};

static void share_print(size_t part, size_t all)
{
    if (all == 0)
        printf(",");
    else
        printf(",%.3f", (double)part / (double)all);
}

/* Where no row is tested, nothing could disagree: the cells are empty. */
static void cell_print(const level_cell *cell, size_t seeds)
{
    level_counts counts;
    level_count(cell, 1, seeds, &counts);
    for (size_t j = 0; j < LEVEL_LENGTHS && level_trials[j] <= cell->trials; j++) {
        printf("%s,%s,%s,\"%s\",%s,%zu,%zu,\"%s\",%zu,%zu", cell->measure, cell->method, cell->samplers,
               cell->title, cell->scale, cell->tokens, cell->heads, cell->realizations, level_trials[j],
               counts.runs);
        share_print(counts.tested[j], counts.rows);
        share_print(counts.untold[j], counts.rows);
        const size_t runs = counts.tested[j] > 0 ? counts.runs : 0;
        for (size_t k = 0; k < LEVEL_PLANTED; k++)
            share_print(counts.disagree[j][k], runs);
        share_print(counts.agree[j][LEVEL_VALUES], counts.planted ? runs : 0);
        printf("\n");
    }
    fflush(stdout);
}

int main(int count, char **arguments)
{
    size_t seeds = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000;
    size_t first = count > 2 ? strtoul(arguments[2], NULL, 10) : 0;
    size_t step = count > 3 ? strtoul(arguments[3], NULL, 10) : 1;
    rpe_json_memory_install();
    files_make("agreement_level");
    if (first == 0)
        printf("measure,method,sampler,kernel,scale,tokens,heads,realizations,trials,seeds,tested,too_few,"
               "disagree,disagree_values_off,disagree_closed_form_off,agree_values_off\n");
    for (size_t i = first; i < sizeof cells / sizeof cells[0]; i += step)
        cell_print(&cells[i], seeds);
    return EXIT_SUCCESS;
}
