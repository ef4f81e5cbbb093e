/* Whether nothing else on the same input has both a smaller error and a smaller time: 1, else 0. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_front_time = {
    .name = "front_time",
    .title = "1 where nothing on the same input is better in both error and time",
    .unit = "1",
    .source =
        "runtime and the experiment's first measure of accuracy; limits 0 and 1 where 95 % intervals overlap",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_TIME,
    .better = RPE_BETTER_NEITHER,
    .front_of = &rpe_measure_runtime,
};
