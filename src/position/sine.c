/* Sine kernels (sineSPE).  [spec 3; SPE paper, eq. 18] */
#include <math.h>

#include "rpe_kernel.h"
#include "rpe_parameter_table.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* f = sigmoid(x)/2, lambda = softplus(g)/sqrt(2K); the phase is its own raw form. */
static void raw_map(rpe_kernel *kernel, size_t count)
{
    double scale = sqrt(2.0 * (double)kernel->sinusoids);
    for (size_t i = 0; i < count; i++) {
        kernel->frequency[i] = rpe_sigmoid(kernel->frequency[i]) / 2;
        kernel->gain[i] = rpe_softplus(kernel->gain[i]) / scale;
    }
}

static rpe_status sine_read(rpe_kernel *kernel, const rpe_json *document, bool raw, rpe_error *error)
{
    static const char *const keys[] = {"type", "parameterization", "frequency", "phase", "gain", "gate",
                                       NULL};
    rpe_parameter_shape shape = {0};
    rpe_status status = rpe_json_keys_check(document, document->root, keys, error);
    if (status == RPE_OK) {
        status = rpe_parameters_read(document, "frequency", 3, 3, &shape, &kernel->frequency, error);
    }
    if (status == RPE_OK) {
        status = rpe_parameters_read(document, "phase", 3, 3, &shape, &kernel->phase, error);
    }
    if (status == RPE_OK) {
        status = rpe_parameters_read(document, "gain", 3, 3, &shape, &kernel->gain, error);
    }
    if (status != RPE_OK) {
        return status;
    }
    kernel->heads = shape.extent[0];
    kernel->features = shape.extent[1];
    kernel->sinusoids = shape.extent[2];
    kernel->axes = 1;
    if (raw) {
        raw_map(kernel, shape.count);
    }
    status = rpe_parameters_range_check(document, "frequency", &shape, kernel->frequency, 0, 0.5, error);
    if (status == RPE_OK) {
        status = rpe_parameters_range_check(document, "gain", &shape, kernel->gain, 0, INFINITY, error);
    }
    if (status == RPE_OK) {
        status = rpe_parameters_power_check(document, "gain", &shape, kernel->gain, error);
    }
    return status;
}

/* 2 pi (f tau - nearest integer): the product is exact (its rounding error is kept), so that large lags stay accurate. */
static double reduced_angle(double frequency, double tau)
{
    double turns = frequency * tau;
    double rest = fma(frequency, tau, -turns);
    return TWO_PI * (turns - rint(turns) + rest);
}

/* P_d(tau) = sum_k lambda_k^2 cos(2 pi f_k tau + theta_k) */
static double sine_value(const rpe_kernel *kernel, size_t head, size_t feature, const double *lag)
{
    size_t first = (head * kernel->features + feature) * kernel->sinusoids;
    const double *f = kernel->frequency + first, *theta = kernel->phase + first,
                 *lambda = kernel->gain + first;
    double sum = 0;
    for (size_t k = 0; k < kernel->sinusoids; k++) {
        sum += lambda[k] * lambda[k] * cos(reduced_angle(f[k], lag[0]) + theta[k]);
    }
    return sum;
}

/* P^qq_d(tau) = P^kk_d(tau) = sum_k lambda_k^2 cos(2 pi f_k tau) */
static double sine_autocovariance(const rpe_kernel *kernel, rpe_side side, size_t head, size_t feature,
                                  const double *lag)
{
    (void)side; /* the phase cancels within a side */
    size_t first = (head * kernel->features + feature) * kernel->sinusoids;
    const double *f = kernel->frequency + first, *lambda = kernel->gain + first;
    double sum = 0;
    for (size_t k = 0; k < kernel->sinusoids; k++) {
        sum += lambda[k] * lambda[k] * cos(reduced_angle(f[k], lag[0]));
    }
    return sum;
}

const rpe_kernel_type rpe_kernel_type_sine = {
    .name = "sine",
    .title = "sum of sinusoids (sineSPE)",
    .source = "Liutkus et al. 2021, arXiv 2105.08399, eq. 18",
    .family = &rpe_family_product,
    .read = sine_read,
    .terms = rpe_kernel_product_terms,
    .value = sine_value,
    .autocovariance = sine_autocovariance,
    /* Cosines of a quarter of a turn, (q_1 k_1 cos + 2 q_2 k_2) / sqrt(2). */
    RPE_POSITION_EXAMPLES(
        {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[0],[0]]],\"gain\":[[[1],[1]]]}",
         0,
         {1.4142135623730950488, 0},
         {3, 0},
         2,
         0,
         -3},
        {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[0],[0]]],\"gain\":[[[1],[2]]]}",
         0,
         {1.4142135623730950488, 1.4142135623730950488},
         {1, 1},
         4,
         3,
         4},
        {"{\"type\":\"sine\",\"frequency\":[[[0.25],[0]]],\"phase\":[[[1.5707963267948966],[0]]],\"gain\":[[["
         "1],[1]]]}",
         0,
         {1.4142135623730950488, 0},
         {1, 0},
         0,
         1,
         1}),
};
