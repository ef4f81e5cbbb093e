#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/processors.h"
#include "machine/machine.h"
#include "rpe_test.h"

static const rpe_machine_state quiet = {
    .seconds = 100, .load = 1, .frequency = 2e9, .busy = 50, .stolen = 7, .own = 20, .involuntary = 10};
static const rpe_machine_rates rates = {.threads = 1, .gemm = {80e9, 40e9}, .copy = 10e9};

/* Ten seconds later, with one processor of our own at work. */
static rpe_machine_state later(void)
{
    rpe_machine_state state = quiet;
    state.seconds += 10;
    state.busy += 10;
    state.own += 10;
    state.involuntary += 5;
    return state;
}

static void quiet_is_quiet(void **test)
{
    (void)test;
    rpe_machine_state after = later();
    rpe_machine_noise noise = rpe_machine_noise_between(&quiet, &rates, &after, &rates);
    assert_false(noise.noisy);
    assert_string_equal(noise.reason, "");
    assert_true(fabs(noise.seconds - 10) < 1e-12 && fabs(noise.others) < 1e-12 && fabs(noise.steal) < 1e-12);
    assert_true(fabs(noise.involuntary - 0.5) < 1e-12 && fabs(noise.rate) < 1e-12 &&
                fabs(noise.frequency) < 1e-12);
}

/* Each disturbance alone, with the number it must lead to. */
static void disturbances_are_named(void **test)
{
    (void)test;
    double processors = rpe_processors_count();
    rpe_machine_state busy = later(), stolen = later(), slow = later();
    busy.busy += 10 * 0.75 * processors; /* others keep 3/4 of the processors */
    stolen.stolen += 10 * 0.2 * processors;
    slow.frequency = 1.6e9;
    rpe_machine_rates halved = rates;
    halved.gemm[RPE_DOUBLE] /= 2;
    rpe_machine_state after = later();
    const struct {
        rpe_machine_noise noise;
        double found, expected;
        const char *word;
    } cases[] = {
        {rpe_machine_noise_between(&quiet, &rates, &busy, &rates), 0, 0.75 * processors, "other processes"},
        {rpe_machine_noise_between(&quiet, &rates, &stolen, &rates), 1, 0.2, "stolen"},
        {rpe_machine_noise_between(&quiet, &rates, &slow, &rates), 2, 0.25, "frequency"},
        {rpe_machine_noise_between(&quiet, &rates, &after, &halved), 3, 1.0, "rates"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const rpe_machine_noise *noise = &cases[i].noise;
        const double found[] = {noise->others, noise->steal, noise->frequency, noise->rate};
        assert_true(noise->noisy);
        assert_non_null(strstr(noise->reason, cases[i].word));
        assert_null(strstr(noise->reason, ";")); /* nothing else was wrong */
        assert_true(fabs(found[i] - cases[i].expected) < 1e-12);
    }
}

/* Where the system does not tell, nothing is claimed. */
static void unknown_is_not_noisy(void **test)
{
    (void)test;
    rpe_machine_state before = quiet, after = later();
    before.busy = before.stolen = before.frequency = before.load = NAN;
    after.busy = after.stolen = after.frequency = after.load = NAN;
    rpe_machine_noise noise = rpe_machine_noise_between(&before, &rates, &after, &rates);
    assert_false(noise.noisy);
    assert_true(isnan(noise.others) && isnan(noise.steal) && isnan(noise.frequency));
    json_t *value = rpe_machine_noise_json(&noise);
    assert_non_null(value);
    assert_true(json_is_null(json_object_get(value, "stolen_share")));
    assert_true(json_is_null(json_array_get(json_object_get(value, "frequency_hertz"), 0)));
    assert_int_equal(json_array_size(json_object_get(value, "rates")), 2);
    json_decref(value);
}

static void rates_are_measured(void **test)
{
    (void)test;
    rpe_machine_rates measured = {0};
    rpe_error error = {""};
    size_t held = rpe_memory_usage_now().current;
    rpe_test_ok(rpe_machine_rates_measure(&measured, 2, &error), &error);
    assert_int_equal(measured.threads, 2);
    assert_true(measured.gemm[RPE_SINGLE] > 1e6 && measured.gemm[RPE_DOUBLE] > 1e6 && measured.copy > 1e6);
    assert_true(isfinite(measured.gemm[RPE_SINGLE]) && isfinite(measured.copy));
    assert_int_equal(rpe_memory_usage_now().current, held);
    rpe_machine_rates mean = rpe_machine_rates_mean(&rates, &measured);
    assert_true(fabs(mean.copy - (rates.copy + measured.copy) / 2) < 1);
}

/* Without memory there is a message, and no block stays behind. */
static void no_memory_is_an_error(void **test)
{
    (void)test;
    size_t held = rpe_memory_usage_now().current;
    for (unsigned n = 1; n <= 3; n++) {
        rpe_machine_rates measured = {.threads = 77};
        rpe_error error = {""};
        rpe_memory_fail_from(n);
        rpe_status status = rpe_machine_rates_measure(&measured, 2, &error);
        rpe_memory_fail_from(0);
        assert_int_equal(status, RPE_ERROR_MEMORY);
        assert_non_null(strstr(error.message, "calibration"));
        assert_int_equal(measured.threads, 77);
        assert_int_equal(rpe_memory_usage_now().current, held);
    }
}

/* Measured once: the second call allocates nothing and says the same.  What failed is not kept. */
static void rough_rates_are_kept(void **test)
{
    (void)test;
    rpe_machine_rates first = {.threads = 77}, second = {0};
    rpe_error error = {""};
    rpe_memory_fail_from(1);
    rpe_status status = rpe_machine_rates_rough(&first, &error);
    rpe_memory_fail_from(0);
    assert_int_equal(status, RPE_ERROR_MEMORY);
    assert_int_equal(first.threads, 77);
    rpe_test_ok(rpe_machine_rates_rough(&first, &error), &error);
    assert_int_equal(first.threads, 1);
    uint64_t allocations = rpe_memory_usage_now().allocations;
    rpe_test_ok(rpe_machine_rates_rough(&second, &error), &error);
    assert_int_equal(rpe_memory_usage_now().allocations, allocations);
    assert_memory_equal(&first, &second, sizeof first);
}

/* The states of a process that works: time passes, its own processor time grows. */
static void states_advance(void **test)
{
    (void)test;
    rpe_machine_state before = rpe_machine_state_now();
    volatile double sum = 0;
    while (rpe_machine_state_now().own - before.own < 0.01)
        for (int i = 1; i < 100000; i++)
            sum = sum + 1.0 / i;
    rpe_machine_state after = rpe_machine_state_now();
    assert_true(after.seconds > before.seconds);
    assert_true(after.own >= before.own + 0.01);
    assert_true(isnan(after.busy) || after.busy >= before.busy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_is_quiet),        cmocka_unit_test(disturbances_are_named),
        cmocka_unit_test(unknown_is_not_noisy),  cmocka_unit_test(rates_are_measured),
        cmocka_unit_test(no_memory_is_an_error), cmocka_unit_test(rough_rates_are_kept),
        cmocka_unit_test(states_advance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
