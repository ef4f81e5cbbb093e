/* Features that turn with the position, in the precision of the file.  Phases are computed in double: anew where the rows begin, and
   from there by products of complex numbers, 64 at most. */
#include "method/position_rows.h"

#include <math.h>

#include "base/dispatch.h"
#include "base/real.h"

/* A smaller cosine or sine is 0, so that it makes no number out of the range of linear attention. */
#ifdef RPE_REAL_SINGLE
#define SMALLEST 0x1p-30
#else
#define SMALLEST 0x1p-60
#endif

/* z = map(x) + offset */
RPE_DISPATCH
static void rectify(size_t count, real offset, const real *x, real *z)
{
    for (size_t i = 0; i < count; i++)
        z[i] = (x[i] > 0 ? x[i] : 0) + offset;
}

static void map_elements(const rpe_feature_form *form, size_t count, const real *x, real *z)
{
    if (form->map == RPE_FORM_RECTIFIED)
        rectify(count, (real)form->offset, x, z);
    for (size_t i = 0; i < count && form->map != RPE_FORM_RECTIFIED; i++) {
        bool bent = form->map == RPE_FORM_ELU && !(x[i] > 0);
        z[i] = (real)(bent ? exp((double)x[i]) : (double)x[i] + (form->map == RPE_FORM_ELU)) +
               (real)form->offset;
    }
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

/* [z cos, z sin] */
RPE_DISPATCH
static void turn_alone(size_t numbers, const real *z, const real *cosine, const real *sine, real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        to[j] = z[j] * cosine[j];
        to[numbers + j] = z[j] * sine[j];
    }
}

/* Re, then Im of (z_a + i z_b) e^(i phase) */
RPE_DISPATCH
static void turn_pairs(size_t numbers, const real *a, const real *b, size_t step, const real *cosine,
                       const real *sine, real *to)
{
    for (size_t j = 0; j < numbers; j++) {
        real first = a[j * step], second = b[j * step];
        to[j] = first * cosine[j] - second * sine[j];
        to[numbers + j] = first * sine[j] + second * cosine[j];
    }
}

/* Cosines and sines of the numbers, and of a position's step. */
typedef struct turning {
    size_t numbers, apart; /* J; of them whose angles are computed: 1 where all are the same */
    double *cosine, *sine, *step_cosine, *step_sine; /* [J] */
    real *row_cosine, *row_sine;                     /* [J], scaled */
} turning;

static void turning_start(const rpe_feature_form *form, double position, turning *turn)
{
    turn->apart = form->angles != NULL || turn->numbers == 0 ? turn->numbers : 1;
    for (size_t j = 0; j < turn->apart; j++) {
        double angle = form->angles != NULL ? form->angles[j] : form->angle;
        turn->cosine[j] = cos(position * angle);
        turn->sine[j] = sin(position * angle);
        turn->step_cosine[j] = cos(angle);
        turn->step_sine[j] = sin(angle);
    }
}

/* The row's, and on to the next position. */
RPE_DISPATCH
static void turning_next(turning *turn, double scale)
{
    double *cosine = turn->cosine, *sine = turn->sine;
    for (size_t j = 0; j < turn->apart; j++) {
        double c = cosine[j], s = sine[j], step_c = turn->step_cosine[j], step_s = turn->step_sine[j];
        turn->row_cosine[j] = (real)(fabs(c) < SMALLEST ? 0 : scale * c);
        turn->row_sine[j] = (real)(fabs(s) < SMALLEST ? 0 : scale * s);
        cosine[j] = c * step_c - s * step_s;
        sine[j] = c * step_s + s * step_c;
    }
    for (size_t j = turn->apart; j < turn->numbers; j++) {
        turn->row_cosine[j] = turn->row_cosine[0];
        turn->row_sine[j] = turn->row_sine[0];
    }
}

static void take_turning(turning *turn, size_t numbers, rpe_workspace *workspace)
{
    double **doubles[] = {&turn->cosine, &turn->sine, &turn->step_cosine, &turn->step_sine};
    turn->numbers = numbers;
    for (size_t i = 0; i < 4; i++)
        *doubles[i] = rpe_workspace_take(workspace, numbers, sizeof(double));
    turn->row_cosine = rpe_workspace_take(workspace, numbers, sizeof(real));
    turn->row_sine = rpe_workspace_take(workspace, numbers, sizeof(real));
}

static void turn_row(const rpe_feature_form *form, const turning *turn, const real *z, real *to)
{
    size_t numbers = turn->numbers;
    if (form->layout == RPE_FORM_ALONE)
        turn_alone(numbers, z, turn->row_cosine, turn->row_sine, to);
    else if (form->layout == RPE_FORM_PAIRS)
        turn_pairs(numbers, z, z + 1, 2, turn->row_cosine, turn->row_sine, to);
    else
        turn_pairs(numbers, z, z + numbers, 1, turn->row_cosine, turn->row_sine, to);
}

void R(rpe_position_rows_make)(const rpe_feature_form *form, const rpe_position_rows *rows, void *features,
                               rpe_workspace *workspace)
{
    size_t mark = workspace->used, size = rows->size;
    size_t numbers = form->layout == RPE_FORM_ALONE ? size : size / 2;
    double scale = form->scale[rows->side];
    real *z = rpe_workspace_take(workspace, size, sizeof *z), *to = features;
    const real *x = rows->values;
    turning turn = {0};
    take_turning(&turn, numbers, workspace);
    if (form->turns)
        turning_start(form, rows->position, &turn);
    for (size_t n = 0; n < rows->count; n++, x += rows->stride, to += form->turns ? 2 * numbers : size) {
        map_elements(form, size, x, z);
        if (form->reflected != NULL)
            reflect(form->reflected, size, z);
        if (form->turns) {
            turning_next(&turn, scale);
            turn_row(form, &turn, z, to);
        }
        for (size_t i = 0; i < size && !form->turns; i++)
            to[i] = (real)scale * z[i];
    }
    rpe_workspace_release(workspace, mark);
}
