/* Which points two programs have in common, and how each is timed. */
#ifndef RPE_AGAINST_POINTS_H
#define RPE_AGAINST_POINTS_H

#include "against/against.h"
#include "against/opponent.h"

/* Points, those that are left out, machines and the number of starts, from what the first two workers say; the plan goes to the
   progress.  Errors: no point is timed by both. */
rpe_status rpe_against_points_make(rpe_against *against, rpe_opponent opponents[2], rpe_error *error);

/* Whether later workers have the same points in the same places: an error if not, as the program is another one then. */
rpe_status rpe_against_points_check(const rpe_against *against, const rpe_opponent opponents[2],
                                    rpe_error *error);

#endif
