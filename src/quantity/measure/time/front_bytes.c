/* Whether nothing else on the same input has both a smaller error and a smaller number of bytes: 1, else 0. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_front_bytes = {
    .name = "front_bytes",
    .title = "1 where nothing on the same input is better in both error and bytes",
    .unit = "1",
    .source = "call_bytes and the experiment's first measure of accuracy; limits 0 and 1 where 95 % "
              "intervals overlap",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_ACCURACY,
    .better = RPE_BETTER_NEITHER,
    .front_of = &rpe_measure_call_bytes,
};
