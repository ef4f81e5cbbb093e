/* Exact features of a kernel, in the precision of the file. */
#include <math.h>

#include "base/dispatch.h"
#include "base/real.h"
#include "encoding/code_features_plan.h"

/* A smaller cosine or sine is 0, so that it makes no number out of the range of linear attention. */
#ifdef RPE_REAL_SINGLE
#define SMALLEST 0x1p-30F
#else
#define SMALLEST 0x1p-60
#endif

/* u = x omega, to weight u */
RPE_DISPATCH
static void weigh(size_t count, const real *restrict u, const real *restrict x, const real *restrict weight,
                  real *restrict to)
{
    for (size_t i = 0; i < count; i++) {
        real product = u[i] < 0 ? -u[i] : u[i], most = x[i] < 0 ? -x[i] : x[i];
        to[i] = product < SMALLEST * most ? 0 : u[i] * weight[i];
    }
}

/* One position: u [2K,D] of its vector x [D], to a row of G. */
static void row_make(const rpe_code_features *features, const real *u, const real *x, const real *weights,
                     real *to)
{
    size_t width = features->kernel->features;
    for (size_t j = 0; j < features->oscillations; j++)
        for (size_t i = 0; i < features->run_count; i++) {
            rpe_feature_run run = features->runs[i];
            weigh(run.count, u + j * width + run.first, x + run.first, weights, to);
            weights += run.count;
            to += run.count;
        }
    for (size_t i = 0; i < features->gate_count; i++)
        to[i] = x[features->gated[i]] * weights[i];
}

void R(rpe_code_features_make)(const rpe_code_features *features, const rpe_code_vectors *vectors, void *rows,
                               rpe_workspace *workspace)
{
    const rpe_kernel *kernel = features->kernel;
    const rpe_code_functions *functions = features->code->functions[features->precision];
    const rpe_code_part part = {.kernel = kernel,
                                .side = vectors->side,
                                .head = vectors->head,
                                .first = vectors->first,
                                .count = vectors->count};
    size_t mark = workspace->used, columns = features->oscillations * kernel->features;
    const real *weights = (const real *)features->weights + vectors->head * features->size;
    double *state = rpe_workspace_take(workspace, features->code->state_elements(kernel), sizeof *state);
    real *u = rpe_workspace_take(workspace, RPE_CODE_STRIP * columns, sizeof *u);
    functions->start(&part, state);
    for (size_t first = 0; first < vectors->count; first += RPE_CODE_STRIP) {
        size_t left = vectors->count - first;
        const rpe_strip strip = {left < RPE_CODE_STRIP ? left : RPE_CODE_STRIP, vectors->stride, columns};
        const real *x = (const real *)vectors->values + first * vectors->stride;
        functions->factor(kernel, state, &strip, x, u);
        for (size_t i = 0; i < strip.rows; i++)
            row_make(features, u + i * columns, x + i * vectors->stride, weights,
                     (real *)rows + (first + i) * features->size);
    }
    rpe_workspace_release(workspace, mark);
}
