/* Faults of relative positions: in the definition, and in the position that the attention works with.  [families A, B, C, I, J] */
#include <string.h>

#include "fault/call_fault.h"

/* ---- definitions ---- */

/* terms of the position that is altered, which are altered behind that */
static void (*honest_terms)(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                            const rpe_place *key, double *terms);

static void terms_negated(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                          const rpe_place *key, double *terms)
{
    honest_terms(kernel, head, size, query, key, terms);
    for (size_t i = 0; i < kernel->type->family->terms(kernel, size); i++)
        terms[i] = -terms[i];
}

static void terms_of_other_head(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                                const rpe_place *key, double *terms)
{
    honest_terms(kernel, kernel->heads - 1 - head, size, query, key, terms);
}

static void terms_transposed(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                             const rpe_place *key, double *terms)
{
    honest_terms(kernel, head, size, key, query, terms);
}

static void terms_late(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                       const rpe_place *key, double *terms)
{
    rpe_place later = *query;
    later.index++;
    later.at[0]++;
    honest_terms(kernel, head, size, &later, key, terms);
}

static void terms_inverted(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                           const rpe_place *key, double *terms)
{
    honest_terms(kernel, head, size, query, key, terms);
    terms[0] = terms[0] != 0 ? 1 / terms[0] : 0;
}

/* The tools of a fault whose positions are altered by key_position. */
#define TOOLS(key)                                                                                           \
    static const rpe_claim_tools key##_tools = {.trial = rpe_claim_trial_honest,                             \
                                                .standard_error = rpe_sample_standard_error,                 \
                                                .position = key##_position};

/* Those of a fault whose positions have such terms. */
#define TERMS(key, function)                                                                                 \
    static const rpe_kernel_type *key##_position(const rpe_kernel_type *honest)                              \
    {                                                                                                        \
        static rpe_kernel_type type;                                                                         \
        type = *honest;                                                                                      \
        honest_terms = honest->terms;                                                                        \
        type.terms = function;                                                                               \
        return &type;                                                                                        \
    }                                                                                                        \
    TOOLS(key)

TERMS(slope_sign, terms_negated)

const rpe_planting rpe_planting_slope_sign = {
    .case_name = "alibi", .method = "explicit", .tools = &slope_sign_tools};

TERMS(slopes_swapped, terms_of_other_head)

const rpe_planting rpe_planting_slopes_swapped = {
    .case_name = "alibi", .method = "scan-relu", .tools = &slopes_swapped_tools};

TERMS(rotation_transposed, terms_transposed)

const rpe_planting rpe_planting_rotation_transposed = {
    .case_name = "rotary", .method = "explicit", .tools = &rotation_transposed_tools};

TERMS(permutation_inverse, terms_transposed)

const rpe_planting rpe_planting_permutation_inverse = {
    .case_name = "permute", .method = "permuteformer", .tools = &permutation_inverse_tools};

TERMS(lrpe_late, terms_late)

const rpe_planting rpe_planting_lrpe_late = {
    .case_name = "lrpe", .method = "lrpe", .tools = &lrpe_late_tools};

TERMS(cosformer_late, terms_late)

const rpe_planting rpe_planting_cosformer_late = {
    .case_name = "cosformer", .method = "cosformer", .tools = &cosformer_late_tools};

TERMS(decay_grows, terms_inverted)

const rpe_planting rpe_planting_decay_grows = {
    .case_name = "decay", .method = "decay", .tools = &decay_grows_tools};

/* score of the family that is altered, its parameter of the layout, and the value for "pairs": that for "halves" is one more */
static double (*honest_score)(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                              size_t size, const double *terms);
static const char *layout_name;
static double layout_pairs;

/* "halves" in the place of "pairs", and the other way round */
static double score_of_other_layout(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                                    size_t size, const double *terms)
{
    rpe_kernel other = *kernel;
    size_t i = 0;
    while (strcmp(kernel->type->parameters[i].name, layout_name) != 0)
        i++;
    double given = *kernel->own[i].values, layout = 2 * layout_pairs + 1 - given;
    if (given >= layout_pairs)
        other.own[i].values = &layout;
    return honest_score(&other, head, q, k, size, terms);
}

static const rpe_kernel_type *layout_swapped(const rpe_kernel_type *honest, const char *name, double pairs)
{
    static rpe_kernel_type type;
    static rpe_family family;
    type = *honest;
    family = *honest->family;
    honest_score = family.score;
    family.score = score_of_other_layout;
    type.family = &family;
    layout_name = name;
    layout_pairs = pairs;
    return &type;
}

static const rpe_kernel_type *rotary_layout_position(const rpe_kernel_type *honest)
{
    return layout_swapped(honest, "layout", 0);
}

TOOLS(rotary_layout)

const rpe_planting rpe_planting_rotary_layout = {
    .case_name = "rotary", .method = "explicit", .tools = &rotary_layout_tools};

static const rpe_kernel_type *decay_layout_position(const rpe_kernel_type *honest)
{
    return layout_swapped(honest, "complex", 1);
}

TOOLS(decay_layout)

const rpe_planting rpe_planting_decay_layout = {
    .case_name = "decay", .method = "decay", .tools = &decay_layout_tools};

/* ---- what is planned ---- */

/* A copy of the problem's kernel and its type, the same until the next call; NULL without one. */
static rpe_kernel *kernel_copied(rpe_problem *problem, rpe_kernel_type **type)
{
    static rpe_kernel kernel;
    static rpe_kernel_type kernel_type;
    if (problem->kernel == NULL)
        return NULL;
    kernel = *problem->kernel;
    kernel_type = *kernel.type;
    honest_terms = kernel_type.terms;
    kernel.type = &kernel_type;
    problem->kernel = &kernel;
    *type = &kernel_type;
    return &kernel;
}

static void bias_negated(rpe_problem *problem)
{
    rpe_kernel_type *type;
    if (kernel_copied(problem, &type) != NULL)
        type->terms = terms_negated;
}

static double (*honest_decay)(const rpe_kernel *kernel, size_t head, size_t token, size_t feature);

static double decay_of_other_head(const rpe_kernel *kernel, size_t head, size_t token, size_t feature)
{
    return honest_decay(kernel, kernel->heads - 1 - head, token, feature);
}

static void decays_swapped(rpe_problem *problem)
{
    rpe_kernel_type *type;
    if (kernel_copied(problem, &type) == NULL)
        return;
    honest_decay = type->log_decay;
    type->log_decay = decay_of_other_head;
}

#define NUMBERS_MOST 64

/* The numbers of a parameter become others. */
static void parameter_change(rpe_problem *problem, const char *name, double (*changed)(double number))
{
    static double numbers[NUMBERS_MOST];
    rpe_kernel_type *type;
    rpe_kernel *kernel = kernel_copied(problem, &type);
    for (size_t i = 0; kernel != NULL && type->parameters[i].name != NULL; i++) {
        rpe_parameter_values *own = &kernel->own[i];
        if (strcmp(type->parameters[i].name, name) != 0 || own->count > NUMBERS_MOST)
            continue;
        for (size_t j = 0; j < own->count; j++)
            numbers[j] = changed(own->values[j]);
        own->values = numbers;
    }
}

static double negated(double number)
{
    return -number;
}

static double squared(double number)
{
    return number * number;
}

/* The transposed rotation. */
static void frequencies_negated(rpe_problem *problem)
{
    parameter_change(problem, "frequency", negated);
}

static void phases_negated(rpe_problem *problem)
{
    parameter_change(problem, "phase", negated);
}

static void gains_squared(rpe_problem *problem)
{
    parameter_change(problem, "gain", squared);
}

static double one_more(double number)
{
    return number + 1;
}

static double one(double number)
{
    (void)number;
    return 1;
}

static void powers_raised(rpe_problem *problem)
{
    parameter_change(problem, "p", one_more);
}

static void scales_dropped(rpe_problem *problem)
{
    parameter_change(problem, "a", one);
}

static void keys_of_the_grid(rpe_problem *problem)
{
    problem->keys.given = NULL;
}

static void one_segment(rpe_problem *problem)
{
    problem->queries.segment = problem->keys.segment = NULL;
}

RPE_CALL_FAULT(bias_sign, "explicit", .plan = bias_negated)

const rpe_planting rpe_planting_bias_sign = {
    .case_name = "alibi", .method = "explicit", .wrap = bias_sign_wrap};

RPE_CALL_FAULT(decays_swapped, "scan-relu", .plan = decays_swapped)

const rpe_planting rpe_planting_decays_swapped = {
    .case_name = "alibi", .method = "scan-relu", .wrap = decays_swapped_wrap};

RPE_CALL_FAULT(turned_back, "explicit", .plan = frequencies_negated)

const rpe_planting rpe_planting_turned_back = {
    .case_name = "rotary", .method = "explicit", .wrap = turned_back_wrap};

RPE_CALL_FAULT(keys_from_zero, "explicit", .plan = keys_of_the_grid)

const rpe_planting rpe_planting_keys_from_zero = {
    .case_name = "rotary", .method = "explicit", .wrap = keys_from_zero_wrap};

RPE_CALL_FAULT(one_segment, "scan-relu", .plan = one_segment)

const rpe_planting rpe_planting_one_segment = {
    .case_name = "alibi", .method = "scan-relu", .wrap = one_segment_wrap};

RPE_CALL_FAULT(exact_phase, "sine-exact-relu", .plan = phases_negated)

const rpe_planting rpe_planting_exact_phase = {
    .case_name = "sine", .method = "sine-exact-relu", .wrap = exact_phase_wrap};

RPE_CALL_FAULT(exact_gain, "sine-exact-favor", .plan = gains_squared)

const rpe_planting rpe_planting_exact_gain = {
    .case_name = "sine gated", .method = "sine-exact-favor", .wrap = exact_gain_wrap};

RPE_CALL_FAULT(sum_power, "sum-relu", .plan = powers_raised)

const rpe_planting rpe_planting_sum_power = {
    .case_name = "kerple log", .method = "sum-relu", .wrap = sum_power_wrap};

RPE_CALL_FAULT(sum_scale, "sum-favor", .plan = scales_dropped)

const rpe_planting rpe_planting_sum_scale = {
    .case_name = "kerple log", .method = "sum-favor", .wrap = sum_scale_wrap};
