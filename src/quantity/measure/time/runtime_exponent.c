/* b of runtime ~ N^b, fitted to the medians of the larger lengths. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_runtime_exponent = {
    .name = "runtime_exponent",
    .title = "exponent of the runtime over the number of tokens",
    .unit = "1",
    .source = "least squares of log median over log N, largest lengths; limits by bootstrap over repetitions",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_TIME,
};
