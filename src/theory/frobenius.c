/* Variance of the squared Frobenius error, Gaussian noise: joint cumulants of quadratic forms of a Gaussian vector. */
#include <math.h>

#include "base/linear.h"
#include "base/memory.h"
#include "theory/theory_rows.h"

static double dot(size_t count, const double *a, const double *b)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += a[i] * b[i];
    return total;
}

static double sum(size_t count, const double *a)
{
    double total = 0;
    for (size_t i = 0; i < count; i++)
        total += a[i];
    return total;
}

/* Traces of products of Gq [M,M], Gk [N,N] and c [M,N]. */
typedef struct frobenius_traces {
    double query, key;                 /* tr Gq, tr Gk */
    double query_squared, key_squared; /* tr Gq^2, tr Gk^2 */
    double inner;                      /* tr c c^T */
    double query_inner, key_inner;     /* tr Gq c c^T, tr Gk c^T c */
    double all;                        /* tr Gq c Gk c^T */
    double inner_squared;              /* tr (c c^T)^2 */
} frobenius_traces;

/* One realization: with X = |x|^2, Y = |y|^2, Z = x^T c y for (x, y) Gaussian of covariance [Gq c; c^T Gk],
     |x y^T - c|^2 = X Y - 2 Z + constant,   Var = Var(XY) + 4 Var Z - 4 Cov(XY, Z)
   by the cumulants  k(X,X) = 2 tr Gq^2,  k(X,Y) = 2 tr c c^T,  k(X,X,Y) = 8 tr Gq c c^T,
     k(X,X,Y,Y) = 32 tr Gq c Gk c^T + 16 tr (c c^T)^2,  k(Z,Z) = tr Gq c Gk c^T + tr (c c^T)^2,
     k(X,Z) = 2 tr Gq c c^T,  k(X,Y,Z) = 4 k(Z,Z) */
static double variance_single(const frobenius_traces *t)
{
    double zz = t->all + t->inner_squared;
    double xy = 2 * t->inner, xx = 2 * t->query_squared, yy = 2 * t->key_squared;
    double product = 32 * t->all + 16 * t->inner_squared + 16 * t->key * t->query_inner +
                     16 * t->query * t->key_inner + xx * yy + xy * xy + xx * t->key * t->key +
                     yy * t->query * t->query + 2 * xy * t->query * t->key;
    double mixed = 4 * zz + 2 * t->query_inner * t->key + 2 * t->key_inner * t->query;
    return product + 4 * zz - 4 * mixed;
}

/* Products of two different realizations: E <E_r, E_r'>^2. */
static double variance_pair(const frobenius_traces *t)
{
    return t->query_squared * t->key_squared + t->inner * t->inner + 2 * t->all;
}

/* work: Gq [M,M], Gk [N,N], Gq c [M,N], c Gk [M,N], c c^T [M,M] */
static rpe_status traces_compute(const rpe_theory *theory, double *work, frobenius_traces *traces,
                                 rpe_error *error)
{
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    const double *c = theory->inner;
    double *gq = work, *gk = gq + m * m, *left = gk + n * n, *right = left + m * n, *square = right + m * n;
    rpe_status status =
        rpe_theory_lag_sum(theory, theory->kernel, RPE_COVARIANCE_QUERY, &theory->query_positions,
                           &theory->query_positions, theory->queries, theory->queries, gq, error);
    if (status == RPE_OK)
        status = rpe_theory_lag_sum(theory, theory->kernel, RPE_COVARIANCE_KEY, &theory->key_positions,
                                    &theory->key_positions, theory->keys, theory->keys, gk, error);
    if (status != RPE_OK)
        return status;
    rpe_gemm_double(false, false, m, n, m, 1, gq, m, c, n, 0, left, n);
    rpe_gemm_double(false, false, m, n, n, 1, c, n, gk, n, 0, right, n);
    rpe_gemm_double(false, true, m, m, n, 1, c, n, c, n, 0, square, m);
    *traces = (frobenius_traces){.query = sum(m, theory->query_norms),
                                 .key = sum(n, theory->key_norms),
                                 .query_squared = dot(m * m, gq, gq),
                                 .key_squared = dot(n * n, gk, gk),
                                 .inner = dot(m * n, c, c),
                                 .query_inner = dot(m * n, left, c),
                                 .key_inner = dot(m * n, right, c),
                                 .all = dot(m * n, left, right),
                                 .inner_squared = dot(m * m, square, square)};
    return RPE_OK;
}

rpe_status rpe_theory_frobenius_variance(const rpe_theory *theory, size_t realizations, double *variance,
                                         rpe_error *error)
{
    if (realizations == 0)
        return rpe_error_set(error, RPE_ERROR_INPUT, "realizations: expected at least 1, found 0");
    size_t m = theory->query_positions.count, n = theory->key_positions.count;
    size_t count = 2 * m * m + n * n + 2 * m * n;
    double *work = rpe_memory_allocate(count, sizeof *work);
    if (work == NULL)
        return rpe_error_memory(error, "Frobenius variance", count, sizeof *work);
    frobenius_traces traces;
    rpe_status status = traces_compute(theory, work, &traces, error);
    rpe_memory_free(work);
    if (status != RPE_OK)
        return status;
    /* E = (1/(R sqrt(D))) sum_r E_r:  Var |E|^2 = [R Var |E_r|^2 + 2R(R-1) E <E_r, E_r'>^2] / (R^4 D^2) */
    double r = (double)realizations, d = (double)theory->features;
    *variance =
        (r * variance_single(&traces) + 2 * r * (r - 1) * variance_pair(&traces)) / (r * r * r * r * d * d);
    return RPE_OK;
}
