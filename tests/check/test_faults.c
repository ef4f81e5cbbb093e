/* The checker, checked: every usual fault is refused at R = 256, 48 positions, 2 heads, 4 features, and named. */
#include "check_problem.h"
#include "position/conv.h"
#include "position/sine.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* Faults of the kernel that the codes are drawn with. */

static size_t rows_of(const rpe_kernel *kernel)
{
    return kernel->heads * kernel->features;
}

static void multiply(double *values, size_t count, double factor)
{
    for (size_t i = 0; i < count; i++)
        values[i] *= factor;
}

static void gains_15_percent(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).gain, rows_of(k) * rpe_sine_of(k).sinusoids, 1.15);
}

static void gains_15_percent_less(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).gain, rows_of(k) * rpe_sine_of(k).sinusoids, 0.85);
}

static void gains_of_a_feature(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).gain + 3 * rpe_sine_of(k).sinusoids, rpe_sine_of(k).sinusoids, 1.15);
}

static void one_gain(rpe_kernel *k)
{
    rpe_sine_of(k).gain[7] *= 1.25;
}

static void taps_15_percent(rpe_kernel *k)
{
    multiply(rpe_conv_of(k).query_filter, rows_of(k) * rpe_conv_of(k).taps, 1.15);
    multiply(rpe_conv_of(k).key_filter, rows_of(k) * rpe_conv_of(k).taps, 1.15);
}

static void taps_of_queries(rpe_kernel *k)
{
    multiply(rpe_conv_of(k).query_filter, rows_of(k) * rpe_conv_of(k).taps, 1.15);
}

static void phases_flipped(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).phase, rows_of(k) * rpe_sine_of(k).sinusoids, -1);
}

static void one_phase_flipped(rpe_kernel *k)
{
    rpe_sine_of(k).phase[11] *= -1;
}

static void phases_gone(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).phase, rows_of(k) * rpe_sine_of(k).sinusoids, 0);
}

static void no_two_pi(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).frequency, rows_of(k) * rpe_sine_of(k).sinusoids, 1 / TWO_PI);
}

static void not_halved(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).frequency, rows_of(k) * rpe_sine_of(k).sinusoids, 2);
}

static void no_raw_scale(rpe_kernel *k)
{
    multiply(rpe_sine_of(k).gain, rows_of(k) * rpe_sine_of(k).sinusoids,
             sqrt(2 * (double)rpe_sine_of(k).sinusoids));
}

static void gains_squared(rpe_kernel *k)
{
    for (size_t i = 0; i < rows_of(k) * rpe_sine_of(k).sinusoids; i++)
        rpe_sine_of(k).gain[i] *= rpe_sine_of(k).gain[i];
}

static void queries_ahead(rpe_kernel *k)
{
    for (size_t i = 0; i < rows_of(k) * rpe_sine_of(k).sinusoids; i++)
        rpe_sine_of(k).phase[i] += TWO_PI * rpe_sine_of(k).frequency[i];
}

static void queries_behind(rpe_kernel *k)
{
    for (size_t i = 0; i < rows_of(k) * rpe_sine_of(k).sinusoids; i++)
        rpe_sine_of(k).phase[i] -= TWO_PI * rpe_sine_of(k).frequency[i];
}

static void filters_swapped(rpe_kernel *k)
{
    rpe_parameter_values query = k->own[RPE_CONV_QUERY];
    k->own[RPE_CONV_QUERY] = k->own[RPE_CONV_KEY];
    k->own[RPE_CONV_KEY] = query;
}

static void reverse(rpe_kernel *k, double *filter)
{
    for (size_t row = 0; row < rows_of(k); row++)
        for (size_t i = 0; i < rpe_conv_of(k).taps / 2; i++) {
            double *a = &filter[row * rpe_conv_of(k).taps + i],
                   *b = &filter[(row + 1) * rpe_conv_of(k).taps - 1 - i], kept = *a;
            *a = *b;
            *b = kept;
        }
}

static void filters_reversed(rpe_kernel *k)
{
    reverse(k, rpe_conv_of(k).query_filter);
    reverse(k, rpe_conv_of(k).key_filter);
}

static void query_reversed(rpe_kernel *k)
{
    reverse(k, rpe_conv_of(k).query_filter);
}

static void key_reversed(rpe_kernel *k)
{
    reverse(k, rpe_conv_of(k).key_filter);
}

/* a[p] -> a[p - 1]: the last tap is 0 in the kernel that they are put to, too */
static void taps_later(rpe_kernel *k)
{
    for (size_t row = 0; row < rows_of(k); row++) {
        double *taps = rpe_conv_of(k).query_filter + row * rpe_conv_of(k).taps;
        memmove(taps + 1, taps, (rpe_conv_of(k).taps - 1) * sizeof *taps);
        taps[0] = 0;
    }
}

static void gates_inverted(rpe_kernel *k)
{
    for (size_t i = 0; i < rows_of(k); i++)
        k->gate[i] = 1 - k->gate[i];
}

static void gates_gone(rpe_kernel *k)
{
    rpe_memory_free(k->gate);
    k->gate = NULL;
}

typedef struct fault {
    const char *name;
    const shape *shape;
    void (*change)(rpe_kernel *kernel);
    const char *fit; /* part of the name of an error that must be found; NULL: nothing need be found */
} fault;

static const fault faults[] = {
    {"gains 15 % too large", &SINE, gains_15_percent, "1.1"},
    {"gains 15 % too small", &SINE, gains_15_percent_less, "0.8"},
    {"gains of one feature", &SINE, gains_of_a_feature, "1.1"},
    {"one gain 25 % too large", &SINE, one_gain, NULL},
    {"gains, gated", &SINE_GATED, gains_15_percent, NULL},
    {"taps 15 % too large", &CONV, taps_15_percent, "1.1"},
    {"taps of the queries", &CONV, taps_of_queries, NULL},
    {"phases flipped", &SINE, phases_flipped, "opposite sign"},
    {"phases flipped, gated", &SINE_GATED, phases_flipped, "opposite sign"},
    {"one phase flipped", &SINE, one_phase_flipped, NULL},
    {"no phase", &SINE, phases_gone, "on both sides"},
    {"2 pi missing", &SINE, no_two_pi, "2 pi of the phase is missing"},
    {"frequency not halved", &SINE, not_halved, "not halved"},
    {"1/(2K) missing", &SINE_GATED, no_raw_scale, "1/sqrt(2K)"},
    {"gains squared", &SINE, gains_squared, "gain is squared"},
    {"queries one ahead", &SINE, queries_ahead, "one position ahead"},
    {"queries one behind", &SINE_GATED, queries_behind, "one position behind"},
    {"filters swapped", &CONV, filters_swapped, "ConvSPE"},
    {"filters swapped, gated", &CONV_GATED, filters_swapped, "ConvSPE"},
    {"filters reversed", &CONV, filters_reversed, "both filters are reversed"},
    {"query filter reversed", &CONV, query_reversed, "query filter is reversed"},
    {"key filter reversed", &CONV_GATED, key_reversed, "key filter is reversed"},
    {"gate inverted, sine", &SINE_GATED, gates_inverted, "gate is inverted"},
    {"gate inverted, conv", &CONV_GATED, gates_inverted, "gate is inverted"},
    {"gate missing, sine", &SINE_GATED, gates_gone, "gate is missing"},
    {"gate missing, conv", &CONV_GATED, gates_gone, "gate is missing"},
};

static void faults_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const fault *f = &faults[i];
        rpe_kernel *right = kernel_make(f->shape), *wrong = kernel_make(f->shape);
        f->change(wrong);
        codes drawn = codes_draw(f->shape, wrong, "gaussian", 100 + i, false);
        rpe_check_settings settings = settings_of(right, &drawn);
        rpe_check_report report = run(&settings);
        bool found = f->fit == NULL || names(&report, f->fit);
        if (report.draws || !found)
            print_error("%s: %s\n", f->name, report.sentence);
        assert_false(report.draws);
        assert_true(found);
        assert_true(f->fit == NULL || report.fit_count <= 2);
        codes_destroy(&drawn);
        rpe_kernel_destroy(wrong);
        rpe_kernel_destroy(right);
    }
}

static bool says(const rpe_check_report *report, const char *part)
{
    if (strstr(report->sentence, part) == NULL)
        print_error("expected \"%s\" in %s\n", part, report->sentence);
    return !report->draws && strstr(report->sentence, part) != NULL;
}

/* Codes of a gated kernel put to the same kernel without its gate. */
static void gate_that_should_not_be(void **state)
{
    (void)state;
    const shape *shapes[] = {&SINE_GATED, &CONV_GATED};
    for (size_t i = 0; i < 2; i++) {
        rpe_kernel *right = kernel_make(shapes[i]), *wrong = kernel_make(shapes[i]);
        gates_gone(right);
        codes drawn = codes_draw(shapes[i], wrong, "gaussian", 200 + i, false);
        rpe_check_settings settings = settings_of(right, &drawn);
        rpe_check_report report = run(&settings);
        assert_true(
            says(&report, "one number for all positions, as gate noise is, and the kernel has no gate"));
        codes_destroy(&drawn);
        rpe_kernel_destroy(wrong);
        rpe_kernel_destroy(right);
    }
}

/* Keys get one number a realization more: their gate noise is another then. */
static void gate_noise_of_each_side(void **state)
{
    (void)state;
    const shape *s = &SINE_GATED;
    rpe_kernel *kernel = kernel_make(s);
    codes drawn = codes_draw(s, kernel, "gaussian", 300, false);
    size_t width = s->heads * s->features * s->realizations;
    for (size_t i = 0; i < rpe_array_count(&drawn.side[1]); i++) {
        double more = 0.6 * rpe_test_number(301, i % width);
        if (s->precision == RPE_SINGLE)
            ((float *)drawn.side[1].values)[i] += (float)more;
        else
            ((double *)drawn.side[1].values)[i] += more;
    }
    rpe_check_settings settings = settings_of(kernel, &drawn);
    rpe_check_report report = run(&settings);
    assert_true(says(&report, "one number for all queries and another for all keys"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

static void nothing_but_zeros(void **state)
{
    (void)state;
    rpe_kernel *kernel = kernel_make(&SINE);
    codes drawn = codes_draw(&SINE, kernel, "gaussian", 400, false);
    codes_multiply(&drawn, 1, 0);
    rpe_check_settings settings = settings_of(kernel, &drawn);
    rpe_check_report report = run(&settings);
    assert_true(says(&report, "all codes of the keys are 0"));
    codes_multiply(&drawn, 0, 0);
    report = run(&settings);
    assert_true(says(&report, "all codes are 0"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

static void filters_one_position_apart(void **state)
{
    (void)state;
    rpe_kernel *right = kernel_make(&CONV), *wrong = kernel_make(&CONV);
    for (size_t i = CONV.size[0] - 1; i < rows_of(right) * rpe_conv_of(right).taps; i += CONV.size[0])
        rpe_conv_of(right).query_filter[i] = rpe_conv_of(wrong).query_filter[i] = 0;
    taps_later(wrong);
    codes drawn = codes_draw(&CONV, wrong, "gaussian", 7, false);
    rpe_check_settings settings = settings_of(right, &drawn);
    rpe_check_report report = run(&settings);
    assert_false(report.draws);
    assert_true(names(&report, "queries are one position ahead"));
    codes_destroy(&drawn);
    rpe_kernel_destroy(wrong);
    rpe_kernel_destroy(right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_named),        cmocka_unit_test(filters_one_position_apart),
        cmocka_unit_test(gate_that_should_not_be), cmocka_unit_test(gate_noise_of_each_side),
        cmocka_unit_test(nothing_but_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
