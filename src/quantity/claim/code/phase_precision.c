#include <math.h>

#include "base/memory.h"
#include "quantity/claim/case_noise.h"
#include "quantity/claim/simulate.h"

#define POSITIONS ((size_t)1 << 17) /* where a phase in single precision is off by 1e-2 */
#define REALIZATIONS 2

/* Cauchy and Schwarz on form 15, the same at every position:
     gamma_n (RD)^(-1/4) sum_i |u_i z_i| <= gamma_n (RD)^(-1/4) sigma |z|,  sigma^2 = sum_d P_d^xx(0) for queries or keys of 1 */
static double position_free_bound(const rpe_problem *problem, const rpe_given_noise *given, rpe_side side,
                                  size_t head, size_t realization)
{
    const ptrdiff_t lag[RPE_AXES_MAX] = {0};
    size_t features = problem->features, rows = features * given->feature_rows;
    rpe_theory_noise noise = rpe_given_noise_rows(given, problem, head);
    double variance = 0.0, squares = 0.0, terms = (double)rows + 10.0;
    for (size_t d = 0; d < features; d++) {
        variance += rpe_kernel_autocovariance(problem->kernel, side, head, d, lag);
        double gate = noise.gate == NULL ? 0.0 : noise.gate[d * noise.gate_row_stride + realization];
        squares += gate * gate;
        terms += noise.gate == NULL ? 0.0 : 1.0;
    }
    for (size_t i = 0; i < rows; i++) {
        double z = noise.values[i * noise.row_stride + realization * noise.realization_stride];
        squares += z * z;
    }
    double roundings = terms * 0x1p-24;
    return roundings / (1.0 - roundings) * sqrt(variance * squares) /
           sqrt(sqrt((double)problem->realizations * (double)features));
}

/* Largest |single - double| / bound of one side, [positions,H,R]. */
static double side_largest(const rpe_problem *problem, const rpe_given_noise *given, rpe_side side,
                           const double *single, const double *exact)
{
    size_t size = problem->realizations, row = problem->heads * size;
    double largest = 0.0;
    for (size_t i = 0; i < row; i++) {
        double error = 0.0, bound = position_free_bound(problem, given, side, i / size, i % size);
        for (size_t m = 0; m < POSITIONS; m++)
            error = fmax(error, fabs(single[m * row + i] - exact[m * row + i]));
        largest = fmax(largest, error > 0.0 ? error / bound : 0.0);
    }
    return largest;
}

static rpe_status phase_precision_compare(const rpe_case *subject, const rpe_problem *problem,
                                          const rpe_inputs *inputs, double *largest, rpe_error *error)
{
    rpe_given_noise given;
    double *single = NULL, *exact = NULL;
    size_t queries = POSITIONS * problem->heads * problem->realizations;
    rpe_status status = rpe_case_noise_draw(&given, subject, "phase-precision", problem, 0, error);
    if (status != RPE_OK)
        return status;
    status = rpe_given_encode(subject, problem, inputs, RPE_SINGLE, &given, &single, error);
    if (status == RPE_OK)
        status = rpe_given_encode(subject, problem, inputs, RPE_DOUBLE, &given, &exact, error);
    if (status == RPE_OK)
        *largest = fmax(side_largest(problem, &given, RPE_SIDE_QUERY, single, exact),
                        side_largest(problem, &given, RPE_SIDE_KEY, single + queries, exact + queries));
    rpe_memory_free(exact);
    rpe_memory_free(single);
    rpe_given_noise_destroy(&given);
    return status;
}

static rpe_status phase_precision_check(const rpe_case *subject, rpe_finding *finding, rpe_error *error)
{
    rpe_problem problem = subject->problem;
    const size_t extent = POSITIONS, row = problem.heads * problem.features;
    problem.realizations = REALIZATIONS;
    rpe_status status = rpe_positions_make(&problem.queries, 1, &extent, "positions", error);
    if (status != RPE_OK)
        return status;
    problem.keys = problem.queries;
    double *ones = rpe_memory_allocate(POSITIONS, row * sizeof *ones), largest = 0.0;
    if (ones == NULL)
        return rpe_error_memory(error, "queries and keys of ones", POSITIONS, row * sizeof *ones);
    for (size_t i = 0; i < POSITIONS * row; i++)
        ones[i] = 1.0;
    rpe_inputs inputs = {ones, ones, NULL};
    status = phase_precision_compare(subject, &problem, &inputs, &largest, error);
    if (status == RPE_OK)
        *finding = rpe_finding_bounded(largest, 1.0);
    rpe_memory_free(ones);
    return status;
}

static rpe_status phase_precision_supports(const rpe_case *subject, rpe_error *reason)
{
    size_t sinusoids;
    if (rpe_kernel_frequencies(subject->problem.kernel, &sinusoids) == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a %s kernel has no phases",
                             subject->problem.kernel->type->name);
    return rpe_supports_single(subject, reason);
}

const rpe_claim rpe_claim_phase_precision = {
    .name = "phase-precision",
    .title = "In single precision, codes at positions up to 131071 are as accurate as at small ones",
    .formula = "|qhat_single(m) - qhat(m)| <= gamma_n (RD)^(-1/4) sigma_q |z|, for all m",
    .source = "form 15, by Cauchy and Schwarz",
    .null_hypothesis = "no entry errs by more than a bound that does not grow with the position: phases are "
                       "reduced in double",
    .statistic = "largest error over its bound",
    .effect = "error over its a-priori bound",
    .stage = RPE_STAGE_ENCODE,
    .supports = phase_precision_supports,
    .check = phase_precision_check,
};
