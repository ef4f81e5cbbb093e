/* Whether nothing else on the same input has both a smaller error and a smaller number of operations: 1, else 0. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_front_flops = {
    .name = "front_flops",
    .title = "1 where nothing on the same input is better in both error and flops",
    .unit = "1",
    .source = "call_flops and the experiment's first measure of accuracy; limits 0 and 1 where 95 % "
              "intervals overlap",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_ACCURACY,
    .better = RPE_BETTER_NEITHER,
    .front_of = &rpe_measure_call_flops,
};
