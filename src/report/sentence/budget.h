/* Errors over what they cost, with their fronts, as found in the rows of an experiment that has measures of fronts. */
#ifndef RPE_BUDGET_H
#define RPE_BUDGET_H

#include "file/output.h"
#include "quantity/measure/measure.h"
#include "report/picture/picture.h"
#include "statistic/front.h"

/* One point over one cost. */
typedef struct rpe_budget_point {
    size_t row;               /* of the front */
    const rpe_measure *front; /* front->front_of is what it costs */
    rpe_front_point place;
    bool exact; /* the oracle: there is no row of its error, which is 0 */
    bool on, certain;
} rpe_budget_point;

typedef struct rpe_budget {
    rpe_budget_point *points; /* in the order of the rows */
    size_t count;
} rpe_budget;

/* Empty where there is no row of a front.  The caller owns it: rpe_budget_destroy. */
rpe_status rpe_budget_create(rpe_budget *budget, const rpe_record *record, rpe_error *error);
void rpe_budget_destroy(rpe_budget *budget);

/* "R16 F64", what the method has of them; capacity RPE_BUDGET_LABEL. */
#define RPE_BUDGET_LABEL 48
const char *rpe_budget_label(const rpe_record *record, size_t row, char text[RPE_BUDGET_LABEL]);

/* For the picture: what plots/README.md says of BUDGET.  Nothing where the record has no front. */
rpe_status rpe_budget_write(const rpe_picture *picture, size_t first_panel, size_t panel_count,
                            rpe_output *output, rpe_error *error);

/* For each input and cost: what is nearest at that of the oracle, at a half and a tenth of it. */
rpe_status rpe_budget_sentences_print(const rpe_record *record, FILE *log, rpe_error *error);

#endif
