/* A = Q R by Householder reflections, as LAPACK's dgeqrf and dorgqr do it, with the same blocks of columns and so the same
   bits, but with a poll before each block: one call of theirs takes seconds from 2,048 columns on. */
#include "rpe_linear.h"

#include <stdint.h>
#include <string.h>

#include "rpe_blas.h"
#include "rpe_event.h"
#include "rpe_interrupt.h"

/* LAPACK without its header, which collides with gsl_cblas.h. */
int ilaenv_(const int *question, const char *name, const char *options, const int *n1, const int *n2,
            const int *n3, const int *n4, size_t name_length, size_t options_length);
void dgeqr2_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, int *info);
void dorg2r_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
             double *work, int *info);
void dlarft_(const char *direction, const char *stored, const int *n, const int *k, const double *v,
             const int *ldv, const double *tau, double *t, const int *ldt, size_t direction_length,
             size_t stored_length);
void dlarfb_(const char *side, const char *transposed, const char *direction, const char *stored,
             const int *m, const int *n, const int *k, const double *v, const int *ldv, const double *t,
             const int *ldt, double *c, const int *ldc, double *work, const int *ldwork, size_t side_length,
             size_t transposed_length, size_t direction_length, size_t stored_length);

/* LAPACK's widest block of columns. */
#define QR_BLOCK 64
/* Products of a block of work, some 0.1 s; what fits is one call, as it is in LAPACK. */
#define PRODUCTS_MOST ((size_t)1 << 31)
#define REFLECTIONS_MOST ((size_t)1 << 28) /* of single columns, which are slower */

/* Column-major a [rows,columns], rows >= columns.  Blocks of `block` columns as long as more than `crossover` are left, which
   are one block. */
typedef struct qr {
    size_t rows, columns, block, crossover;
    double *a, *tau;
    double *t, *work; /* [QR_BLOCK,QR_BLOCK], [columns,QR_BLOCK] */
} qr;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What LAPACK answers for its own routine of that name. */
static size_t lapack_parameter(int question, const char *name, const qr *q, int reflections)
{
    int m = (int)q->rows, n = (int)q->columns, none = -1;
    int answer = ilaenv_(&question, name, " ", &m, &n, &reflections, &none, strlen(name), 1);
    return answer > 0 ? (size_t)answer : 0;
}

/* The columns that are not cut are many where they are long, but no more than a block of work. */
static void qr_plan(qr *q, const char *name, int reflections)
{
    enum { BLOCK = 1, CROSSOVER = 3 };
    q->block = smaller(lapack_parameter(BLOCK, name, q, reflections), QR_BLOCK);
    q->crossover = lapack_parameter(CROSSOVER, name, q, reflections);
    if (q->block <= 1 || q->block >= q->columns || q->crossover >= q->columns)
        q->block = q->crossover = q->columns;
    size_t last = smaller(q->crossover + q->block, q->columns);
    if (last > QR_BLOCK && q->rows > REFLECTIONS_MOST / last / last) {
        q->block = smaller(q->block, QR_BLOCK);
        q->crossover = q->block;
    }
}

/* The columns first .. first+count-1 hold reflections H = H_1 H_2 ...: the columns behind them are turned by H or H^T. */
static void block_apply(const qr *q, size_t first, size_t count, bool transposed)
{
    int rows = (int)(q->rows - first), block = (int)count, stride = (int)q->rows, size = QR_BLOCK,
        wide = (int)q->columns;
    double *v = q->a + first * q->rows + first;
    dlarft_("F", "C", &rows, &block, v, &stride, q->tau + first, q->t, &size, 1, 1);
    size_t most = PRODUCTS_MOST / 2 / count / (size_t)rows;
    most = most < QR_BLOCK ? QR_BLOCK : most / QR_BLOCK * QR_BLOCK;
    for (size_t column = first + count, part; column < q->columns && !rpe_interrupt_requested();
         column += part) {
        part = smaller(most, q->columns - column);
        int columns = (int)part;
        rpe_event_work((uint64_t)2 * (uint64_t)rows * count * part / RPE_EVENT_PRODUCTS);
        dlarfb_("L", transposed ? "T" : "N", "F", "C", &rows, &columns, &block, v, &stride, q->t, &size,
                q->a + column * q->rows + first, &stride, q->work, &wide, 1, 1, 1, 1);
    }
}

/* A becomes R and, below its diagonal, the reflections; R's diagonal may have any signs.  [dgeqrf] */
static void qr_factor(qr *q)
{
    int info;
    qr_plan(q, "DGEQRF", -1);
    for (size_t first = 0, count; first < q->columns && !rpe_interrupt_requested(); first += count) {
        size_t left = q->columns - first;
        count = left > q->crossover ? smaller(q->block, left) : left;
        int rows = (int)(q->rows - first), columns = (int)count, stride = (int)q->rows;
        rpe_event_work((uint64_t)rows * count * count);
        dgeqr2_(&rows, &columns, q->a + first * q->rows + first, &stride, q->tau + first, q->work, &info);
        if (count < left)
            block_apply(q, first, count, true);
    }
}

/* The reflections of columns first .. become those columns of Q. */
static void columns_generate(const qr *q, size_t first, size_t count)
{
    int rows = (int)(q->rows - first), columns = (int)count, stride = (int)q->rows, info;
    rpe_event_work((uint64_t)rows * count * count);
    dorg2r_(&rows, &columns, &columns, q->a + first * q->rows + first, &stride, q->tau + first, q->work,
            &info);
    for (size_t column = first; column < first + count; column++)
        memset(q->a + column * q->rows, 0, first * sizeof *q->a);
}

/* Reflections become Q, the last block first.  [dorgqr] */
static void qr_generate(qr *q)
{
    qr_plan(q, "DORGQR", (int)q->columns);
    /* ceil((columns - crossover) / block) blocks, and what is left */
    size_t cut =
        q->columns > q->crossover ? (q->columns - q->crossover + q->block - 1) / q->block * q->block : 0;
    cut = smaller(cut, q->columns);
    if (cut < q->columns && !rpe_interrupt_requested())
        columns_generate(q, cut, q->columns - cut);
    for (size_t end = cut; end > 0 && !rpe_interrupt_requested();) {
        size_t first = (end - 1) / q->block * q->block, count = end - first;
        if (end < q->columns)
            block_apply(q, first, count, false);
        columns_generate(q, first, count);
        end = first;
    }
}

size_t rpe_haar_workspace_bytes(size_t count, size_t size)
{
    (void)size;
    size_t bytes = rpe_workspace_bytes(2 * count, sizeof(double));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(QR_BLOCK, QR_BLOCK * sizeof(double)));
    return rpe_workspace_sum(bytes, rpe_workspace_bytes(count, QR_BLOCK * sizeof(double)));
}

/* Row-major [count,size] is column-major size x count: the columns are orthonormalized.  A = Q R has a unique Q, a Haar
   frame, when the diagonal of R is positive; LAPACK leaves its signs as they fall, so they are put into Q. */
void rpe_haar_rows(size_t count, size_t size, double *rows, rpe_workspace *workspace)
{
    if (count == 0)
        return;
    size_t mark = workspace->used;
    qr q = {.rows = size, .columns = count, .a = rows};
    q.tau = rpe_workspace_take(workspace, 2 * count, sizeof(double));
    q.t = rpe_workspace_take(workspace, QR_BLOCK, QR_BLOCK * sizeof(double));
    q.work = rpe_workspace_take(workspace, count, QR_BLOCK * sizeof(double));
    double *sign = q.tau + count;
    rpe_blas_enter();
    qr_factor(&q);
    for (size_t i = 0; i < count; i++)
        sign[i] = rows[i * size + i] < 0.0 ? -1.0 : 1.0;
    qr_generate(&q);
    rpe_blas_leave();
    for (size_t i = 0; i < count && !rpe_interrupt_requested(); i++) {
        rpe_event_work(size);
        for (size_t j = 0; j < size; j++)
            rows[i * size + j] *= sign[i];
    }
    rpe_workspace_release(workspace, mark);
}
