/* The shared library through its header alone: golden arrays, the numbers of the commands, and what it refuses. */
#include "library/rpebench.h"

#include "rpe_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file/npy.h"

#define MOST 65536

static rpebench_kernel *kernel_of(const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "%s.kernel.json", name);
    rpebench_kernel *kernel = rpebench_kernel_read(rpe_test_golden(file));
    if (kernel == NULL)
        fail_msg("%s", rpebench_error_text());
    return kernel;
}

static rpe_array array_of(const char *name, const char *array)
{
    char file[128];
    snprintf(file, sizeof file, "%s.%s.npy", name, array);
    return rpe_test_golden_read(file);
}

static rpebench_problem problem_of(const rpe_array *queries, const rpe_array *keys)
{
    return (rpebench_problem){.struct_size = sizeof(rpebench_problem),
                              .heads = queries->shape[1],
                              .features = queries->shape[2],
                              .queries = {queries->shape[0]},
                              .keys = {keys->shape[0]}};
}

static void test_explicit_attention(void **state)
{
    (void)state;
    static double outputs[MOST];
    rpebench_kernel *kernel = kernel_of("explicit_sine");
    rpe_array q = array_of("explicit_sine", "q"), k = array_of("explicit_sine", "k"),
              v = array_of("explicit_sine", "v");
    rpebench_problem problem = problem_of(&q, &k);
    problem.value_features = v.shape[2];
    assert_int_equal(rpebench_kernel_heads(kernel), q.shape[1]);
    assert_int_equal(rpebench_kernel_features(kernel), q.shape[2]);
    assert_int_equal(rpebench_kernel_axes(kernel), 1);
    for (int causal = 0; causal < 2; causal++) {
        rpe_array wanted = array_of("explicit_sine", causal ? "output_causal" : "output");
        problem.causal = causal;
        assert_int_equal(rpebench_attend("explicit", kernel, &problem, q.values, k.values, v.values, outputs),
                         0);
        assert_true(rpe_test_error(rpe_array_count(&wanted), outputs, wanted.values) < 1e-13);
        rpe_array_destroy(&wanted);
    }
    rpe_array_destroy(&v);
    rpe_array_destroy(&k);
    rpe_array_destroy(&q);
    rpebench_kernel_destroy(kernel);
}

/* P at the lags of the golden scores: with one feature's q and k all 1 and the others 0, S sqrt(D) is P; here by the values of
   the command `kernel`. */
static void test_kernel_values(void **state)
{
    (void)state;
    static double values[MOST];
    char command[8192];
    rpebench_kernel *kernel = kernel_of("explicit_sine");
    size_t count = rpebench_kernel_heads(kernel) * rpebench_kernel_features(kernel) * 9;
    assert_int_equal(rpebench_kernel_values(kernel, 5, values), RPEBENCH_OK);
    const char *directory = rpe_test_directory("library");
    snprintf(command, sizeof command, "'%s' kernel --kernel '%s' --length 5 --quiet --output '%s/P.npy'",
             RPE_TEST_PROGRAM, rpe_test_golden("explicit_sine.kernel.json"), directory);
    assert_int_equal(system(command), 0);
    snprintf(command, sizeof command, "%s/P.npy", directory);
    rpe_array wanted = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(command, RPE_NPY_DOUBLE, &wanted, &error), &error);
    assert_int_equal(rpe_array_count(&wanted), count);
    assert_memory_equal(values, wanted.values, count * sizeof *values);
    rpe_array_destroy(&wanted);
    rpebench_kernel_destroy(kernel);
}

static void expect_file(const char *path, const double *values)
{
    rpe_array wanted = {0};
    rpe_error error = {""};
    rpe_test_ok(rpe_npy_read(path, RPE_NPY_DOUBLE, &wanted, &error), &error);
    assert_memory_equal(values, wanted.values, rpe_array_count(&wanted) * sizeof *values);
    rpe_array_destroy(&wanted);
}

/* The same seed gives the bits of `rpebench encode`, at any number of threads. */
static void test_encode_as_the_command(void **state)
{
    (void)state;
    static double queries[MOST], keys[MOST];
    char command[8192], path[4200];
    rpebench_kernel *kernel = kernel_of("encode_sine");
    rpe_array q = array_of("encode_sine", "q"), k = array_of("encode_sine", "k");
    rpebench_problem problem = problem_of(&q, &k);
    problem.realizations = 6;
    problem.seed = 5;
    char directory[4096];
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("library"));
    int length = snprintf(command, sizeof command, "'%s' encode --kernel '%s'", RPE_TEST_PROGRAM,
                          rpe_test_golden("encode_sine.kernel.json"));
    snprintf(command + length, sizeof command - (size_t)length,
             " --queries '%s' --keys '%s' --realizations 6 --seed 5 --quiet --output '%s'",
             rpe_test_golden("encode_sine.q.npy"), rpe_test_golden("encode_sine.k.npy"), directory);
    assert_int_equal(system(command), 0);
    for (int threads = 1; threads < 4; threads += 2) {
        problem.threads = threads;
        assert_int_equal(rpebench_encode(kernel, &problem, q.values, k.values, queries, keys), RPEBENCH_OK);
        snprintf(path, sizeof path, "%s/queries.npy", directory);
        expect_file(path, queries);
        snprintf(path, sizeof path, "%s/keys.npy", directory);
        expect_file(path, keys);
    }
    rpe_array_destroy(&k);
    rpe_array_destroy(&q);
    rpebench_kernel_destroy(kernel);
}

/* One member off its default, and the option that says the same. */
typedef struct member {
    const char *name, *option; /* option: appended to the line */
    const char *sampler;
    size_t realizations, projections;
    uint64_t seed;
    int threads;
    bool shared_heads, causal;
} member;

static rpebench_problem member_problem(const rpe_array *q, const rpe_array *k, const member *one)
{
    rpebench_problem problem = problem_of(q, k);
    problem.value_features = q->shape[2];
    problem.shared_heads = one->shared_heads;
    problem.causal = one->causal;
    problem.sampler = one->sampler;
    problem.realizations = one->realizations;
    problem.projections = one->projections;
    problem.seed = one->seed;
    problem.threads = one->threads;
    return problem;
}

static void command_run(const char *directory, const char *command, const member *one)
{
    char line[16384];
    int length = snprintf(line, sizeof line, "'%s' %s --kernel '%s'", RPE_TEST_PROGRAM, command,
                          rpe_test_golden("encode_sine.kernel.json"));
    length += snprintf(line + length, sizeof line - (size_t)length, " --queries '%s'",
                       rpe_test_golden("encode_sine.q.npy"));
    snprintf(line + length, sizeof line - (size_t)length,
             " --keys '%s' --quiet --output '%s/%s' --realizations %zu --seed %llu %s",
             rpe_test_golden("encode_sine.k.npy"), directory,
             strncmp(command, "attend", 6) == 0 ? "o.npy" : "e", one->realizations,
             (unsigned long long)one->seed, one->option);
    assert_int_equal(system(line), 0);
}

/* Every member of the problem means what the option of the commands means, bit for bit, and what is not about threads changes the
   numbers. */
static void test_members_as_options(void **state)
{
    (void)state;
    static const member members[] = {
        {"none", "", .realizations = 6, .seed = 5},
        {"shared_heads", "--shared-heads", .shared_heads = true, .realizations = 6, .seed = 5},
        {"sampler", "--sampler orthogonal", .sampler = "orthogonal", .realizations = 6, .seed = 5},
        {"realizations", "", .realizations = 8, .seed = 5},
        {"seed", "", .realizations = 6, .seed = 6},
        {"causal", "--causal", .causal = true, .realizations = 6, .seed = 5},
        {"projections", "--features 7", .projections = 7, .realizations = 6, .seed = 5},
        {"threads", "--threads 3", .threads = 3, .realizations = 6, .seed = 5},
    };
    static double queries[MOST], keys[MOST], outputs[MOST], plain[MOST];
    char path[4200], directory[4096];
    rpebench_kernel *kernel = kernel_of("encode_sine");
    rpe_array q = array_of("encode_sine", "q"), k = array_of("encode_sine", "k");
    snprintf(directory, sizeof directory, "%s", rpe_test_directory("library-members"));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const member *one = &members[i];
        const char *method = one->projections > 0 ? "favor" : "softmax";
        char command[8192];
        rpebench_problem problem = member_problem(&q, &k, one);
        for (size_t j = 0; j < MOST; j++)
            queries[j] = keys[j] = outputs[j] = (double)NAN;
        assert_int_equal(rpebench_attend(method, kernel, &problem, q.values, k.values, k.values, outputs),
                         RPEBENCH_OK);
        snprintf(command, sizeof command, "attend --method %s --values '%s'", method,
                 rpe_test_golden("encode_sine.k.npy"));
        command_run(directory, command, one);
        snprintf(path, sizeof path, "%s/o.npy", directory);
        expect_file(path, outputs);
        bool differs = false;
        for (size_t j = 0; j < 8; j++)
            differs = differs || outputs[j] != plain[j];
        if (i > 0 && differs != (strcmp(one->name, "threads") != 0))
            fail_msg("%s: the numbers %s", one->name, differs ? "differ" : "are those without it");
        if (i == 0)
            memcpy(plain, outputs, sizeof plain);
        if (one->causal || one->projections > 0)
            continue; /* attention alone has them */
        assert_int_equal(rpebench_encode(kernel, &problem, q.values, k.values, queries, keys), RPEBENCH_OK);
        command_run(directory, "encode", one);
        snprintf(path, sizeof path, "%s/e/queries.npy", directory);
        expect_file(path, queries);
        snprintf(path, sizeof path, "%s/e/keys.npy", directory);
        expect_file(path, keys);
    }
    rpe_array_destroy(&k);
    rpe_array_destroy(&q);
    rpebench_kernel_destroy(kernel);
}

/* Every method that is listed attends, and its rows are averages of values that are all 1: without a kernel, in single.  Of vectors
   of positive elements, so that no map makes a row of nothing. */
static void test_every_method(void **state)
{
    (void)state;
    float q[12], v[8], outputs[8];
    rpebench_problem problem = {.struct_size = sizeof problem,
                                .heads = 1,
                                .features = 3,
                                .value_features = 2,
                                .queries = {4},
                                .keys = {4},
                                .single = 1,
                                .projections = 16,
                                .seed = 2};
    size_t count = 0;
    for (size_t i = 0; i < 12; i++)
        q[i] = (float)(0.6 + 0.4 * rpe_test_number(9, i));
    for (size_t i = 0; i < 8; i++)
        v[i] = 1.0F;
    for (const char *name; (name = rpebench_method_name(count)) != NULL; count++) {
        for (size_t i = 0; i < 8; i++)
            outputs[i] = NAN;
        int status = rpebench_attend(name, NULL, &problem, q, q, v, outputs);
        if (status !=
            RPEBENCH_OK) { /* a method may lack single precision, or attend only with a kernel: it says so */
            assert_int_equal(status, RPEBENCH_ERROR_INPUT);
            assert_true(strlen(rpebench_error_text()) > 0);
            continue;
        }
        for (size_t i = 0; i < 8; i++)
            if (!(fabs((double)outputs[i] - 1.0) < 1e-4))
                fail_msg("%s: output %g", name, (double)outputs[i]);
    }
    assert_true(count >= 5);
    assert_string_equal(rpebench_sampler_name(0), "gaussian");
    assert_null(rpebench_sampler_name(100));
}

static void expect_refused(int status, const char *part)
{
    assert_int_equal(status, RPEBENCH_ERROR_INPUT);
    if (strstr(rpebench_error_text(), part) == NULL)
        fail_msg("expected \"%s\" in \"%s\"", part, rpebench_error_text());
}

static void test_refused(void **state)
{
    (void)state;
    rpebench_kernel *kernel = kernel_of("explicit_sine");
    rpe_array q = array_of("explicit_sine", "q"), v = array_of("explicit_sine", "v");
    static double outputs[MOST];
    rpebench_problem good = problem_of(&q, &q), bad;
    good.value_features = v.shape[2];
    good.realizations = 4;
#define ATTEND(method, given) rpebench_attend(method, kernel, given, q.values, q.values, v.values, outputs)
    assert_int_equal(ATTEND("softmax", &good), RPEBENCH_OK);
    expect_refused(ATTEND("nonsense", &good), "found \"nonsense\"");
    expect_refused(ATTEND(NULL, &good), "method: expected a pointer");
    expect_refused(ATTEND("favor", &good), "projections: expected at least 1");
    expect_refused(ATTEND("explicit", NULL), "problem: expected a pointer");
    bad = good;
    bad.struct_size = 8;
    expect_refused(ATTEND("explicit", &bad), "struct_size");
    bad = good;
    bad.heads++;
    expect_refused(ATTEND("explicit", &bad), "explicit_sine.kernel.json has");
    bad = good;
    bad.realizations = 0;
    expect_refused(ATTEND("softmax", &bad), "realizations: expected at least 1");
    bad = good;
    bad.queries[1] = 2;
    expect_refused(ATTEND("explicit", &bad), "expected 1 extents");
    bad = good;
    bad.queries[0] = 0;
    expect_refused(ATTEND("explicit", &bad), "queries");
    bad = good;
    bad.threads = -1;
    expect_refused(ATTEND("explicit", &bad), "threads");
    bad = good;
    bad.sampler = "dice";
    expect_refused(ATTEND("softmax", &bad), "found \"dice\"");
    expect_refused(rpebench_encode(NULL, &good, q.values, q.values, outputs, outputs), "kernel: expected");
    expect_refused(rpebench_encode(kernel, &good, q.values, NULL, outputs, outputs),
                   "keys: expected a pointer");
    ((double *)q.values)[3] = NAN;
    expect_refused(ATTEND("explicit", &good), "queries: expected finite numbers, found another at element 3");
#undef ATTEND
    assert_null(rpebench_kernel_read("none.json"));
    assert_non_null(strstr(rpebench_error_text(), "none.json"));
    assert_null(rpebench_kernel_read(NULL));
    rpe_array_destroy(&v);
    rpe_array_destroy(&q);
    rpebench_kernel_destroy(kernel);
    rpebench_kernel_destroy(NULL);
}

/* ---- structs of other headers ---- */

enum { TOKENS = 300, WIDTH = 8, HEADS = 2, ELEMENTS = TOKENS * WIDTH * HEADS };

/* As many bytes as an older or newer header has; one of those beyond this one's is set. */
static int attend_sized(size_t size, size_t set, double *outputs)
{
    static union {
        rpebench_problem problem;
        unsigned char bytes[8192];
    } given;
    static double q[ELEMENTS];
    memset(&given, 0xff, sizeof given);
    memset(&given, 0, size < sizeof given ? size : sizeof given);
    given.problem.struct_size = size;
    given.problem.batch = 1;
    given.problem.heads = HEADS;
    given.problem.features = given.problem.value_features = WIDTH;
    given.problem.queries[0] = given.problem.keys[0] = TOKENS;
    if (size > sizeof given.problem)
        given.problem.threads = 1;
    if (set > 0)
        given.bytes[set] = 1;
    for (size_t i = 0; i < ELEMENTS; i++) {
        q[i] = rpe_test_number(3, i);
        outputs[i] = NAN;
    }
    return rpebench_attend("softmax", NULL, &given.problem, q, q, q, outputs);
}

static void test_structs_of_other_versions(void **state)
{
    (void)state;
    static double expected[ELEMENTS], outputs[ELEMENTS];
    const size_t own = sizeof(rpebench_problem), least = offsetof(rpebench_problem, single);
    assert_int_equal(attend_sized(own, 0, expected), RPEBENCH_OK);
    assert_false(isnan(expected[0]));
    for (size_t size = least; size <= own + 64; size += 8) {
        assert_int_equal(attend_sized(size, 0, outputs), RPEBENCH_OK);
        assert_memory_equal(outputs, expected, sizeof outputs);
    }
    for (size_t set = own; set < own + 64; set += 9)
        expect_refused(attend_sized(own + 64, set, outputs), "does not know");
    static const size_t sizes[] = {0, 1, 8, 87, 89, 100, 4104, 1 << 20, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        expect_refused(attend_sized(sizes[i], 0, outputs), "struct_size");
    expect_refused(attend_sized(least - 8, 0, outputs), "struct_size");
    expect_refused(attend_sized(own - 1, 0, outputs), "struct_size");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_structs_of_other_versions),
                                       cmocka_unit_test(test_explicit_attention),
                                       cmocka_unit_test(test_kernel_values),
                                       cmocka_unit_test(test_encode_as_the_command),
                                       cmocka_unit_test(test_members_as_options),
                                       cmocka_unit_test(test_every_method),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
