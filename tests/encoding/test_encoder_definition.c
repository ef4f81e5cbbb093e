/* Encoder with given noise: both paths, both precisions, against the definition written out here. */
#include <math.h>

#include "encoder_problem.h"
#include "position/conv.h"
#include "position/sine.h"

#define PI 3.14159265358979323846

/* A sum, the sum of its terms' magnitudes and their number. */
typedef struct total {
    double sum, magnitude;
    size_t terms;
} total;

static void add(total *t, double term)
{
    t->sum += term;
    t->magnitude += fabs(term);
    t->terms++;
}

/* x sum_k lambda_k (cos(2 pi f_k m + theta_k) z_2k + sin(2 pi f_k m + theta_k) z_2k+1) */
static void sine_add(const problem *p, int side, size_t m, size_t h, size_t source, size_t d, size_t r,
                     double x, total *t)
{
    const rpe_kernel *kernel = p->kernel;
    const double *z = p->given.values;
    for (size_t k = 0; k < rpe_sine_of(kernel).sinusoids; k++) {
        size_t i = (h * kernel->features + d) * rpe_sine_of(kernel).sinusoids + k;
        size_t row = 2 * ((source * kernel->features + d) * rpe_sine_of(kernel).sinusoids + k);
        double theta = side == RPE_SIDE_QUERY ? rpe_sine_of(kernel).phase[i] : 0.0;
        double phase = 2.0 * PI * fmod(rpe_sine_of(kernel).frequency[i] * (double)m, 1.0) + theta;
        add(t, x * rpe_sine_of(kernel).gain[i] * cos(phase) * z[row * p->shape->realizations + r]);
        add(t, x * rpe_sine_of(kernel).gain[i] * sin(phase) * z[(row + 1) * p->shape->realizations + r]);
    }
}

/* x sum_p a[p] z(m+p), indices vectors of coordinates */
static void conv_add(const problem *p, int side, size_t m, size_t h, size_t source, size_t d, size_t r,
                     double x, total *t)
{
    const rpe_kernel *kernel = p->kernel;
    const double *z = p->given.values, *filter = side == RPE_SIDE_QUERY ? rpe_conv_of(kernel).query_filter
                                                                        : rpe_conv_of(kernel).key_filter;
    size_t axes = kernel->axes;
    const size_t *noise_extent = p->given.shape + 3; /* after R, H, D */
    for (size_t tap = 0; tap < rpe_conv_of(kernel).taps; tap++) {
        ptrdiff_t position[RPE_AXES_MAX];
        size_t tap_position[RPE_AXES_MAX], rest = tap,
                                           index = (r * kernel->heads + source) * kernel->features + d;
        rpe_positions_coordinates(side_positions(p, side), m, position);
        for (size_t i = axes; i-- > 0; rest /= rpe_conv_of(kernel).extent[i])
            tap_position[i] = rest % rpe_conv_of(kernel).extent[i];
        for (size_t i = 0; i < axes; i++)
            index = index * noise_extent[i] + (size_t)position[i] + tap_position[i];
        add(t, x * filter[(h * kernel->features + d) * rpe_conv_of(kernel).taps + tap] * z[index]);
    }
}

/* qhat of one output, by the definition [spec 4] */
static total definition(const problem *p, int side, size_t item, size_t m, size_t h, size_t r)
{
    const shape *s = p->shape;
    double scale = pow((double)(s->realizations * s->features), -0.25);
    size_t source = s->shared_heads ? 0 : h;
    total t = {0};
    for (size_t d = 0; d < s->features; d++) {
        size_t row = (item * side_positions(p, side)->count + m) * s->heads + h;
        double x = scale * p->inputs[side][row * s->features + d], gate = rpe_kernel_gate(p->kernel, h, d);
        if (p->kernel->type->codes->along)
            conv_add(p, side, m, h, source, d, r, x * sqrt(1.0 - gate), &t);
        else
            sine_add(p, side, m, h, source, d, r, x * sqrt(1.0 - gate), &t);
        if (gate > 0.0)
            add(&t, x * sqrt(gate) *
                        ((double *)p->gate.values)[(source * s->features + d) * s->realizations + r]);
    }
    return t;
}

/* Given noise, both paths and precisions against the definition: double to 1e-12 of the largest, single within the bound of
   rounding gamma_n sum |terms|, n = terms + 10, for every element [spec 5, form 15]. */
static void definition_check(const problem *p, bool plain)
{
    const shape *s = p->shape;
    rpe_encoder_settings settings = p->settings;
    void *wide[2], *narrow[2];
    settings.plain = plain;
    encode(p, &settings, 1, wide);
    settings.precision = RPE_SINGLE;
    encode(p, &settings, 1, narrow);
    for (int side = 0; side < 2; side++) {
        double *expected = rpe_memory_allocate(p->outputs[side], sizeof *expected);
        assert_non_null(expected);
        size_t positions = side_positions(p, side)->count;
        for (size_t i = 0; i < p->outputs[side]; i++) {
            size_t r = i % s->realizations, h = i / s->realizations % s->heads;
            size_t m = i / s->realizations / s->heads;
            total t = definition(p, side, m / positions, m % positions, h, r);
            double nu = (double)(t.terms + 10) * 0x1p-24, bound = nu / (1.0 - nu) * t.magnitude;
            expected[i] = t.sum;
            if (!(fabs((double)((float *)narrow[side])[i] - t.sum) <= bound))
                fail_msg("%s on %zu axes, R = %zu, side %d, element %zu: single outside its bound", s->kernel,
                         s->axes, s->realizations, side, i);
        }
        double error = rpe_test_error(p->outputs[side], wide[side], expected);
        if (!(error < 1e-12))
            fail_msg("%s on %zu axes, R = %zu, side %d: error %g", s->kernel, s->axes, s->realizations, side,
                     error);
        rpe_memory_free(expected);
    }
    outputs_free(wide);
    outputs_free(narrow);
}

/* Realizations around the tiles that are summed in registers, 16 in double and 32 in single precision, on three axes of
   different extents: no stride of one can stand for that of another. */
static void test_three_axes(void **state)
{
    (void)state;
    static const size_t realizations[] = {1, 15, 16, 17, 31, 32, 33};
    for (size_t i = 0; i < sizeof realizations / sizeof realizations[0]; i++)
        for (int gate = 0; gate <= 2; gate++) {
            const shape one = {.kernel = "conv",
                               .axes = 3,
                               .queries = {3, 2, 5},
                               .keys = {2, 4, 3},
                               .heads = 2,
                               .features = 3,
                               .size = {2, 3, 4},
                               .realizations = realizations[i],
                               .batch = 1 + i % 2,
                               .gate = gate,
                               .shared_heads = i % 3 == 2};
            problem p;
            problem_make(&p, &one);
            definition_check(&p, false);
            definition_check(&p, true);
            codes_agree(&p, &p.settings);
            problem_destroy(&p);
        }
}

static void test_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        problem p;
        problem_make(&p, &shapes[i]);
        definition_check(&p, false);
        definition_check(&p, true);
        problem_destroy(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_three_axes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
