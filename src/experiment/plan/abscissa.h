/* Whether the rows of a run will have a place on the axis of its picture: before the run, not after it. */
#ifndef RPE_ABSCISSA_H
#define RPE_ABSCISSA_H

#include "experiment/configuration.h"
#include "experiment/plan.h"
#include "experiment/plan/input.h"
#include "experiment/plan/point.h"
#include "experiment/store/identity.h"

/* An experiment without a picture, and one of which no point can be run, need none.  input_of, plan: [points->count]. */
rpe_status rpe_abscissa_check(const rpe_configuration *configuration, const rpe_points *points,
                              rpe_input *const *input_of, const rpe_plan *plan, const rpe_identity *identity,
                              rpe_error *error);

#endif
