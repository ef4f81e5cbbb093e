/* The product family: a kernel P_d for each feature.  [spec 2, 3; SPE paper] */
#include <math.h>

#include "position/parameter_table.h"

static size_t product_terms_count(const rpe_kernel *kernel, size_t size)
{
    (void)kernel;
    return size;
}

/* S(m,n) = D^(-1/2) sum_d q_md k_nd P_d(m-n) */
static double product_score(const rpe_kernel *kernel, size_t head, const double *q, const double *k,
                            size_t size, const double *P)
{
    double sum = 0;
    (void)kernel;
    (void)head;
    for (size_t d = 0; d < size; d++)
        sum += q[d] * k[d] * P[d];
    return sum / sqrt((double)size);
}

/* delta = sigmoid(raw gate), or delta itself */
static double gate_raw(double number, size_t extent)
{
    (void)extent;
    return rpe_sigmoid(number);
}

static const rpe_parameter product_gate = {
    .name = "gate", .axes = "hd", .high = 1, .optional = true, .raw = gate_raw};

const rpe_family rpe_family_product = {
    .name = "product",
    .title = "a position kernel for each feature",
    .exponential = true,
    .terms = product_terms_count,
    .score = product_score,
    .gate = &product_gate,
};

void rpe_kernel_product_terms(const rpe_kernel *kernel, size_t head, size_t size, const rpe_place *query,
                              const rpe_place *key, double *terms)
{
    double lag[RPE_AXES_MAX];
    for (size_t axis = 0; axis < RPE_AXES_MAX; axis++)
        lag[axis] = query->at[axis] - key->at[axis];
    for (size_t d = 0; d < size; d++)
        terms[d] = rpe_kernel_value_at(kernel, head, d, lag);
}
