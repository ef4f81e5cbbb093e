/* Operations that the method's formula needs for one call. */
#include "quantity/measure/measure.h"

static double call_flops_call_cost(rpe_cost cost)
{
    return cost.flops;
}

const rpe_measure rpe_measure_call_flops = {
    .name = "call_flops",
    .title = "operations of one call",
    .unit = "operations",
    .source = "counted from the formulas of encoding and attention, not from what a code happens to do",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_COUNT,
    .call_cost = call_flops_call_cost,
};
