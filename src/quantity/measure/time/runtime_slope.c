/* log(t(N) / t(N')) / log(N / N'), N' the length before N. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_runtime_slope = {
    .name = "runtime_slope",
    .title = "local exponent of the runtime, from the length before",
    .unit = "1",
    .source = "quotient of the medians; limits by bootstrap over repetitions",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_TIME,
};
