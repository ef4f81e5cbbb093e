/* Statistical: small runs agree with their closed forms, and planted bugs do not.
   H0: at every point the mean of the measure's trials is its closed form.  Seeds are fixed; p-values are Holm-corrected over
   the points of a test; each test prints the smallest relative effect on a
   squared error that a single point sees at p < 1e-6 with power 0.8. */
#include "experiment_files.h"

#include <math.h>

#include "experiment/estimate.h"
#include "experiment/plan/point.h"
#include "statistic/hypothesis.h"

#define SEED 20261
#define POINTS_MAX 128
#define QUERIES 12
#define KEYS 11
#define HEADS 2
#define REALIZATIONS 16 /* of the planted bugs */
#define LONG_INPUT(name, kernel)                                                                             \
    "{\"name\":\"" name "\",\"kernel\":\"" kernel                                                            \
    "\",\"gaussian\":{\"queries\":12,\"keys\":11,\"values\":1},\"profile\":[[0,0],[1,1]]}"
#define FAMILIES                                                                                             \
    LONG_INPUT("sine", "sine.json")                                                                          \
    "," LONG_INPUT("sine gated", "sine_gated.json") "," LONG_INPUT("conv", "conv.json") "," LONG_INPUT(      \
        "conv gated", "conv_gated.json")

/* The inputs of one grid, loaded. */
typedef struct agreement_run {
    rpe_configuration configuration;
    rpe_points points;
    rpe_input inputs[4];
} agreement_run;

static void run_open(agreement_run *run, const char *json)
{
    rpe_error error;
    *run = (agreement_run){0};
    rpe_test_ok(
        rpe_configuration_read(&run->configuration, file_write("agreement.json", json), false, &error),
        &error);
    rpe_test_ok(rpe_points_make(&run->points, &run->configuration, 0, &error), &error);
    for (size_t i = 0; i < run->configuration.grids[0].input_count; i++)
        rpe_test_ok(rpe_input_load(&run->inputs[i], &run->configuration.grids[0].inputs[i], SEED, &error),
                    &error);
}

static void run_close(agreement_run *run)
{
    for (size_t i = 0; i < run->configuration.grids[0].input_count; i++)
        rpe_input_destroy(&run->inputs[i]);
    rpe_points_destroy(&run->points);
    rpe_configuration_destroy(&run->configuration);
}

/* p-values and |z| of everything that a test compares. */
typedef struct family {
    double p[POINTS_MAX * 64];
    size_t count, exact, refused;
    double largest_z, detectable;
} family;

static void family_add(family *all, const rpe_result *result)
{
    if (result->measure == NULL)
        return;
    all->refused += result->reason[0] != '\0';
    for (size_t i = 0; i < result->count; i++) {
        rpe_estimate estimate =
            rpe_estimate_make(result->measure, RPE_DOUBLE, &result->samples[i], &result->closed[i],
                              result->scales == NULL ? NULL : &result->scales[i]);
        all->exact += strcmp(estimate.status, "exact") == 0;
        if (isnan(estimate.p))
            continue;
        all->p[all->count++] = estimate.p;
        all->largest_z = fmax(all->largest_z, fabs(estimate.z));
        /* z of 4.89 is p = 1e-6, 0.84 more is power 0.8 */
        if (result->measure->root)
            all->detectable =
                fmax(all->detectable, 5.73 * 2 * estimate.standard_error / estimate.closed_form);
    }
}

static void point_add(agreement_run *run, const rpe_point *point, family *all)
{
    rpe_result results[RPE_MEASURES_MAX] = {{0}};
    rpe_error error = {""};
    const rpe_point_settings settings = {.seed = SEED, .threads = 1};
    rpe_test_ok(
        rpe_point_run(point, &run->configuration, &run->inputs[point->input], &settings, results, &error),
        &error);
    for (size_t i = 0; i < run->configuration.measure_count; i++) {
        family_add(all, &results[i]);
        rpe_result_destroy(&results[i]);
    }
}

static void family_run(const char *json, family *all)
{
    agreement_run run;
    run_open(&run, json);
    memset(all, 0, sizeof *all);
    for (size_t i = 0; i < run.points.count; i++)
        point_add(&run, &run.points.points[i], all);
    run_close(&run);
    print_message("%zu p-values, %zu exact, largest |z| %.2f, smallest adjusted p %.3g, detectable %.2g\n",
                  all->count, all->exact, all->largest_z, rpe_holm_smallest(all->count, all->p),
                  all->detectable);
}

static void expect_agreement(const family *all)
{
    assert_true(rpe_holm_smallest(all->count, all->p) > 1e-3);
    assert_true(all->largest_z <= rpe_quantile_normal(1e-3 / (double)all->count) + 0.5);
    assert_true(all->largest_z > 0.5); /* too good is as suspect */
}

/* Forms 2, 3, 5, 6 and 11.  12 points of each of the Gaussian and Rademacher samplers, 6 of quadrature (sine), and orthogonal
   noise: exact at R >= G, which is 8 to 10 (sine) and 28 to 30 (conv). */
static void test_scores(void **state)
{
    (void)state;
    static family all;
    family_run(
        EXPERIMENT("[\"score_error\"]",
                   GRID("g", FAMILIES,
                        "\"methods\":[\"softmax\"],\"realizations\":[4,16,64],\"trials\":{\"minimum\":400}")),
        &all);
    assert_int_equal(all.count, 12 + 12 + 6 + 2 + 4);
    assert_int_equal(all.exact, 4 + 2);
    assert_int_equal(all.refused, 6);
    expect_agreement(&all);
}

/* Form 1 and its like: over all positions, and lag by lag. */
static void test_codes(void **state)
{
    (void)state;
    static family all;
    family_run(
        EXPERIMENT("[\"code_covariance_error\",\"code_profile\"]",
                   GRID("g", FAMILIES,
                        "\"methods\":[\"softmax\"],\"realizations\":[16],\"trials\":{\"minimum\":300}")),
        &all);
    assert_true(all.count > 500 && all.exact > 0);
    expect_agreement(&all);
}

/* ---- planted bugs: the softmax method with one hook wrapped ---- */

static const rpe_method *original;

static void each_row(double *values, size_t rows, void (*change)(double *row, size_t position))
{
    for (size_t row = 0; row < rows; row++)
        change(values + row * REALIZATIONS, row / HEADS);
}

static void encode_changed(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,
                           void *keys, int threads, rpe_workspace *workspaces,
                           void (*change_query)(double *, size_t), void (*change_key)(double *, size_t))
{
    original->encode(plan, noise, inputs, queries, keys, threads, workspaces);
    each_row(queries, QUERIES * HEADS, change_query);
    each_row(keys, KEYS * HEADS, change_key);
}

static void row_kept(double *row, size_t position)
{
    (void)row;
    (void)position;
}

static void row_scaled(double *row, size_t position)
{
    (void)position;
    for (size_t r = 0; r < REALIZATIONS; r++)
        row[r] *= 1.03;
}

static void row_paired(double *row, size_t position)
{
    (void)position;
    for (size_t r = 1; r < REALIZATIONS; r += 2)
        row[r] = row[r - 1];
}

static void row_flipped(double *row, size_t position)
{
    for (size_t r = 0; r < REALIZATIONS && position >= QUERIES / 2; r++)
        row[r] = -row[r];
}

static void row_cleared(double *row, size_t position)
{
    (void)position;
    memset(row, 0, REALIZATIONS * sizeof *row);
}

static void row_halved(double *row, size_t position)
{
    (void)position;
    memset(row + REALIZATIONS / 2, 0, REALIZATIONS / 2 * sizeof *row);
}

#define MUTANT(name, change_query, change_key)                                                               \
    static void name(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs, void *queries,      \
                     void *keys, int threads, rpe_workspace *workspaces)                                     \
    {                                                                                                        \
        encode_changed(plan, noise, inputs, queries, keys, threads, workspaces, change_query, change_key);   \
    }
MUTANT(encode_same, row_kept, row_kept)
MUTANT(encode_scaled_keys, row_kept, row_scaled)
MUTANT(encode_paired, row_paired, row_paired)
MUTANT(encode_flipped, row_flipped, row_kept)
MUTANT(encode_zero, row_cleared, row_cleared)
MUTANT(encode_half_lost, row_halved, row_halved)

/* A stream that forgets the trial. */
static void encode_reused_trials(const void *plan, const rpe_noise *noise, const rpe_inputs *inputs,
                                 void *queries, void *keys, int threads, rpe_workspace *workspaces)
{
    rpe_noise reused = *noise;
    reused.stream.trial = 0;
    original->encode(plan, &reused, inputs, queries, keys, threads, workspaces);
}

static rpe_status moments_scaled(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                 size_t head, double *mean, double *variance, rpe_error *error)
{
    rpe_status status = original->score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < QUERIES * KEYS; i++)
        variance[i] *= 1.05;
    return status;
}

/* c^2 forgotten:  s^2 in place of s^2 + c^2 */
static rpe_status moments_forgetful(const rpe_problem *problem, const rpe_inputs *inputs, size_t item,
                                    size_t head, double *mean, double *variance, rpe_error *error)
{
    rpe_status status = original->score_moments(problem, inputs, item, head, mean, variance, error);
    for (size_t i = 0; status == RPE_OK && i < QUERIES * KEYS; i++)
        variance[i] -= mean[i] * mean[i] / REALIZATIONS;
    return status;
}

typedef void (*encode_hook)(const void *, const rpe_noise *, const rpe_inputs *, void *, void *, int,
                            rpe_workspace *);
typedef rpe_status (*moments_hook)(const rpe_problem *, const rpe_inputs *, size_t, size_t, double *,
                                   double *, rpe_error *);

/* The p-value of the only point, run with the wrapped method. */
static double mutant_p(agreement_run *run, const char *name, encode_hook encode, moments_hook moments)
{
    static family all;
    rpe_method mutant = *original;
    rpe_point point = run->points.points[0];
    memset(&all, 0, sizeof all);
    mutant.encode = encode;
    mutant.score_moments = moments;
    point.method = &mutant;
    point_add(run, &point, &all);
    assert_int_equal(all.count, 1);
    print_message("%s: |z| %.1f, p %.3g, detectable %.2g\n", name, all.largest_z, all.p[0], all.detectable);
    return all.p[0];
}

/* The trials see 3 % in one of the two factors of a score: 6 % of its variance, more than the detectable effect. */
static void test_mutants(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        encode_hook encode;
    } mutants[] = {{"keys scaled by 1.03", encode_scaled_keys},
                   {"realizations reused in pairs", encode_paired},
                   {"sign of half of the queries", encode_flipped},
                   {"all zero", encode_zero},
                   {"half of the realizations lost", encode_half_lost},
                   {"the same noise in every trial", encode_reused_trials}};
    static const char *const inputs[] = {LONG_INPUT("a", "sine_gated.json"),
                                         LONG_INPUT("a", "conv_gated.json")};
    for (size_t i = 0; i < 2; i++) {
        agreement_run run;
        char json[2048];
        snprintf(
            json, sizeof json,
            EXPERIMENT("[\"score_error\"]",
                       GRID("g", "%s",
                            "\"methods\":[\"softmax\"],\"realizations\":[16],\"samplers\":[\"gaussian\"],"
                            "\"trials\":{\"minimum\":9000}")),
            inputs[i]);
        run_open(&run, json);
        assert_true(mutant_p(&run, "no bug", encode_same, original->score_moments) > 1e-3);
        for (size_t j = 0; j < sizeof mutants / sizeof mutants[0]; j++)
            assert_true(mutant_p(&run, mutants[j].name, mutants[j].encode, original->score_moments) < 1e-6);
        assert_true(mutant_p(&run, "closed form times 1.05", encode_same, moments_scaled) < 1e-6);
        assert_true(mutant_p(&run, "closed form without c^2", encode_same, moments_forgetful) < 1e-6);
        run_close(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_mutants),
    };
    rpe_json_memory_install();
    files_make("agreement");
    original = rpe_method_find("softmax");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
