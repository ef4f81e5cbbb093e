/* The number of tokens from which on a method takes less time than the exact attention that it approximates. */
#include "quantity/measure/measure.h"

const rpe_measure rpe_measure_crossover_length = {
    .name = "crossover_length",
    .title = "tokens from which on the method is faster than its oracle",
    .unit = "tokens",
    .source = "where the medians cross, straight in logarithms; limits by bootstrap over repetitions",
    .stage = RPE_STAGE_CALL,
    .kind = RPE_MEASURE_TIME,
};
