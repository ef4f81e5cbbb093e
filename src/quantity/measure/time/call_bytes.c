/* Bytes that the method's formula needs for one call: inputs and outputs once, and what is held besides. */
#include "quantity/measure/measure.h"

static double call_bytes_call_cost(rpe_cost cost)
{
    return cost.bytes_moved + cost.bytes_held;
}

const rpe_measure rpe_measure_call_bytes = {
    .name = "call_bytes",
    .title = "bytes of inputs, outputs and what is held besides",
    .unit = "bytes",
    .source = "counted from the formulas of encoding and attention, not from what a code happens to do",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_COUNT,
    .call_cost = call_bytes_call_cost,
};
