/* sineSPE in one precision.  Phases are double in both: in single they are lost at long positions. */
#include <math.h>

#include "rpe_code.h"
#include "rpe_dispatch.h"
#include "rpe_real.h"

static const double two_pi = 6.283185307179586476925286766559;

/* 2 pi f m, reduced to one period before it is multiplied; the fused product is exact, so m may be large. */
static double phase_at(double frequency, size_t m)
{
    double position = (double)m, turns = rint(frequency * position);
    return two_pi * fma(frequency, position, -turns);
}

/* X_d(m)[r] = sum_k lambda_k (cos(2 pi f_k m + theta_k) z[2k][r] + sin(2 pi f_k m + theta_k) z[2k+1][r]) */
static void make(const rpe_code_part *part, size_t feature, const void *noise, void *codes, size_t row_stride)
{
    const real *z = noise;
    size_t realizations = part->realizations;
    for (size_t i = 0; i < part->count; i++) {
        real *x = (real *)codes + i * row_stride;
        for (size_t r = 0; r < realizations; r++)
            x[r] = 0;
        for (size_t k = 0; k < part->kernel->sinusoids; k++) {
            rpe_sinusoid s = rpe_sinusoid_get(part->kernel, part->side, part->head, feature, k);
            double phase = phase_at(s.frequency, part->first + i) + s.phase;
            real cosine = (real)(s.gain * cos(phase)), sine = (real)(s.gain * sin(phase));
            const real *z_cosine = z + 2 * k * realizations, *z_sine = z_cosine + realizations;
            for (size_t r = 0; r < realizations; r++)
                x[r] += cosine * z_cosine[r] + sine * z_sine[r];
        }
    }
}

/* cos, sin of the phases at part->first, and of one step, column (k,d) each */
static void rotation_start(const rpe_code_part *part, double *cosine, double *sine, double *step_cosine,
                           double *step_sine)
{
    size_t features = part->kernel->features;
    for (size_t k = 0; k < part->kernel->sinusoids; k++)
        for (size_t d = 0; d < features; d++) {
            rpe_sinusoid s = rpe_sinusoid_get(part->kernel, part->side, part->head, d, k);
            double phase = phase_at(s.frequency, part->first) + s.phase, step = two_pi * s.frequency;
            cosine[k * features + d] = cos(phase);
            sine[k * features + d] = sin(phase);
            step_cosine[k * features + d] = cos(step);
            step_sine[k * features + d] = sin(step);
        }
}

/* The columns of one position, and the step to the next: of sinusoid k of all features, count of them. */
RPE_DISPATCH static void rotate(size_t count, const real *restrict x, double *restrict cosine,
                                double *restrict sine, const double *restrict step_cosine,
                                const double *restrict step_sine, real *restrict u_cosine,
                                real *restrict u_sine)
{
    for (size_t d = 0; d < count; d++) {
        double c = cosine[d], s = sine[d];
        u_cosine[d] = x[d] * (real)c;
        u_sine[d] = x[d] * (real)s;
        cosine[d] = c * step_cosine[d] - s * step_sine[d];
        sine[d] = s * step_cosine[d] + c * step_sine[d];
    }
}

/* U[m][(0,k,d)] = x_md cos(2 pi f_dk m + theta_dk),  U[m][(1,k,d)] = x_md sin(...)
   omega(m+1) = omega(m) exp(2 pi i f): a rotation in double from the exact phase at part->first.  Its error grows by about
   2e-16 a position, and a part is a few hundred positions at most. */
static void factor(const rpe_code_part *part, const void *inputs, size_t input_stride, void *columns,
                   size_t column_stride, rpe_workspace *workspace)
{
    size_t features = part->kernel->features, size = features * part->kernel->sinusoids,
           mark = workspace->used;
    double *cosine = rpe_workspace_take(workspace, size, sizeof *cosine);
    double *sine = rpe_workspace_take(workspace, size, sizeof *sine);
    double *step_cosine = rpe_workspace_take(workspace, size, sizeof *step_cosine);
    double *step_sine = rpe_workspace_take(workspace, size, sizeof *step_sine);
    rotation_start(part, cosine, sine, step_cosine, step_sine);
    for (size_t i = 0; i < part->count; i++) {
        const real *x = (const real *)inputs + i * input_stride;
        real *u = (real *)columns + i * column_stride;
        for (size_t c = 0; c < size; c += features)
            rotate(features, x, cosine + c, sine + c, step_cosine + c, step_sine + c, u + c, u + size + c);
    }
    rpe_workspace_release(workspace, mark);
}

const rpe_code_functions R(rpe_sine_functions) = {.make = make, .factor = factor};
