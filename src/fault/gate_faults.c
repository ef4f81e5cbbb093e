/* Faults of the gate: X <- sqrt(1 - delta) X + sqrt(delta) epsilon.  [spec 4; SPE paper, gated SPE] */
#include <math.h>

#include "base/memory.h"
#include "fault/code_fault.h"

static void gate_inverted_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_gates(kernel); i++)
        kernel->gate[i] = 1.0 - kernel->gate[i];
}

RPE_CODE_FAULT(gate_inverted, .change = gate_inverted_change)

const rpe_planting rpe_planting_gate_inverted = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_inverted_wrap};

static void gate_ignored_change(rpe_code_fault *fault)
{
    rpe_memory_free(fault->kernel[0]->gate);
    fault->kernel[0]->gate = NULL;
}

RPE_CODE_FAULT(gate_ignored, .change = gate_ignored_change)

const rpe_planting rpe_planting_gate_ignored = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_ignored_wrap};

static void gate_clipped_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_gates(kernel); i++)
        kernel->gate[i] = fmin(kernel->gate[i], 0.8);
}

RPE_CODE_FAULT(gate_clipped, .change = gate_clipped_change)

const rpe_planting rpe_planting_gate_clipped = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_clipped_wrap};

/* (1 - delta) X + delta epsilon = s (sqrt(1 - x) X + sqrt(x) epsilon),  s^2 = delta^2 + (1 - delta)^2, x = (delta/s)^2 */
static double gate_norm(double delta)
{
    return hypot(delta, 1.0 - delta);
}

static void gate_rootless_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_gates(kernel); i++) {
        double share = kernel->gate[i] / gate_norm(kernel->gate[i]);
        kernel->gate[i] = share * share;
    }
}

static void gate_rootless_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head,
                                size_t feature, double *const codes[2])
{
    (void)noise;
    double norm = gate_norm(rpe_kernel_gate(fault->asked.kernel, head, feature));
    rpe_code_fault_scale(rpe_code_fault_coded(fault, RPE_SIDE_QUERY), norm, codes[RPE_SIDE_QUERY]);
    rpe_code_fault_scale(rpe_code_fault_coded(fault, RPE_SIDE_KEY), norm, codes[RPE_SIDE_KEY]);
}

RPE_CODE_FAULT(gate_rootless, .change = gate_rootless_change, .coded = gate_rootless_coded)

const rpe_planting rpe_planting_gate_rootless = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_rootless_wrap};

/* Gate rows come after position rows. */
static void gate_side_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                           double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations) {
        rpe_stream other = stream;
        other.point += row >= shape->rows;
        rpe_code_fault_draw("gaussian", shape, other, row, 1, values, workspace);
    }
}

static const rpe_sampler gate_side_sampler = {.name = "gaussian", .draw = gate_side_draw};

static void gate_side_change(rpe_code_fault *fault)
{
    fault->apart = true;
    fault->problem[RPE_SIDE_KEY].sampler = &gate_side_sampler;
}

RPE_CODE_FAULT(gate_side, .change = gate_side_change)

const rpe_planting rpe_planting_gate_side = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_side_wrap};

static void gate_silent_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                             double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++)
        if (row >= shape->rows)
            rpe_code_fault_scale(size, 0.0, values + (row - first) * size);
}

static const rpe_sampler gate_silent_sampler = {.name = "gaussian", .draw = gate_silent_draw};

static void gate_position_change(rpe_code_fault *fault)
{
    fault->problem[0].sampler = &gate_silent_sampler;
}

/* sqrt(delta) epsilon(m), and the same epsilon for the key at m */
static void gate_position_coded(const rpe_code_fault *fault, const rpe_noise *noise, size_t head,
                                size_t feature, double *const codes[2])
{
    const double root = sqrt(rpe_kernel_gate(fault->asked.kernel, head, feature));
    rpe_stream stream = noise->stream;
    stream.purpose = rpe_stream_purpose(RPE_PURPOSE_GATE, 1 + head * fault->asked.features + feature);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < rpe_code_fault_coded(fault, (rpe_side)side); i++) {
            double epsilon;
            rpe_stream_normals(stream, i, 1, &epsilon);
            codes[side][i] += root * epsilon;
        }
}

RPE_CODE_FAULT(gate_position, .change = gate_position_change, .coded = gate_position_coded)

const rpe_planting rpe_planting_gate_position = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_position_wrap};

/* Every gate row is the first one. */
static void gate_shared_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                             double *values, rpe_workspace *workspace)
{
    for (size_t row = first; row < first + count; row++, values += shape->realizations)
        rpe_code_fault_draw("gaussian", shape, stream, row < shape->rows ? row : shape->rows, 1, values,
                            workspace);
}

RPE_NOISE_FAULT(gate_shared, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_gate_shared = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_shared_wrap};

/* A gate that is 0 stays open by a twentieth. */
static void gate_leak_change(rpe_code_fault *fault)
{
    rpe_kernel *kernel = fault->kernel[0];
    for (size_t i = 0; i < rpe_code_fault_gates(kernel); i++)
        kernel->gate[i] = fmax(kernel->gate[i], 0.05);
}

RPE_CODE_FAULT(gate_leak, .change = gate_leak_change)

const rpe_planting rpe_planting_gate_leak = {
    .case_name = "conv gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_leak_wrap};

static void gate_loud_draw(const rpe_noise_shape *shape, rpe_stream stream, size_t first, size_t count,
                           double *values, rpe_workspace *workspace)
{
    size_t size = shape->realizations;
    rpe_code_fault_draw("gaussian", shape, stream, first, count, values, workspace);
    for (size_t row = first; row < first + count; row++)
        if (row >= shape->rows)
            rpe_code_fault_scale(size, 1.1, values + (row - first) * size);
}

RPE_NOISE_FAULT(gate_loud, "gaussian", RPE_NOISE_INDEPENDENT, NULL)

const rpe_planting rpe_planting_gate_loud = {
    .case_name = "sine gated", .sampler = "gaussian", .method = "softmax", .wrap = gate_loud_wrap};
