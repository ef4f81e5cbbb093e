/* Time of one call: codes drawn anew, queries and keys encoded, attention; plan and memory are ready. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_runtime = {
    .name = "runtime",
    .title = "time of one call, its noise drawn anew",
    .unit = "s",
    .source = "median of interleaved repetitions, limits from its order statistics",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_TIME,
};
