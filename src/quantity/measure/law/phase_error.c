/* What phases in single precision would cost at a position: root mean square over heads, features and sinusoids of
     fl(fl(2 pi) fl(f) m) - 2 pi f m   in radians,  at m = 1, 3, 7, 15, ... below the number of queries.
   Bound: four roundings, gamma_4 2 pi f m each, gamma_n = nu/(1 - nu), u = 2^-24.  (The program itself reduces phases in double.) */
#include <math.h>

#include "quantity/measure/score_matrix.h"

static const double TWO_PI = 6.283185307179586476925286766559;

static size_t place(size_t index)
{
    return ((size_t)2 << index) - 1;
}

static rpe_status phase_error_supports(const rpe_subject *subject, rpe_error *error)
{
    size_t sinusoids;
    if (rpe_kernel_frequencies(subject->problem->kernel, &sinusoids) == NULL)
        return rpe_error_set(error, RPE_ERROR_INPUT, "a %s kernel has no phases",
                             subject->problem->kernel->type->name);
    return RPE_OK;
}

static size_t phase_error_count(const rpe_subject *subject)
{
    size_t places = 0;
    while (place(places) < subject->problem->queries.count)
        places++;
    return places;
}

static rpe_value_label phase_error_label(const rpe_subject *subject, size_t index)
{
    (void)subject;
    return (rpe_value_label){
        .head = -1, .feature = -1, .position = (ptrdiff_t)place(index), .at_position = true};
}

static void phase_error_evaluate(const rpe_subject *subject, const rpe_trial *trial, double *values,
                                 rpe_workspace *workspace)
{
    (void)trial;
    (void)workspace;
    size_t sinusoids;
    const double *frequency = rpe_kernel_frequencies(subject->problem->kernel, &sinusoids);
    for (size_t i = 0; i < phase_error_count(subject); i++) {
        double squares = 0.0;
        for (size_t k = 0; k < sinusoids; k++) {
            volatile float turn = (float)TWO_PI * (float)frequency[k];
            volatile float phase = turn * (float)place(i);
            double difference = (double)phase - TWO_PI * frequency[k] * (double)place(i);
            squares += difference * difference;
        }
        values[i] = sqrt(squares / (double)sinusoids);
    }
}

static rpe_status phase_error_closed_form(const rpe_subject *subject, rpe_closed_value *values,
                                          rpe_error *error)
{
    (void)error;
    size_t sinusoids;
    const double *frequency = rpe_kernel_frequencies(subject->problem->kernel, &sinusoids);
    double squares = 0.0, roundings = 4.0 * 0x1p-24;
    for (size_t k = 0; k < sinusoids; k++)
        squares += frequency[k] * frequency[k];
    double largest = TWO_PI * sqrt(squares / (double)sinusoids) * roundings / (1.0 - roundings);
    for (size_t i = 0; i < phase_error_count(subject); i++)
        values[i] = (rpe_closed_value){.mean = largest * (double)place(i), .variance = NAN};
    return RPE_OK;
}

const rpe_measure rpe_measure_phase_error = {
    .name = "phase_error",
    .title = "error of phases that are computed in single precision (radians)",
    .unit = "rad",
    .source = "form 15: four roundings",
    .stage = RPE_STAGE_KERNEL,
    .bounded = true,
    .supports = phase_error_supports,
    .count = phase_error_count,
    .label = phase_error_label,
    .evaluate = phase_error_evaluate,
    .closed_form = phase_error_closed_form,
};
