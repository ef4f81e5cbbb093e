/* B = Q R, R = U1 J V1^T with J bidiagonal, J = U2 Sigma V2^T by implicit QR sweeps; U = Q U1 U2.  Where B has more columns than
   rows its transpose is factored, B = R^T Q^T, and U = U1 U2 of R^T.  V is never made. */
#include "base/singular.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/blas.h"
#include "base/event.h"
#include "base/interrupt.h"
#include "base/linear.h"
#include "base/linear/qr.h"
#include "base/memory.h"

/* LAPACK without its header, which collides with gsl_cblas.h. */
void dlabrd_(const int *m, const int *n, const int *count, double *a, const int *lda, double *d, double *e,
             double *tau_left, double *tau_right, double *x, const int *ldx, double *y, const int *ldy);
void dbdsqr_(const char *triangle, const int *n, const int *ncvt, const int *nru, const int *ncc, double *d,
             double *e, double *vt, const int *ldvt, double *u, const int *ldu, double *c, const int *ldc,
             double *work, int *info, size_t triangle_length);

#define PANEL 32                        /* columns that become bidiagonal at once: LAPACK's number */
#define PANEL_WORK ((size_t)1 << 27)    /* products with vectors in a panel, some 0.1 s */
#define ROTATION_WORK ((size_t)1 << 27) /* numbers turned in one call of the sweeps */
#define ROTATION_SELF 16                /* what a rotation costs itself, in numbers turned */

/* n = size. */
typedef struct singular {
    size_t count, columns, size;
    double *b; /* the caller's */
    double *memory;
    double *transposed;           /* [count,columns] column-major B^T; NULL: count >= columns */
    double *square;               /* [n,n]: R, then the reflections of U1, then U1, then U1 U2 */
    double *d, *e, *e_copy;       /* [n] each */
    double *tau_left, *tau_right; /* [n] each */
    double *x, *y, *t, *work;     /* [n,PANEL], [n,PANEL], [RPE_QR_BLOCK^2], [n,RPE_QR_BLOCK] */
} singular;

static double *take(double **memory, size_t count)
{
    double *taken = *memory;
    *memory += count;
    return taken;
}

static rpe_status singular_create(singular *s, size_t count, size_t columns, double *b, rpe_error *error)
{
    size_t n = count < columns ? count : columns, square, matrix, whole;
    bool wide = columns > count;
    *s = (singular){.count = count, .columns = columns, .size = n};
    s->b = b;
    if (!rpe_size_multiply(n, n + 5 + 2 * PANEL + RPE_QR_BLOCK, &square) ||
        !rpe_size_multiply(count, wide ? columns : 0, &matrix) || SIZE_MAX - square < matrix ||
        SIZE_MAX - square - matrix < RPE_QR_BLOCK * RPE_QR_BLOCK)
        return rpe_error_memory(error, "singular values", count, columns * sizeof(double));
    whole = square + matrix + RPE_QR_BLOCK * RPE_QR_BLOCK;
    s->memory = rpe_memory_allocate(whole, sizeof *s->memory);
    if (s->memory == NULL)
        return rpe_error_memory(error, "singular values", whole, sizeof *s->memory);
    double *rest = s->memory;
    double **const vectors[] = {&s->d, &s->e, &s->e_copy, &s->tau_left, &s->tau_right};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        *vectors[i] = take(&rest, n);
    s->square = take(&rest, n * n);
    s->x = take(&rest, n * PANEL);
    s->y = take(&rest, n * PANEL);
    s->work = take(&rest, n * RPE_QR_BLOCK);
    s->t = take(&rest, RPE_QR_BLOCK * RPE_QR_BLOCK);
    s->transposed = wide ? take(&rest, matrix) : NULL;
    return RPE_OK;
}

/* B times a power of 2, so that no square overflows or vanishes; returns the exponent.  NaN and infinity are left alone. */
static int scale_fit(const singular *s)
{
    double largest = 0;
    int exponent = 0;
    for (size_t column = 0; column < s->columns && !rpe_interrupt_requested(); column++)
        for (size_t i = 0; i < s->count; i++)
            largest = fmax(largest, fabs(s->b[column * s->count + i]));
    if (largest == 0 || !isfinite(largest))
        return 0;
    frexp(largest, &exponent);
    for (size_t column = 0; column < s->columns && !rpe_interrupt_requested(); column++)
        for (size_t i = 0; i < s->count; i++)
            s->b[column * s->count + i] = ldexp(s->b[column * s->count + i], -exponent);
    return exponent;
}

static void transpose(const singular *s)
{
    for (size_t i = 0; i < s->count && !rpe_interrupt_requested(); i++) {
        rpe_event_work(s->columns);
        for (size_t j = 0; j < s->columns; j++)
            s->transposed[i * s->columns + j] = s->b[j * s->count + i];
    }
}

/* The square factor: R, or R^T of a wide B.  Of a tall B, b becomes Q. */
static void square_fill(const singular *s)
{
    size_t n = s->size;
    rpe_qr qr = {.rows = s->count, .columns = n, .a = s->b, .tau = s->tau_left, .t = s->t, .work = s->work};
    if (s->transposed != NULL) {
        transpose(s);
        qr.rows = s->columns;
        qr.a = s->transposed;
    }
    rpe_blas_enter();
    rpe_qr_factor(&qr);
    memset(s->square, 0, n * n * sizeof *s->square);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i <= j; i++)
            s->square[s->transposed != NULL ? i * n + j : j * n + i] = qr.a[j * qr.rows + i];
    if (s->transposed == NULL)
        rpe_qr_generate(&qr);
    rpe_blas_leave();
}

/* The block behind a panel: A -= V Y^T + X U^T, V and U^T the panel's columns and rows. */
static void panel_apply(const singular *s, size_t first, size_t count)
{
    size_t n = s->size, next = first + count, left = n - next;
    double *a = s->square;
    /* row-major: A^T [left,left] -= Y V^T + U X^T */
    for (size_t row = 0, part; row < left && !rpe_interrupt_requested(); row += part) {
        part = left - row < RPE_QR_BLOCK ? left - row : RPE_QR_BLOCK;
        double *to = a + (next + row) * n + next;
        rpe_gemm_double(true, false, part, left, count, -1, s->y + count + row, n, a + first * n + next, n, 1,
                        to, n);
        rpe_gemm_double(false, false, part, left, count, -1, a + (next + row) * n + first, n, s->x + count, n,
                        1, to, n);
    }
}

/* R = U1 J V1^T: d and e get J, the square the reflections.  [dgebrd] */
static void bidiagonalize(const singular *s)
{
    size_t n = s->size, most = PANEL_WORK / 2 / n / n;
    most = most < 1 ? 1 : most > PANEL ? PANEL : most;
    for (size_t first = 0, count; first < n && !rpe_interrupt_requested(); first += count) {
        size_t left = n - first;
        count = left < most ? left : most;
        int size = (int)left, columns = (int)count, stride = (int)n;
        rpe_event_work((uint64_t)2 * left * left * count);
        rpe_blas_enter();
        dlabrd_(&size, &size, &columns, s->square + first * n + first, &stride, s->d + first, s->e + first,
                s->tau_left + first, s->tau_right + first, s->x, &stride, s->y, &stride);
        rpe_blas_leave();
        if (count < left)
            panel_apply(s, first, count);
    }
}

/* J = U2 Sigma V2^T: the square, U1, becomes U1 U2, some rows a call.  Every call makes the same rotations. */
static int rotate(const singular *s, double *values)
{
    size_t n = s->size, turned = ROTATION_WORK / (n * n + 1);
    size_t most = turned > 2 * ROTATION_SELF ? turned - ROTATION_SELF : ROTATION_SELF;
    int info = 0;
    for (size_t row = 0, part; row < n && info == 0 && !rpe_interrupt_requested(); row += part) {
        part = n - row < most ? n - row : most;
        int size = (int)n, none = 0, rows = (int)part, one = 1;
        double unused = 0;
        memcpy(values, s->d, n * sizeof *values);
        memcpy(s->e_copy, s->e, n * sizeof *values);
        rpe_event_work((uint64_t)n * n * (part + ROTATION_SELF));
        rpe_blas_enter();
        dbdsqr_("U", &size, &none, &rows, &none, values, s->e_copy, &unused, &one, s->square + row, &size,
                &unused, &one, s->work, &info, 1);
        rpe_blas_leave();
    }
    return info;
}

static void basis_fill(const singular *s, double *basis)
{
    size_t n = s->size;
    if (s->transposed != NULL)
        memcpy(basis, s->square, n * n * sizeof *basis);
    for (size_t row = 0, part; s->transposed == NULL && row < n && !rpe_interrupt_requested(); row += part) {
        part = n - row < RPE_QR_BLOCK ? n - row : RPE_QR_BLOCK;
        rpe_gemm_double(false, false, part, s->count, n, 1, s->square + row * n, n, s->b, s->count, 0,
                        basis + row * s->count, s->count);
    }
}

rpe_status rpe_singular_decompose(size_t count, size_t columns, double *b, double *basis, double *values,
                                  rpe_error *error)
{
    singular s;
    if (count == 0 || columns == 0)
        return RPE_OK;
    rpe_status status = singular_create(&s, count, columns, b, error);
    if (status != RPE_OK)
        return status;
    int exponent = scale_fit(&s);
    square_fill(&s);
    bidiagonalize(&s);
    rpe_qr left = {
        .rows = s.size, .columns = s.size, .a = s.square, .tau = s.tau_left, .t = s.t, .work = s.work};
    rpe_blas_enter();
    rpe_qr_generate(&left);
    rpe_blas_leave();
    int info = rotate(&s, values);
    basis_fill(&s, basis);
    for (size_t i = 0; i < s.size; i++)
        values[i] = ldexp(values[i], exponent);
    rpe_memory_free(s.memory);
    status = rpe_interrupt_check("singular values", error);
    if (status == RPE_OK && info != 0)
        status = rpe_error_set(error, RPE_ERROR_NUMERIC,
                               "singular values: expected them to converge, %d did not", info);
    return status;
}
