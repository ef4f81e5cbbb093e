/* The definition of methods that are recurrences over tokens.  Internal to this layer. */
#ifndef RPE_RECURRENT_DEFINITION_H
#define RPE_RECURRENT_DEFINITION_H

#include "method/definition.h"

/* Hook `define`: weights [M,N] by the score of the problem's position, and how far those of a right recurrence may be. */
rpe_status rpe_recurrent_define(const rpe_definition *definition, double *weights, double *errors,
                                rpe_error *error);

#endif
