/* No timing without validity: what is right is valid, and what a broken method leads to. */
#include "experiment_run.h"

#include <math.h>

#include "experiment/plan/named_registry.h"
#include "experiment/timing.h"
#include "method/linear_method.h"

typedef struct validity_case {
    const char *kernel;
    size_t tokens, realizations;
    rpe_precision precision;
    bool causal;
    uint64_t seed;
    int threads;
} validity_case;

/* Validates a method at one point; what it says.  false: it does not take so few realizations. */
static bool validate(const rpe_method *method, const validity_case *c, rpe_timed *timed)
{
    char kernel[FILE_PATH_CAPACITY];
    rpe_error error = {""};
    rpe_input input = {0};
    rpe_input_settings settings = {
        .name = "sine", .kernel = kernel, .gaussian_values = 3, .gaussian_scale = 1};
    snprintf(kernel, sizeof kernel, "%s", file_path(c->kernel));
    rpe_test_ok(rpe_positions_make(&settings.gaussian_queries, 1, &c->tokens, "q", &error), &error);
    settings.gaussian_keys = settings.gaussian_queries;
    rpe_test_ok(rpe_input_load_shape(&input, &settings, 1, &error), &error);
    assert_null(input.queries.values);
    rpe_grid grid = {.inputs = &settings, .input_count = 1};
    rpe_point point = {.grid = &grid, .method = method};
    *timed = (rpe_timed){.point = &point, .input = &input, .problem = input.problem, .threads = c->threads};
    timed->problem.sampler = rpe_sampler_find("gaussian");
    timed->problem.realizations = c->realizations;
    timed->problem.projections = rpe_method_projects(method) ? 6 : 0;
    timed->problem.precision = c->precision;
    timed->problem.causal = c->causal;
    const rpe_timing timing = {.seed = c->seed, .timed = timed, .count = 1};
    bool taken = method->supports == NULL || method->supports(&timed->problem, NULL) != RPE_ERROR_INPUT;
    if (taken)
        rpe_test_ok(rpe_timing_validate(&timing, timed, &error), &error);
    rpe_input_destroy(&input);
    return taken;
}

/* What is right is valid, whatever the draw: the check has no level. */
static void right_methods_are_valid(void **state)
{
    (void)state;
    static const size_t realizations[] = {1, 2, 4, 64};
    for (size_t i = 0; i < rpe_named_methods.count(); i++) {
        size_t asked = 0, checked = 0;
        for (size_t j = 0; j < 4; j++)
            for (uint64_t seed = 1; seed <= 40; seed++) {
                const rpe_method *method = rpe_named_methods.at(i);
                if (!rpe_method_takes_family(method, &rpe_family_product))
                    continue;
                validity_case c = {seed % 2 == 0 ? "sine_gated.json" : "conv_gated.json",
                                   8 + seed % 5,
                                   realizations[j],
                                   RPE_DOUBLE,
                                   seed % 4 < 2,
                                   seed,
                                   1};
                for (c.precision = RPE_SINGLE; c.precision <= RPE_DOUBLE; c.precision++) {
                    rpe_timed timed;
                    asked++;
                    if (!validate(method, &c, &timed))
                        continue;
                    if (timed.reason[0] != '\0' || strcmp(timed.status, "valid") != 0)
                        fail_msg("%s, R = %zu, seed %d, %s: \"%s\" \"%s\"", method->name, c.realizations,
                                 (int)seed, rpe_precision_name(c.precision), timed.status, timed.reason);
                    checked++;
                }
            }
        assert_true(2 * checked >= asked);
    }
}

static const rpe_method *broken_of; /* the method that the faults below are put into */

static void attend_right(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                         int threads, rpe_workspace *workspaces)
{
    broken_of->attend(plan, noise, inputs, outputs, threads, workspaces);
}

/* One row of 24: [M,H,V] of 2 heads and 3 values. */
static void attend_one_row(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *outputs,
                           int threads, rpe_workspace *workspaces)
{
    attend_right(plan, noise, inputs, outputs, threads, workspaces);
    for (size_t i = 0; i < 3; i++)
        ((double *)outputs)[(17 * 2 + 1) * 3 + i] *= 1 + 1e-6;
}

/* What no weights make: nothing is left undone by the size of a difference. */
static void attend_not_a_number(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                                void *outputs, int threads, rpe_workspace *workspaces)
{
    attend_right(plan, noise, inputs, outputs, threads, workspaces);
    ((double *)outputs)[5] = NAN;
}

/* All threads but the first are forgotten. */
static void attend_by_threads(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                              void *outputs, int threads, rpe_workspace *workspaces)
{
    attend_right(plan, noise, inputs, outputs, threads, workspaces);
    if (threads > 1)
        ((double *)outputs)[7] *= 1.0001;
}

static void encode_twice(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                         void *keys, int threads, rpe_workspace *workspaces)
{
    broken_of->encode(plan, noise, inputs, queries, keys, threads, workspaces);
    ((double *)keys)[11] *= 1 + 1e-6;
}

static void square_and_three(size_t rows, size_t count, size_t stride, size_t second, void *values)
{
    (void)second;
    for (size_t i = 0; i < rows; i++)
        for (size_t f = 0; f < count; f++) {
            double *x = (double *)values + i * stride + f;
            *x = *x * *x + 3;
        }
}

/* A fast expansion that is not the map's definition. */
static rpe_status plan_square_and_three(void **plan, const rpe_problem *problem, rpe_error *error)
{
    static rpe_feature_map map; /* outlives the plan */
    map = *rpe_feature_map_find("relu");
    map.expand[RPE_DOUBLE] = square_and_three;
    return rpe_linear_method_create(plan, problem, &map, error);
}

static void faults_are_found(void **state)
{
    (void)state;
    static const struct {
        void (*attend)(const void *, const rpe_noise *, const rpe_inputs *, void *, int, rpe_workspace *);
        const char *message;
    } faults[] = {{attend_one_row, "output in double precision on one thread of position 17, head 1 is"},
                  {attend_not_a_number, "is nan off its definition"},
                  {attend_by_threads, "problem the output of position"}};
    const validity_case c = {"sine.json", 24, 16, RPE_DOUBLE, false, 5, 2};
    rpe_timed timed;
    rpe_method broken;
    for (size_t i = 0; i < rpe_named_methods.count(); i++)
        for (size_t j = 0; j < sizeof faults / sizeof faults[0]; j++) {
            broken_of = rpe_named_methods.at(i);
            if (!rpe_method_takes_family(broken_of, &rpe_family_product))
                continue;
            broken = *broken_of;
            broken.attend = faults[j].attend;
            validate(&broken, &c, &timed);
            if (strstr(timed.reason, faults[j].message) == NULL)
                fail_msg("%s, expected \"%s\", found \"%s\"", broken.name, faults[j].message, timed.reason);
            assert_string_equal(timed.status, "");
        }
    broken_of = rpe_method_find("softmax");
    broken = *broken_of;
    broken.encode = encode_twice;
    validate(&broken, &c, &timed);
    assert_non_null(strstr(timed.reason, "the encoded vector of position"));
    broken = *rpe_method_find("relu");
    broken.plan = plan_square_and_three;
    validate(&broken, &c, &timed);
    assert_non_null(strstr(timed.reason, "off its definition"));
    broken = *rpe_method_find("softmax");
    broken.define = NULL;
    validate(&broken, &c, &timed);
    assert_string_equal(timed.reason, "");
    assert_non_null(strstr(timed.status, "not checked"));
}

int main(void)
{
    files_make("validity");
    const struct CMUnitTest tests[] = {cmocka_unit_test(faults_are_found),
                                       cmocka_unit_test(right_methods_are_valid)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
