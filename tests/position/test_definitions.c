/* What positions make of two places, against values worked by hand or stated by their papers; files that come back. */
#include <math.h>
#include <string.h>

#include "position/kernel.h"
#include "rpe_test.h"

static char path[512], copy[512];

static rpe_kernel *kernel_read(const char *text)
{
    rpe_kernel *kernel = NULL;
    rpe_error error;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    rpe_test_ok(rpe_kernel_read(&kernel, path, &error), &error);
    return kernel;
}

/* Every position ships three scores or more. */
static void worked_scores(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        assert_true(type->example_count >= 3);
        for (size_t j = 0; j < type->example_count; j++) {
            const rpe_position_example *e = &type->examples[j];
            rpe_kernel *kernel = kernel_read(e->text);
            rpe_place query = {e->query, {(double)e->query}}, key = {e->key, {(double)e->key}};
            double terms[16];
            rpe_test_spoil(terms, sizeof terms);
            assert_ptr_equal(kernel->type, type);
            assert_true(type->family->terms(kernel, e->size) <= 16);
            type->terms(kernel, e->head, e->size, &query, &key, terms);
            double score = type->family->score(kernel, e->head, e->q, e->k, e->size, terms);
            if (!(fabs(score - e->score) <= 1e-14 * fmax(1, fabs(e->score))))
                fail_msg("%s at %zu, %zu: expected %.17g, found %.17g", e->text, e->query, e->key, e->score,
                         score);
            rpe_kernel_destroy(kernel);
        }
    }
}

/* Every position has a case that claims are put to, of its own type. */
static void cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        const rpe_kernel_type *type = rpe_kernel_type_at(i);
        assert_non_null(type->cases);
        assert_non_null(type->cases[0].name);
        for (const rpe_position_case *c = type->cases; c->name != NULL; c++) {
            rpe_kernel *kernel = kernel_read(c->text);
            rpe_positions queries, keys;
            rpe_error error;
            assert_ptr_equal(kernel->type, type);
            rpe_test_ok(rpe_positions_make(&queries, c->axes, c->queries, "queries", &error), &error);
            rpe_test_ok(rpe_positions_make(&keys, c->axes, c->keys, "keys", &error), &error);
            rpe_test_ok(rpe_kernel_covers(kernel, &queries, &keys, &error), &error);
            rpe_kernel_destroy(kernel);
        }
    }
}

/* Gates of two heads and three tokens, on five tokens and on two. */
static void tokens_repeated(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_read(
                   "{\"type\":\"bias\",\"form\":\"cumulative\",\"gate\":[[-1,-2,-3],[-4,-5,-6]]}"),
               *longer = NULL, *shorter = NULL;
    static const double five[] = {-1, -2, -3, -1, -2, -4, -5, -6, -4, -5}, two[] = {-1, -2, -4, -5};
    rpe_error error;
    assert_int_equal(rpe_kernel_tokens(kernel), 3);
    rpe_test_ok(rpe_kernel_tokens_repeat(&longer, kernel, 5, &error), &error);
    rpe_test_ok(rpe_kernel_tokens_repeat(&shorter, kernel, 2, &error), &error);
    assert_int_equal(rpe_kernel_tokens(longer), 5);
    assert_int_equal(longer->own[0].count, 10);
    assert_memory_equal(longer->own[0].values, five, sizeof five);
    assert_int_equal(rpe_kernel_tokens(shorter), 2);
    assert_int_equal(shorter->own[0].count, 4);
    assert_memory_equal(shorter->own[0].values, two, sizeof two);
    assert_int_equal(rpe_kernel_tokens(kernel), 3);
    rpe_kernel_destroy(kernel);
    rpe_kernel_destroy(longer);
    rpe_kernel_destroy(shorter);
}

/* Read, written and read again: the same parameters. */
static void written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < rpe_kernel_type_count(); i++) {
        rpe_kernel *kernel = kernel_read(rpe_kernel_type_at(i)->examples[0].text), *again = NULL;
        rpe_error error;
        rpe_test_ok(rpe_kernel_write(kernel, copy, &error), &error);
        rpe_test_ok(rpe_kernel_read(&again, copy, &error), &error);
        assert_ptr_equal(kernel->type, again->type);
        assert_int_equal(kernel->heads, again->heads);
        for (size_t p = 0; p < RPE_PARAMETERS_MAX; p++) {
            assert_int_equal(kernel->own[p].count, again->own[p].count);
            assert_memory_equal(kernel->own[p].values, again->own[p].values,
                                kernel->own[p].count * sizeof(double));
        }
        rpe_kernel_destroy(kernel);
        rpe_kernel_destroy(again);
    }
}

/* The bucket by whole numbers: t < E: t; else E plus the largest i with t^(B-E) E^i >= E^(B-E) most^i. */
static size_t bucket(unsigned t, unsigned buckets, unsigned most)
{
    unsigned exact = buckets / 2, far = buckets - exact, best = 0;
    if (t < exact)
        return t;
    if (t >= most)
        return buckets - 1;
    for (unsigned i = 0; i < far; i++) {
        unsigned __int128 left = 1, right = 1;
        for (unsigned p = 0; p < far; p++)
            left *= t, right *= exact;
        for (unsigned p = 0; p < i; p++)
            left *= exact, right *= most;
        if (left >= right)
            best = i;
    }
    return exact + (best < far - 1 ? best : far - 1);
}

static void t5_buckets(void **state)
{
    (void)state;
    static const unsigned settings[][2] = {{8, 16}, {12, 20}, {16, 64}, {6, 9}};
    for (size_t s = 0; s < sizeof settings / sizeof settings[0]; s++) {
        char text[1024];
        unsigned buckets = settings[s][0], most = settings[s][1];
        int used = snprintf(text, sizeof text, "{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[0");
        for (unsigned b = 1; b < 2 * buckets; b++)
            used += snprintf(text + used, sizeof text - (size_t)used, ",%u", b);
        snprintf(text + used, sizeof text - (size_t)used,
                 "]],\"buckets\":%u,\"max_distance\":%u,\"bidirectional\":true}", 2 * buckets, most);
        rpe_kernel *kernel = kernel_read(text);
        for (int lag = -100; lag <= 100; lag++) {
            rpe_place query = {.at = {(double)lag}}, key = {0};
            double found = NAN;
            kernel->type->terms(kernel, 0, 1, &query, &key, &found);
            unsigned t = (unsigned)(lag < 0 ? -lag : lag);
            assert_true(found == (double)(bucket(t, buckets, most) + (lag < 0 ? buckets : 0)));
        }
        rpe_kernel_destroy(kernel);
    }
}

/* What a file may say wrong. */
static const char *const bad[][2] = {
    {"{\"type\":\"bias\"}", "form"},
    {"{\"type\":\"bias\",\"form\":\"alib\"}", "expected one of \"alibi\""},
    {"{\"type\":\"bias\",\"form\":\"alibi\"}", "expected \"slope\""},
    {"{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[-1]}", "expected numbers >= 0"},
    {"{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[1,2],\"heads\":3}", "\"heads\""},
    {"{\"type\":\"bias\",\"form\":\"alibi\",\"slope\":[1],\"slop\":[1]}", "slop"},
    {"{\"type\":\"bias\",\"form\":\"kerple-power\",\"a\":[1],\"p\":[3]}", "[2.2"},
    {"{\"type\":\"bias\",\"form\":\"kerple-log\",\"a\":[1],\"p\":[3,4]}", "as \"a\""},
    {"{\"type\":\"rotary\",\"base\":100,\"size\":3}", "even"},
    {"{\"type\":\"rotary\",\"base\":100}", "\"frequency\""},
    {"{\"type\":\"rotary\",\"base\":100,\"size\":4,\"layout\":\"half\"}", "\"pairs\" or \"halves\""},
    {"{\"type\":\"bias\",\"form\":\"t5\",\"values\":[[1,2]],\"buckets\":2,\"max_distance\":9,"
     "\"bidirectional\":true}",
     "buckets"},
    {"{\"type\":\"feature\",\"form\":\"permute\",\"permutation\":[[0,0]],\"ratio\":[1]}", "permutation"},
    {"{\"type\":\"decay\",\"map\":\"identity\",\"complex\":\"real\",\"normalise\":\"none\",\"log_decay\":[0."
     "5]}",
     "log_decay"},
};

static void bad_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rpe_kernel *kernel = NULL;
        rpe_error error;
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(bad[i][0], file);
        fclose(file);
        if (rpe_kernel_read(&kernel, path, &error) != RPE_ERROR_INPUT ||
            strstr(error.message, bad[i][1]) == NULL)
            fail_msg("%s: %s", bad[i][0], error.message);
        assert_null(kernel);
    }
}

static int paths_make(void **state)
{
    (void)state;
    const char *directory = rpe_test_directory("position_definitions");
    snprintf(path, sizeof path, "%s/kernel.json", directory);
    snprintf(copy, sizeof copy, "%s/copy.json", directory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(worked_scores),   cmocka_unit_test(cases),
                                       cmocka_unit_test(tokens_repeated), cmocka_unit_test(written_and_read),
                                       cmocka_unit_test(t5_buckets),      cmocka_unit_test(bad_files)};
    return cmocka_run_group_tests(tests, paths_make, NULL);
}
