/* Features that turn with the position, in the precision of the file. */
#include "attention/feature_map.h"
#include "base/dispatch.h"
#include "base/fetch.h"
#include "base/real.h"
#include "method/position_rows.h"

#define AHEAD 32 /* rows */

/* ---- what the vectors are mapped to ---- */

RPE_DISPATCH
static void copy_rows(size_t count, size_t size, const real *x, size_t stride, real *z)
{
    for (size_t n = 0; n < count; n++, x += stride, z += size) {
        rpe_fetch_read(x, (ptrdiff_t)(AHEAD * stride * sizeof *x), size * sizeof *x);
        for (size_t i = 0; i < size; i++)
            z[i] = x[i];
    }
}

/* max(x,0) */
RPE_DISPATCH
static void rectify_rows(size_t count, size_t size, const real *x, size_t stride, real *z)
{
    for (size_t n = 0; n < count; n++, x += stride, z += size) {
        rpe_fetch_read(x, (ptrdiff_t)(AHEAD * stride * sizeof *x), size * sizeof *x);
        for (size_t i = 0; i < size; i++)
            z[i] = x[i] > 0 ? x[i] : 0;
    }
}

/* z = scale (z + offset) */
RPE_DISPATCH
static void shift(size_t count, real offset, real scale, real *z)
{
    for (size_t i = 0; i < count; i++)
        z[i] = scale * (z[i] + offset);
}

/* z - 2 u (u . z) / (u . u) */
static void reflect(const double *u, size_t count, real *z)
{
    double along = 0, square = 0;
    for (size_t i = 0; i < count; i++) {
        along += u[i] * (double)z[i];
        square += u[i] * u[i];
    }
    for (size_t i = 0; i < count; i++)
        z[i] -= (real)(2 * u[i] * along / square);
}

/* z [count,S] */
static void map_rows(const rpe_feature_form *form, const rpe_position_rows *rows, real *z)
{
    size_t count = rows->count, size = rows->size;
    real scale = (real)form->scale[rows->side];
    if (form->map == RPE_FORM_RECTIFIED)
        rectify_rows(count, size, rows->values, rows->stride, z);
    else
        copy_rows(count, size, rows->values, rows->stride, z);
    if (form->map == RPE_FORM_ELU)
        R(rpe_expand_elu_and_one)(count, size, size, 0, z);
    if (form->offset != 0 || scale != 1)
        shift(count * size, (real)form->offset, scale, z);
    for (size_t n = 0; form->reflected != NULL && n < count; n++)
        reflect(form->reflected, size, z + n * size);
}

/* ---- what they turn to ---- */

/* [z cos, z sin] */
RPE_DISPATCH
static void turn_alone(size_t numbers, const real *z, const real *cosine, const real *sine, real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        to[j] = z[j] * cosine[j];
        to[numbers + j] = z[j] * sine[j];
    }
}

/* The same of one cosine and sine. */
RPE_DISPATCH
static void turn_alike(size_t numbers, const real *z, real cosine, real sine, real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        to[j] = z[j] * cosine;
        to[numbers + j] = z[j] * sine;
    }
}

/* Re, then Im of (z_a + i z_b) e^(i phase) of every `each`-th phase, 0: of one */
RPE_DISPATCH
static void turn_pairs(size_t numbers, const real *z, const real *cosine, const real *sine, size_t each,
                       real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        real a = z[2 * j], b = z[2 * j + 1];
        to[j] = a * cosine[j * each] - b * sine[j * each];
        to[numbers + j] = a * sine[j * each] + b * cosine[j * each];
    }
}

RPE_DISPATCH
static void turn_halves(size_t numbers, const real *z, const real *cosine, const real *sine, size_t each,
                        real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        real a = z[j], b = z[numbers + j];
        to[j] = a * cosine[j * each] - b * sine[j * each];
        to[numbers + j] = a * sine[j * each] + b * cosine[j * each];
    }
}

static void turn_row(const rpe_position_form *form, size_t size, const real *z, const real *cosine,
                     const real *sine, real *to)
{
    size_t each = form->turns.numbers > 1 ? 1 : 0;
    if (form->form.layout == RPE_FORM_ALONE && each == 0)
        turn_alike(size, z, *cosine, *sine, to);
    else if (form->form.layout == RPE_FORM_ALONE)
        turn_alone(size, z, cosine, sine, to);
    else if (form->form.layout == RPE_FORM_PAIRS)
        turn_pairs(size / 2, z, cosine, sine, each, to);
    else
        turn_halves(size / 2, z, cosine, sine, each, to);
}

/* z, rows `stride` apart, to [z cos, z sin], or to pairs that turn */
static void turn_rows(const rpe_position_form *form, const rpe_position_rows *rows, const real *z,
                      size_t stride, real *to, rpe_workspace *workspace)
{
    size_t size = rows->size, numbers = form->turns.numbers;
    size_t width = form->form.layout == RPE_FORM_ALONE ? 2 * size : size / 2 * 2;
    real *cosine = rpe_workspace_take(workspace, rows->count * numbers, sizeof *cosine);
    real *sine = rpe_workspace_take(workspace, rows->count * numbers, sizeof *sine);
    R(rpe_turns_take)(&form->turns, rows->position, rows->count, cosine, sine, workspace);
    for (size_t n = 0; n < rows->count; n++, z += stride, to += width) {
        rpe_fetch_read(z, (ptrdiff_t)(AHEAD * stride * sizeof *z), size * sizeof *z);
        turn_row(form, size, z, cosine + n * numbers, sine + n * numbers, to);
    }
}

/* z, rows `stride` apart: to_nd = z_n,pi^n(d),  pi^(n+1)(d) = pi(pi^n(d)) */
static void permute_rows(const rpe_position_form *form, const rpe_position_rows *rows, const real *z,
                         size_t stride, real *to, rpe_workspace *workspace)
{
    size_t size = rows->size, *from = rpe_workspace_take(workspace, size, sizeof *from);
    const size_t *next = form->cycles.next;
    for (size_t d = 0; d < size; d++)
        from[d] = rpe_cycles_power(&form->cycles, d, rows->position);
    for (size_t n = 0; n < rows->count; n++, z += stride, to += size)
        for (size_t d = 0; d < size; d++) {
            to[d] = z[from[d]];
            from[d] = next[from[d]];
        }
}

void R(rpe_position_rows_make)(const rpe_position_form *form, const rpe_position_rows *rows, void *features,
                               rpe_workspace *workspace)
{
    size_t mark = workspace->used, stride = rows->size;
    bool permuted = form->form.permutation != NULL;
    if (!form->form.turns && !permuted) {
        map_rows(&form->form, rows, features);
        return;
    }
    const real *z = rows->values;
    if (rpe_position_form_is_plain(form, rows->side)) {
        stride = rows->stride;
    } else {
        real *mapped = rpe_workspace_take(workspace, rows->count * stride, sizeof *mapped);
        map_rows(&form->form, rows, mapped);
        z = mapped;
    }
    if (permuted)
        permute_rows(form, rows, z, stride, features, workspace);
    else
        turn_rows(form, rows, z, stride, features, workspace);
    rpe_workspace_release(workspace, mark);
}
