/* Places of labels beside points, so that none hides another. */
#ifndef RPE_BUDGET_LABELS_H
#define RPE_BUDGET_LABELS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rpe_budget_mark {
    double x, y;             /* pixels from the lower left corner of the plot */
    size_t length;           /* characters of its label; 0: it has none */
    double label_x, label_y; /* the middle of the label */
    bool placed;             /* false: there was no room */
} rpe_budget_mark;

/* Fills in where the labels go, in the order of the marks; none leaves the plot or overlaps another one, and marks are avoided
   where that is possible. */
void rpe_budget_labels_place(size_t count, rpe_budget_mark *marks, double width, double height);

#endif
