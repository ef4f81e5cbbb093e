/* Sine kernels (sineSPE).  [spec 3; SPE paper, eq. 18] */
#include <math.h>

#include "position/kernel_fit.h"
#include "position/parameter_table.h"
#include "position/sine.h"

#define FREQUENCY_ROUNDINGS 8.0
#define PHASE_ROUNDINGS 2.0

static const double TWO_PI = 6.283185307179586476925286766559, PI = 3.14159265358979323846264338327950288;

/* ---- parameters ---- */

/* f = sigmoid(x)/2 */
static double frequency_raw(double number, size_t sinusoids)
{
    (void)sinusoids;
    return rpe_sigmoid(number) / 2;
}

/* lambda = softplus(g)/sqrt(2K) */
static double gain_raw(double number, size_t sinusoids)
{
    return rpe_softplus(number) / sqrt(2.0 * (double)sinusoids);
}

static double norm_of(const double *values, size_t count)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += values[i] * values[i];
    return sqrt(squares);
}

static void frequency_authors(double *frequency, size_t sinusoids)
{
    for (size_t k = 0; k < sinusoids; k++)
        frequency[k] = 0.5 * rpe_sigmoid(frequency[k] - 4.0);
}

static void gain_authors(double *gain, size_t sinusoids)
{
    double sine_scale = 2.0 / sqrt(norm_of(gain, sinusoids));
    for (size_t k = 0; k < sinusoids; k++)
        gain[k] = gain_raw(sine_scale * gain[k], sinusoids);
}

static void frequency_unit(double *frequency, size_t sinusoids)
{
    for (size_t k = 0; k < sinusoids; k++)
        frequency[k] = exp2(-10.0 + 9.0 * frequency[k]);
}

static void phase_unit(double *phase, size_t sinusoids)
{
    for (size_t k = 0; k < sinusoids; k++)
        phase[k] = 0.5 * PI * (phase[k] - 0.5);
}

static void gain_unit(double *gain, size_t sinusoids)
{
    double norm = norm_of(gain, sinusoids);
    for (size_t k = 0; k < sinusoids; k++)
        gain[k] = fabs(gain[k]) / norm;
}

static const rpe_parameter_law frequency_laws[] = {{true, frequency_authors}, {false, frequency_unit}},
                               phase_laws[] = {{true, NULL}, {false, phase_unit}},
                               gain_laws[] = {{true, gain_authors}, {true, gain_unit}};

static const rpe_parameter sine_parameters[] = {
    {.name = "frequency", .axes = "hdk", .high = 0.5, .raw = frequency_raw, .laws = frequency_laws},
    {.name = "phase",
     .axes = "hdk",
     .low = -INFINITY,
     .high = INFINITY,
     .same = "frequency",
     .laws = phase_laws},
    {.name = "gain",
     .axes = "hdk",
     .high = INFINITY,
     .same = "frequency",
     .raw = gain_raw,
     .laws = gain_laws},
    {0},
};

static rpe_status sine_check(rpe_kernel *kernel, rpe_error *error)
{
    return rpe_parameter_power_check(kernel, RPE_SINE_GAIN, error);
}

/* ---- values ---- */

/* 2 pi (f tau - nearest integer): the product is exact (its rounding error is kept), so that large lags stay accurate. */
static double reduced_angle(double frequency, double tau)
{
    double turns = frequency * tau;
    double rest = fma(frequency, tau, -turns);
    return TWO_PI * (turns - rint(turns) + rest);
}

/* P_d(tau) = sum_k lambda_k^2 cos(2 pi f_k tau + theta_k) */
static double sine_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t first = (head * kernel->features + feature) * sine.sinusoids;
    const double *f = sine.frequency + first, *theta = sine.phase + first, *lambda = sine.gain + first;
    double sum = 0;
    for (size_t k = 0; k < sine.sinusoids; k++) {
        sum += lambda[k] * lambda[k] * cos(reduced_angle(f[k], lag[0]) + theta[k]);
    }
    return sum;
}

/* P^qq_d(tau) = P^kk_d(tau) = sum_k lambda_k^2 cos(2 pi f_k tau) */
static double sine_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                  const double *lag)
{
    (void)side; /* the phase cancels within a side */
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t first = (head * kernel->features + feature) * sine.sinusoids;
    const double *f = sine.frequency + first, *lambda = sine.gain + first;
    double sum = 0;
    for (size_t k = 0; k < sine.sinusoids; k++) {
        sum += lambda[k] * lambda[k] * cos(reduced_angle(f[k], lag[0]));
    }
    return sum;
}

/* ---- codes ---- */

/* lambda_k cos(2 pi f_k m + theta_k) for row 2k, sin for row 2k+1; theta = 0 on the key side.  Reduced before scaling by pi. */
static double sine_coefficient(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                               const ptrdiff_t *row, const ptrdiff_t *place)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t k = (head * kernel->features + feature) * sine.sinusoids + (size_t)row[0] / 2;
    double turns = sine.frequency[k] * (double)place[0];
    double phase = TWO_PI * (turns - rint(turns)) + (side == RPE_SIDE_QUERY ? sine.phase[k] : 0);
    return sine.gain[k] * (row[0] % 2 == 0 ? cos(phase) : sin(phase));
}

/* sum_k lambda_k (gamma + e_k(m)).  2 pi f m + theta in floating point:  f from its raw parameter (an exponential, a sum, a
   quotient, what the parameter itself was rounded by: 4), 2 pi (1), the products with both (2), the sum with theta (1):
   8 roundings of 2 pi f m and 2 of theta, so that the phase is off by
       e_k(m) = u (8 2 pi f_k m + 2 |theta_k|),    and never matters more than 2. */
static double sine_rounding(const rpe_kernel *kernel, size_t index, double position, double gamma,
                            double roundoff)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    double sum = 0.0;
    for (size_t at = index * sine.sinusoids; at < (index + 1) * sine.sinusoids; at++) {
        double phase = FREQUENCY_ROUNDINGS * TWO_PI * sine.frequency[at] * position +
                       PHASE_ROUNDINGS * fabs(sine.phase[at]);
        sum += sine.gain[at] * (gamma + fmin(2.0, roundoff * phase));
    }
    return sum;
}

static const double *sine_frequencies(const rpe_kernel *kernel)
{
    return rpe_sine_of(kernel).frequency;
}

/* sum_k lambda^2 sin(2 pi f tau + theta): theta - pi/2 */
static void quadrature(rpe_kernel *kernel)
{
    const rpe_parameter_values *phase = &kernel->own[RPE_SINE_PHASE];
    for (size_t i = 0; i < phase->count; i++)
        phase->values[i] -= PI / 2;
}

static void sine_scale(rpe_kernel *kernel, size_t index, double factor)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    for (size_t k = index * sine.sinusoids; k < (index + 1) * sine.sinusoids; k++)
        sine.gain[k] *= factor;
}

/* cos(2 pi f (m +- 1) + theta) */
static rpe_status sine_shift(rpe_kernel *kernel, size_t axis, bool ahead, rpe_error *error)
{
    const rpe_sine sine = rpe_sine_of(kernel);
    (void)axis;
    (void)error;
    for (size_t i = 0; i < kernel->own[RPE_SINE_PHASE].count; i++)
        sine.phase[i] += (ahead ? 1 : -1) * TWO_PI * sine.frequency[i];
    return RPE_OK;
}

static const rpe_kernel_codes sine_codes = {
    .paired = true,
    .coefficient = sine_coefficient,
    .rounding = sine_rounding,
    .frequencies = sine_frequencies,
    .quadrature = quadrature,
    .scale = sine_scale,
    .shift = sine_shift,
};

/* ---- mistakes ---- */

/* Every number of a parameter times the factor; whether any is another then. */
static bool multiply(rpe_kernel *kernel, size_t parameter, double factor)
{
    const rpe_parameter_values *own = &kernel->own[parameter];
    bool changed = false;
    for (size_t i = 0; i < own->count; i++) {
        double value = own->values[i] * factor;
        changed = changed || value != own->values[i];
        own->values[i] = value;
    }
    return changed;
}

static bool phase_negated(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_PHASE, -1);
}

/* the same law: cos(2 pi f m + theta) z + ... with the same theta on both sides is a rotation of z */
static bool phase_dropped(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_PHASE, 0);
}

static bool two_pi_dropped(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_FREQUENCY, 1 / TWO_PI);
}

static bool two_pi_twice(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_FREQUENCY, TWO_PI);
}

static bool frequency_doubled(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_FREQUENCY, 2);
}

static bool raw_scale_missing(rpe_kernel *kernel)
{
    return multiply(kernel, RPE_SINE_GAIN, sqrt(2 * (double)rpe_sine_of(kernel).sinusoids));
}

static double squared(double x)
{
    return x * x;
}

static bool gain_mapped(rpe_kernel *kernel, double (*map)(double))
{
    const rpe_parameter_values *gain = &kernel->own[RPE_SINE_GAIN];
    bool changed = false;
    for (size_t i = 0; i < gain->count; i++) {
        changed = changed || (gain->values[i] != 0 && gain->values[i] != 1);
        gain->values[i] = map(gain->values[i]);
    }
    return changed;
}

static bool gain_squared(rpe_kernel *kernel)
{
    return gain_mapped(kernel, squared);
}

static bool gain_rooted(rpe_kernel *kernel)
{
    return gain_mapped(kernel, sqrt);
}

static const rpe_kernel_mistake sine_mistakes[] = {
    {"phase_negated", "the phase has the opposite sign, or the query and key sides are swapped",
     phase_negated},
    {"phase_dropped", "the phase is on both sides, or on neither", phase_dropped},
    {"two_pi_dropped", "the 2 pi of the phase is missing", two_pi_dropped},
    {"two_pi_twice", "the 2 pi of the phase is there twice", two_pi_twice},
    {"frequency_doubled", "the frequency is twice what it should be (not halved)", frequency_doubled},
    {"raw_scale_missing", "the 1/sqrt(2K) of raw gains is missing", raw_scale_missing},
    {"gain_squared", "the gain is squared: lambda^2 is taken for lambda", gain_squared},
    {"gain_rooted", "the square root of the gain is taken for the gain", gain_rooted},
    {NULL, NULL, NULL},
};

/* Cosines of a quarter of a turn, (q_1 k_1 cos + 2 q_2 k_2) / sqrt(2).
   Two features of two sinusoids, the second head, lags 2 and -2: P_1 = 1 cos(pi) + 4 cos(0) = 3 both ways,
     P_2 = 9 cos(2 pi) + cos(pi/2 + pi/2) = 8 and 9 cos(-2 pi) + cos(-pi/2 + pi/2) = 10;  1 3 + 2 8, 1 3 + 2 10 */
/* clang-format off */
static const rpe_position_example sine_examples[] = {
    {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[0],[0]]],\"gain\":[[[1],[1]]]}",
     0, 2, {1.4142135623730950488, 0}, {3, 0}, 2, 0, -3},
    {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[0],[0]]],\"gain\":[[[1],[2]]]}",
     0, 2, {1.4142135623730950488, 1.4142135623730950488}, {1, 1}, 4, 3, 4},
    {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[1.5707963267948966],[0]]],"
     "\"gain\":[[[1],[1]]]}",
     0, 2, {1.4142135623730950488, 0}, {1, 0}, 0, 1, 1},
    {"{\"type\":\"sine\",\"frequency\":[[[0,0],[0,0]],[[0.25,0],[0.5,0.125]]],"
     "\"phase\":[[[0,0],[0,0]],[[0,0],[0,1.5707963267948966]]],\"gain\":[[[1,1],[1,1]],[[1,2],[3,1]]]}",
     1, 2, {1.4142135623730950488, 1.4142135623730950488}, {1, 2}, 2, 0, 19},
    {"{\"type\":\"sine\",\"frequency\":[[[0,0],[0,0]],[[0.25,0],[0.5,0.125]]],"
     "\"phase\":[[[0,0],[0,0]],[[0,0],[0,1.5707963267948966]]],\"gain\":[[[1,1],[1,1]],[[1,2],[3,1]]]}",
     1, 2, {1.4142135623730950488, 1.4142135623730950488}, {1, 2}, 1, 3, 23},
};
/* clang-format on */

const rpe_kernel_type rpe_kernel_type_sine = {
    .name = "sine",
    .title = "sum of sinusoids (sineSPE)",
    .source = "Liutkus et al. 2021, arXiv 2105.08399, eq. 18",
    .family = &rpe_family_product,
    .parameters = sine_parameters,
    .check = sine_check,
    .size = "sinusoids",
    .terms = rpe_kernel_product_terms,
    .value = sine_value,
    .codes = &sine_codes,
    .autocovariance = sine_autocovariance,
    .mistakes = sine_mistakes,
    .fit = rpe_kernel_fit_sine,
    .fit_minimal = rpe_kernel_fit_sine_minimal,
    .examples = sine_examples,
    .example_count = sizeof sine_examples / sizeof sine_examples[0],
    RPE_POSITION_CASES(
        RPE_CASE(
            "sine", 1, {6}, {6}, 8,
            "{\"type\":\"sine\",\"parameterization\":\"canonical\",\"frequency\":[[[0.0659727,0.12946],[0."
            "366535,0.274508],[0.069534,0.211913]],[[0.231202,0.0970903],[0.338522,0.0777422],[0.194316,0."
            "247031]]],\"phase\":[[[-0.277488,0.347194],[0.951351,1.82507],[-0.863195,0.594189]],[[0.784864,-"
            "0.829117],[-1.99404,1.89384],[-0.806395,-0.744056]]],\"gain\":[[[0.845856,0.692581],[0.635655,0."
            "786639],[0.415173,0.753483]],[[0.587122,0.445426],[0.73025,0.865732],[0.503596,0.715045]]]}"),
        RPE_CASE("sine gated", 1, {5}, {7}, 6,
                 "{\"type\":\"sine\",\"parameterization\":\"canonical\",\"frequency\":[[[0.155228,0.341538],["
                 "0.333309,0.12186],[0.378552,0.306214]],[[0.316776,0.374432],[0.210001,0.348656],[0.398962,"
                 "0.0729744]]],\"phase\":[[[1.39907,-0.424291],[-0.0812643,-1.41466],[0.793705,-0.832086]],[["
                 "1.48456,-0.898502],[0.247239,-0.401375],[0.451638,-1.21344]]],\"gain\":[[[0.490144,0.77343]"
                 ",[0.776112,0.683489],[0.86054,0.502888]],[[0.825451,0.484494],[0.882179,0.711846],[0."
                 "703442,0.885279]]],\"gate\":[[0.582868,0.584455,0.179752],[0.353107,0.196692,0.25644]]}")),
};
