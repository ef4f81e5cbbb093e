/* sineSPE in one precision.  Phases are double in both: in single they are lost at long positions. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/dispatch.h"
#include "base/real.h"
#include "encoding/code.h"
#include "position/sine.h"

static const double two_pi = 6.283185307179586476925286766559;

#define TURNS 64              /* phases computed at a time */
enum { LANES = 4, SIDE = 2 }; /* columns turned at a time: of a vector, and vectors */

/* Vectors in arrays, at any element. */
typedef double phases
    __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef real reals __attribute__((vector_size(LANES * sizeof(real)), aligned(sizeof(real)), may_alias));

/* f m without its whole part; the fused product is exact, so m may be large. */
static double turns_at(double frequency, size_t m)
{
    double position = (double)m, turns = rint(frequency * position);
    return fma(frequency, position, -turns);
}

/* X_d(m)[r] = sum_k lambda_k (cos(2 pi f_k m + theta_k) z[2k][r] + sin(2 pi f_k m + theta_k) z[2k+1][r]) */
static void make(const rpe_code_part *part, size_t feature, const void *noise, void *codes, size_t row_stride)
{
    const real *z = noise;
    size_t realizations = part->realizations, sinusoids = rpe_sine_of(part->kernel).sinusoids;
    for (size_t i = 0; i < part->count; i++) {
        real *x = (real *)codes + i * row_stride;
        for (size_t r = 0; r < realizations; r++)
            x[r] = 0;
        for (size_t k = 0; k < sinusoids; k++) {
            rpe_sinusoid s = rpe_sinusoid_get(part->kernel, part->side, part->head, feature, k);
            double phase = two_pi * turns_at(s.frequency, part->first + i) + s.phase;
            real cosine = (real)(s.gain * cos(phase)), sine = (real)(s.gain * sin(phase));
            const real *z_cosine = z + 2 * k * realizations, *z_sine = z_cosine + realizations;
            for (size_t r = 0; r < realizations; r++)
                x[r] += cosine * z_cosine[r] + sine * z_sine[r];
        }
    }
}

/* cosine[i], sine[i] of 2 pi turns[i], |turns| < 2^50:  turns = half/2 + x/4, half the nearest whole number, read off the low
   bit of 2 turns + 1.5 2^52, x in [-1,1];  minimax polynomials of cos and sin of x pi/2, and the sign of the half turns.
   Absolute errors of some 3e-16. */
RPE_DISPATCH_FUSED_STATIC void R(turn)(size_t count, const double *restrict turns, double *restrict cosine,
                                       double *restrict sine)
{
    const double round = 0x1.8p52;
    for (size_t i = 0; i < count; i++) {
        double t = 2.0 * turns[i], rounded = t + round, x = 2.0 * (t - (rounded - round)), z = x * x,
               z2 = z * z;
        uint64_t half;
        memcpy(&half, &rounded, sizeof half);
        double sign = 1.0 - 2.0 * (double)(int32_t)(half & 1);
        double s = (z * -0.64596409750617312 + 1.570796326794895) +
                   z2 * (z * -0.0046817541288727577 + 0.079692626245142589) +
                   z2 * z2 *
                       ((z * -3.5988024721483322e-06 + 0.00016044116327188382) +
                        z2 * (z * -6.4348371225122438e-10 + 5.687769209119828e-08));
        double c = (z * 0.25366950790103404 - 1.2337005501361693) +
                   z2 * (z * 0.00091926027400768794 - 0.020863480763197859) +
                   z2 * z2 *
                       ((z * 4.7108320734284664e-07 - 2.5202039904819578e-05) +
                        z2 * (z * 6.3335401775738198e-11 - 6.3823123758840381e-09));
        cosine[i] = sign * (c * z + 1.0);
        sine[i] = sign * (s * x);
    }
}

/* theta in turns; a large one is brought to one period first, by the library, which knows 2 pi to all digits. */
static double phase_turns(double phase)
{
    if (fabs(phase) > 16.0)
        phase = atan2(sin(phase), cos(phase));
    return phase / two_pi;
}

/* State of the rotation, column (k,d) each: cosine and sine of the phases at part->first, then of one step. */
static void start(const rpe_code_part *part, double *state)
{
    const rpe_kernel *kernel = part->kernel;
    const rpe_sine sine = rpe_sine_of(kernel);
    size_t features = kernel->features, sinusoids = sine.sinusoids, size = features * sinusoids;
    const double *frequency = sine.frequency + part->head * size, *phase = sine.phase + part->head * size;
    double turns[TURNS], steps[TURNS];
    for (size_t first = 0; first < size; first += TURNS) {
        size_t count = size - first < TURNS ? size - first : TURNS;
        for (size_t i = 0; i < count; i++) {
            size_t at = (first + i) % features * sinusoids + (first + i) / features; /* (d,k) */
            turns[i] = turns_at(frequency[at], part->first);
            if (part->side == RPE_SIDE_QUERY)
                turns[i] += phase_turns(phase[at]);
            steps[i] = frequency[at];
        }
        R(turn)(count, turns, state + first, state + size + first);
        R(turn)(count, steps, state + 2 * size + first, state + 3 * size + first);
    }
}

/* What some columns of a sinusoid share: phases and step of each. */
typedef struct rotation {
    double *cosine, *sine;
    const double *step_cosine, *step_sine;
} rotation;

/* One column after the vectors of the function below. */
static void rotate_one(const rotation *state, size_t d, const rpe_strip *strip, const real *inputs,
                       real *u_cosine, real *u_sine)
{
    double c = state->cosine[d], s = state->sine[d], step_c = state->step_cosine[d],
           step_s = state->step_sine[d];
    for (size_t i = 0; i < strip->rows; i++) {
        real x = inputs[i * strip->input_stride + d];
        u_cosine[i * strip->column_stride + d] = x * (real)c;
        u_sine[i * strip->column_stride + d] = x * (real)s;
        double next = c * step_c - s * step_s;
        s = s * step_c + c * step_s;
        c = next;
    }
    state->cosine[d] = c;
    state->sine[d] = s;
}

/* The columns of a strip of positions, of one sinusoid of all features, and the step to the next position after each.
   Two vectors side by side, since a step waits for the one before. */
RPE_DISPATCH_FUSED_STATIC void R(rotate)(const rotation *state, size_t features, const rpe_strip *strip,
                                         const real *inputs, real *u_cosine, real *u_sine)
{
    size_t d = 0, rows = strip->rows, input_stride = strip->input_stride, stride = strip->column_stride;
    for (; d + SIDE * LANES <= features; d += SIDE * LANES) {
        phases *cosine = (phases *)(state->cosine + d), *sine = (phases *)(state->sine + d), c[SIDE], s[SIDE],
               step_c[SIDE], step_s[SIDE];
        for (size_t v = 0; v < SIDE; v++) {
            c[v] = cosine[v];
            s[v] = sine[v];
            step_c[v] = ((const phases *)(state->step_cosine + d))[v];
            step_s[v] = ((const phases *)(state->step_sine + d))[v];
        }
        for (size_t i = 0; i < rows; i++)
            for (size_t v = 0; v < SIDE; v++) {
                size_t at = i * stride + d + v * LANES;
                reals x = *(const reals *)(inputs + i * input_stride + d + v * LANES);
                *(reals *)(u_cosine + at) = x * __builtin_convertvector(c[v], reals);
                *(reals *)(u_sine + at) = x * __builtin_convertvector(s[v], reals);
                phases next = c[v] * step_c[v] - s[v] * step_s[v];
                s[v] = s[v] * step_c[v] + c[v] * step_s[v];
                c[v] = next;
            }
        for (size_t v = 0; v < SIDE; v++) {
            cosine[v] = c[v];
            sine[v] = s[v];
        }
    }
    for (; d < features; d++)
        rotate_one(state, d, strip, inputs, u_cosine, u_sine);
}

/* U[m][(0,k,d)] = x_md cos(2 pi f_dk m + theta_dk),  U[m][(1,k,d)] = x_md sin(...)
   omega(m+1) = omega(m) exp(2 pi i f): a rotation in double, in single precision too, so that a small cosine keeps its
   digits; from the exact phase at part->first.  Its error grows by about 2e-16 a position, and a part is a few hundred
   positions at most. */
static void factor(const rpe_kernel *kernel, double *state, const rpe_strip *strip, const void *inputs,
                   void *columns)
{
    size_t features = kernel->features, sinusoids = rpe_sine_of(kernel).sinusoids;
    size_t size = features * sinusoids;
    for (size_t k = 0; k < sinusoids; k++) {
        double *first = state + k * features;
        rotation part = {first, first + size, first + 2 * size, first + 3 * size};
        real *u = (real *)columns + k * features;
        R(rotate)(&part, features, strip, inputs, u, u + size);
    }
}

const rpe_code_functions R(rpe_sine_functions) = {.make = make, .start = start, .factor = factor};
