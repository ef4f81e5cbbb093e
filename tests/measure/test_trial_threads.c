/* A trial's codes, features, scores and outputs do not depend on the trials before it, nor on the thread that it falls to:
   together, by 1, 2 and 3 threads, they are bit for bit what each trial gives by itself. */
#include "measure_problem.h"

#include "quantity/measure/trials.h"

enum { TRIALS = 7, TOKENS = 5, REALIZATIONS = 4, PROJECTIONS = 4 };

/* Codes of every feature of the queries and of the keys, encoded vectors, scores, outputs. */
enum {
    CODES_MOST = HEADS * FEATURES * TOKENS * REALIZATIONS,
    FEATURES_MOST = HEADS * TOKENS * REALIZATIONS,
    SCORES_MOST = HEADS * TOKENS * TOKENS,
    WIDTH = 2 * CODES_MOST + 2 * FEATURES_MOST + SCORES_MOST + HEADS * TOKENS * VALUES
};

typedef struct stages {
    const rpe_problem *problem;
    const rpe_method *method;
} stages;

static size_t stages_width(const rpe_problem *problem)
{
    return WIDTH * problem->heads / HEADS;
}

/* Values are in the order above; numbers that were not written stay NaN, and fail the trial. */
static void stages_visit(void *context, const rpe_trial *trial, double *values, rpe_workspace *workspace)
{
    const stages *all = context;
    const size_t heads = all->problem->heads, code = TOKENS * REALIZATIONS, encoded = heads * code;
    rpe_test_spoil(values, stages_width(all->problem) * sizeof *values);
    for (size_t i = 0; i < heads * FEATURES; i++, values += 2 * code)
        all->method->codes(trial->plan, trial->noise, i / FEATURES, i % FEATURES, values, values + code,
                           workspace);
    memcpy(values, trial->queries, encoded * sizeof *values);
    memcpy(values + encoded, trial->keys, encoded * sizeof *values);
    values += 2 * encoded;
    for (size_t h = 0; h < heads; h++)
        for (size_t m = 0; m < TOKENS; m++)
            for (size_t n = 0; n < TOKENS; n++, values++) {
                *values = 0;
                for (size_t r = 0; r < REALIZATIONS; r++)
                    *values += trial->queries[(m * heads + h) * REALIZATIONS + r] *
                               trial->keys[(n * heads + h) * REALIZATIONS + r];
            }
    memcpy(values, trial->outputs, heads * TOKENS * VALUES * sizeof *values);
}

static void trials_fill(const stages *all, int threads, size_t first, size_t count, double *values)
{
    rpe_trials *trials = NULL;
    rpe_error error = {""};
    const rpe_trials_settings settings = {
        .method = all->method,
        .problem = all->problem,
        .inputs = {query_values, key_values, value_values},
        .stages = {[RPE_STAGE_CODES] = true, [RPE_STAGE_ENCODE] = true, [RPE_STAGE_ATTEND] = true},
        .seed = 3,
        .point = 9,
        .threads = threads,
        .width = stages_width(all->problem),
        .visit = stages_visit,
        .context = (void *)all};
    rpe_test_spoil(values, count * settings.width * sizeof *values);
    rpe_test_ok(rpe_trials_create(&trials, &settings, &error), &error);
    rpe_test_ok(rpe_trials_run(trials, first, count, values, &error), &error);
    rpe_trials_destroy(trials);
}

static void expect_same_trials(const stages *all, const char *what)
{
    static double alone[TRIALS * WIDTH], together[TRIALS * WIDTH];
    size_t width = stages_width(all->problem);
    for (size_t i = 0; i < TRIALS; i++)
        trials_fill(all, 1, i, 1, alone + i * width);
    for (int threads = 1; threads <= 3; threads++) {
        trials_fill(all, threads, 0, TRIALS, together);
        for (size_t i = 0; i < TRIALS; i++)
            if (memcmp(alone + i * width, together + i * width, width * sizeof *alone) != 0)
                fail_msg("%s, %s, %s, %zu heads: trial %zu of %d by %d threads is not that trial alone", what,
                         all->method->name, all->problem->sampler->name, all->problem->heads, i, TRIALS,
                         threads);
    }
}

/* Quadrature has no noise for convolutions. */
static bool supported(const stages *all)
{
    rpe_error error = {""};
    rpe_status status = all->method->supports == NULL ? RPE_OK : all->method->supports(all->problem, &error);
    assert_true(status == RPE_OK || (status == RPE_ERROR_INPUT && all->problem->kernel->type->codes->along));
    return status == RPE_OK;
}

/* Every sampler, one head and two, with gates and without, and whether heads share their noise. */
static void problems_try(const char *type, const char *method)
{
    for (size_t i = 0; i < rpe_sampler_count(); i++)
        for (int choice = 0; choice < 8; choice++) {
            bool gated = choice % 2 == 0;
            rpe_kernel kernel = kernel_make(type, gated);
            kernel.heads = choice / 2 % 2 == 0 ? 1 : HEADS;
            const rpe_problem problem = {.queries = {1, {TOKENS}, TOKENS},
                                         .keys = {1, {TOKENS}, TOKENS},
                                         .batch = 1,
                                         .heads = kernel.heads,
                                         .features = FEATURES,
                                         .value_features = VALUES,
                                         .kernel = &kernel,
                                         .sampler = rpe_sampler_at(i),
                                         .realizations = REALIZATIONS,
                                         .projections =
                                             rpe_method_projects(rpe_method_find(method)) ? PROJECTIONS : 0,
                                         .precision = RPE_DOUBLE,
                                         .shared_heads = choice / 4 == 1};
            const stages all = {&problem, rpe_method_find(method)};
            if (!supported(&all))
                continue;
            char what[64];
            snprintf(what, sizeof what, "%s%s%s", type, gated ? " gated" : "",
                     problem.shared_heads ? " shared" : "");
            expect_same_trials(&all, what);
        }
}

static void test_trials(void **state)
{
    (void)state;
    problems_try("sine", "softmax");
    problems_try("sine", "favor");
    problems_try("conv", "softmax");
    problems_try("conv", "favor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_trials)};
    numbers_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
