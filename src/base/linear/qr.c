/* Householder reflections in blocks, with polls. */
#include "base/linear/qr.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/event.h"
#include "base/interrupt.h"

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

/* Products of a block of work, some 0.1 s; what fits is one call, as it is in LAPACK. */
#define PRODUCTS_MOST ((size_t)1 << 31)
#define REFLECTIONS_MOST ((size_t)1 << 28) /* of single columns, which are slower */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What LAPACK answers for its own routine of that name. */
static size_t lapack_parameter(int question, const char *name, const rpe_qr *qr, int reflections)
{
    int m = (int)qr->rows, n = (int)qr->columns, none = -1;
    int answer = ilaenv_(&question, name, " ", &m, &n, &reflections, &none, strlen(name), 1);
    return answer > 0 ? (size_t)answer : 0;
}

/* The columns that are not cut are many where they are long, but no more than a block of work. */
static void qr_plan(rpe_qr *qr, const char *name, int reflections)
{
    enum { BLOCK = 1, CROSSOVER = 3 };
    qr->block = smaller(lapack_parameter(BLOCK, name, qr, reflections), RPE_QR_BLOCK);
    qr->crossover = lapack_parameter(CROSSOVER, name, qr, reflections);
    if (qr->block <= 1 || qr->block >= qr->columns || qr->crossover >= qr->columns)
        qr->block = qr->crossover = qr->columns;
    size_t last = smaller(qr->crossover + qr->block, qr->columns);
    if (last > RPE_QR_BLOCK && qr->rows > REFLECTIONS_MOST / last / last) {
        qr->block = smaller(qr->block, RPE_QR_BLOCK);
        qr->crossover = qr->block;
    }
}

/* The columns first .. first+count-1 hold reflections H = H_1 H_2 ...: the columns behind them are turned by H or H^T. */
static void block_apply(const rpe_qr *qr, size_t first, size_t count, bool transposed)
{
    int rows = (int)(qr->rows - first), block = (int)count, stride = (int)qr->rows, size = RPE_QR_BLOCK,
        wide = (int)qr->columns;
    double *v = qr->a + first * qr->rows + first;
    dlarft_("F", "C", &rows, &block, v, &stride, qr->tau + first, qr->t, &size, 1, 1);
    size_t most = PRODUCTS_MOST / 2 / count / (size_t)rows;
    most = most < RPE_QR_BLOCK ? RPE_QR_BLOCK : most / RPE_QR_BLOCK * RPE_QR_BLOCK;
    for (size_t column = first + count, part; column < qr->columns && !rpe_interrupt_requested();
         column += part) {
        part = smaller(most, qr->columns - column);
        int columns = (int)part;
        rpe_event_work((uint64_t)2 * (uint64_t)rows * count * part / RPE_EVENT_PRODUCTS);
        dlarfb_("L", transposed ? "T" : "N", "F", "C", &rows, &columns, &block, v, &stride, qr->t, &size,
                qr->a + column * qr->rows + first, &stride, qr->work, &wide, 1, 1, 1, 1);
    }
}

void rpe_qr_factor(rpe_qr *qr)
{
    int info;
    qr_plan(qr, "DGEQRF", -1);
    for (size_t first = 0, count; first < qr->columns && !rpe_interrupt_requested(); first += count) {
        size_t left = qr->columns - first;
        count = left > qr->crossover ? smaller(qr->block, left) : left;
        int rows = (int)(qr->rows - first), columns = (int)count, stride = (int)qr->rows;
        rpe_event_work((uint64_t)rows * count * count);
        dgeqr2_(&rows, &columns, qr->a + first * qr->rows + first, &stride, qr->tau + first, qr->work, &info);
        if (count < left)
            block_apply(qr, first, count, true);
    }
}

/* The reflections of columns first .. become those columns of Q. */
static void columns_generate(const rpe_qr *qr, size_t first, size_t count)
{
    int rows = (int)(qr->rows - first), columns = (int)count, stride = (int)qr->rows, info;
    rpe_event_work((uint64_t)rows * count * count);
    dorg2r_(&rows, &columns, &columns, qr->a + first * qr->rows + first, &stride, qr->tau + first, qr->work,
            &info);
    for (size_t column = first; column < first + count; column++)
        memset(qr->a + column * qr->rows, 0, first * sizeof *qr->a);
}

/* The last block first. */
void rpe_qr_generate(rpe_qr *qr)
{
    qr_plan(qr, "DORGQR", (int)qr->columns);
    /* ceil((columns - crossover) / block) blocks, and what is left */
    size_t cut = qr->columns > qr->crossover
                     ? (qr->columns - qr->crossover + qr->block - 1) / qr->block * qr->block
                     : 0;
    cut = smaller(cut, qr->columns);
    if (cut < qr->columns && !rpe_interrupt_requested())
        columns_generate(qr, cut, qr->columns - cut);
    for (size_t end = cut; end > 0 && !rpe_interrupt_requested();) {
        size_t first = (end - 1) / qr->block * qr->block, count = end - first;
        if (end < qr->columns)
            block_apply(qr, first, count, false);
        columns_generate(qr, first, count);
        end = first;
    }
}
