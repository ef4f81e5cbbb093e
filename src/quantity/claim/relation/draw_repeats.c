#include "quantity/claim/attention/small.h"

#define THREADS 2 /* of the second call */

static rpe_status draw_repeats_visit(rpe_small *small, rpe_error *error)
{
    double *first, *again;
    rpe_status status =
        rpe_small_attend(small, &small->problem, &small->noise, &small->inputs, 1, &first, error);
    if (status == RPE_OK)
        status =
            rpe_small_attend(small, &small->problem, &small->noise, &small->inputs, THREADS, &again, error);
    if (status == RPE_OK)
        rpe_small_judge_bits(small, rpe_small_outputs(&small->problem), again, first);
    return status;
}

const rpe_claim rpe_claim_draw_repeats = {.name = "draw-repeats",
                                          .title =
                                              "The same draw gives the same bits, on one thread and on two",
                                          .formula = "stream = (seed, point, trial, purpose)",
                                          .source = "spec 6",
                                          RPE_SMALL_BITS(draw_repeats_visit, 0)};
