/* Measures: the registry, what they refuse and how they say it, and memory that runs out. */
#include "measure_problem.h"

static void test_registry(void **state)
{
    (void)state;
    assert_true(rpe_measure_count() >= 5);
    for (size_t i = 0; i < rpe_measure_count(); i++) {
        const rpe_measure *measure = rpe_measure_at(i);
        assert_ptr_equal(rpe_measure_find(measure->name), measure);
        assert_true(strlen(measure->title) > 0 && strlen(measure->unit) > 0 && strlen(measure->source) > 0);
        assert_true(measure->evaluate != NULL || measure->stage == RPE_STAGE_CALL);
        assert_in_range(measure->stage, 0, RPE_STAGE_COUNT - 1);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(measure->name, rpe_measure_at(j)->name);
    }
    assert_null(rpe_measure_find("none such"));
    assert_null(rpe_measure_find(""));
}

static void refuses(const char *name, const rpe_subject *subject, const char *message)
{
    rpe_error error = {""};
    assert_int_equal(rpe_measure_supports(measure_find(name), subject, &error), RPE_ERROR_INPUT);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: expected \"%s\", found \"%s\"", name, message, error.message);
}

static void test_refusals_method(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", true, 4, 5, 4, false, NULL);
    rpe_subject subject = f.subject;
    subject.method = rpe_method_find("explicit");
    refuses("code_profile", &subject, "method explicit has no codes");
    refuses("score_error", &subject, "method explicit has no encoded queries and keys");
    refuses("softmax_bias", &subject, "method explicit has no codes");
    refuses("encoded_feature_error", &subject, "method explicit has no random features of a known law");
    subject.method = rpe_method_find("rope-favor");
    refuses("encoded_feature_error", &subject, "method rope-favor has no codes");
    rpe_method mute = *f.subject.method;
    mute.attend = NULL;
    subject.method = &mute;
    refuses("output_error", &subject, "method softmax has no attention");
    assert_false(rpe_measure_concerns(measure_find("output_error"), &mute));
    assert_true(rpe_measure_concerns(measure_find("score_error"), &mute));
    assert_true(rpe_measure_concerns(measure_find("attention_error"), rpe_method_find("explicit")));
    assert_false(rpe_measure_concerns(measure_find("score_error"), rpe_method_find("explicit")));
    mute.score_moments = NULL;
    mute.code_moments = NULL;
    assert_false(rpe_measure_closed_form_known(measure_find("score_error"), &subject));
    assert_false(rpe_measure_closed_form_known(measure_find("code_profile"), &subject));
    assert_false(rpe_measure_closed_form_known(measure_find("attention_error"), &f.subject));
    fixture_destroy(&f);
}

static void test_refusals_problem(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "conv", false, 4, 5, 4, false, NULL);
    rpe_problem problem = f.problem;
    rpe_subject subject = f.subject;
    subject.problem = &problem;
    problem.kernel = NULL;
    refuses("score_error", &subject, "no codes without a kernel");
    refuses("code_covariance_error", &subject, "no codes without a kernel");
    problem = f.problem;
    problem.precision = RPE_SINGLE;
    refuses("code_covariance_error", &subject, "double precision");
    refuses("code_profile", &subject, "double precision");
    problem = f.problem;
    problem.queries.axes = 2;
    refuses("code_profile", &subject, "needs 1 position axis, found 2");
    problem = f.problem;
    subject.selection_count = 0;
    refuses("code_profile", &subject, "no head and feature are selected");
    static const rpe_selection beyond[] = {{0, FEATURES}}, beyond_head[] = {{HEADS, 0}};
    subject.selection_count = 1;
    subject.selections = beyond;
    refuses("code_profile", &subject, "a feature below 3, found [0,3]");
    subject.selections = beyond_head;
    refuses("code_profile", &subject, "a head below 2 and a feature below 3, found [2,0]");
    fixture_destroy(&f);
}

/* A relative error needs something to be relative to. */
static void test_refusals_zero(void **state)
{
    (void)state;
    fixture f;
    fixture_make(&f, "sine", false, 4, 5, 4, false, NULL);
    f.subject.score_squares = 0;
    refuses("score_error", &f.subject, "all scores are 0");
    for (size_t row = 0; row < 4 * HEADS; row++)
        for (size_t v = 0; v < VALUES; v++)
            f.oracle[row * (5 + VALUES) + 5 + v] = 0;
    refuses("output_error", &f.subject, "all outputs are 0");
    rpe_error error;
    rpe_test_ok(rpe_measure_supports(measure_find("attention_error"), &f.subject, &error), &error);
    for (size_t h = 0; h < HEADS; h++)
        memset(f.tables[h].values, 0, FEATURES * f.tables[h].stride * sizeof(double));
    refuses("code_covariance_error", &f.subject, "the kernel is 0 at all lags");
    fixture_destroy(&f);
}

/* Closed forms allocate; when that fails they say so. */
static void test_allocation(void **state)
{
    (void)state;
    static const char *const names[] = {"score_error", "code_covariance_error", "code_profile"};
    fixture f;
    fixture_make(&f, "sine", true, 4, 5, 4, true, NULL);
    for (size_t i = 0; i < 3; i++) {
        rpe_closed_value values[32];
        rpe_status status = RPE_ERROR_MEMORY;
        for (uint64_t n = 1; status != RPE_OK; n++) {
            rpe_error error = {""};
            size_t before = rpe_memory_usage_now().current;
            rpe_memory_fail_from(n);
            status = measure_find(names[i])->closed_form(&f.subject, values, &error);
            rpe_memory_fail_from(0);
            assert_int_equal(rpe_memory_usage_now().current, before);
            assert_true(status == RPE_OK || status == RPE_ERROR_MEMORY);
            assert_true(status != RPE_OK || n > 1);
        }
    }
    fixture_destroy(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),         cmocka_unit_test(test_refusals_method),
        cmocka_unit_test(test_refusals_problem), cmocka_unit_test(test_refusals_zero),
        cmocka_unit_test(test_allocation),
    };
    numbers_make();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
