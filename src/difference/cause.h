/* How one array comes from another: causes that are tried, each by undoing it.

   A cause says which element of the reference an element of MINE should be, and what it was before.  It is named only if, with
   that undone, every element of a region is within the limit, and if that is no accident: the numbers that agree after and did
   not before must be so many that such numbers would agree by chance with a probability below 2^-20 over all that is tried.
   Regions are the differing slices of all axes, then all slices of some axes with the differing ones of the others, up to the
   whole array; where no cause holds in one of these, each head that differs is taken by itself. */
#ifndef RPE_CAUSE_H
#define RPE_CAUSE_H

#include "difference/difference.h"

#define RPE_CAUSE_SLICE_NAME_CAPACITY 48

/* What a slice of an axis is called: "position", "head", "axis-0 slice"; and several of them. */
typedef struct rpe_axis_names {
    char names[RPE_RANK_MAX][RPE_CAUSE_SLICE_NAME_CAPACITY],
        plurals[RPE_RANK_MAX][RPE_CAUSE_SLICE_NAME_CAPACITY];
    size_t head; /* the axis of the heads; RPE_RANK_MAX: not known */
} rpe_axis_names;

/* One candidate of a cause. */
typedef struct rpe_cause_trial {
    const rpe_pair *pair;
    const rpe_region *region,
        *differing; /* where it is tried; where the arrays differ, which is a part of that */
    size_t number;  /* among the candidates of the cause */
    /* What prepare finds; each cause says which it uses. */
    size_t axis, turn, fitted; /* fitted: numbers taken from the elements themselves */
    size_t order[RPE_RANK_MAX];
    ptrdiff_t step, common;
    double factor;
    bool cyclic, exact; /* exact: numbers that agree do not do so by chance, however common they are */
    size_t *map;        /* [the longest axis] */
    double *scales;     /* [scale_capacity]: room for numbers of groups of elements */
    size_t scale_capacity;
} rpe_cause_trial;

typedef struct rpe_cause {
    const char *name;
    bool
        in_place; /* numbers stay where they are, each by itself: what holds anywhere holds where the arrays differ */
    /* How many candidates there are in a region of this rank and shape. */
    size_t (*candidates)(const rpe_region *region);
    /* Fills the trial from its number; false: this candidate does not apply. */
    bool (*prepare)(rpe_cause_trial *trial);
    /* Which element of the reference that at the place should be; false: none.  NULL: that at the same place. */
    bool (*source)(const rpe_cause_trial *trial, const rpe_difference_place *place, size_t *flat);
    /* What the number was before, which is put beside its reference; NAN: this cannot be.  NULL: the same. */
    double (*undo)(const rpe_cause_trial *trial, const rpe_difference_place *place, double mine,
                   double reference);
    /* "the positions are late by 1" */
    void (*say)(const rpe_cause_trial *trial, const rpe_axis_names *axes, char *text, size_t capacity);
} rpe_cause;

#define RPE_CAUSE(name) extern const rpe_cause rpe_cause_##name;
#include "difference/causes.def"
#undef RPE_CAUSE

/* The registered causes, in the order in which they are tried. */
size_t rpe_cause_count(void);
const rpe_cause *rpe_cause_at(size_t index);

#define RPE_CAUSE_TEXT_CAPACITY 512
#define RPE_CAUSES_MAX 16 /* heads that are told one by one */

/* "in head 1 of 4: the positions are late by 1"; count is 0 where no cause is found. */
typedef struct rpe_causes {
    size_t count, heads; /* heads: that differ, where each was taken by itself, else 0 */
    char text[RPE_CAUSES_MAX][RPE_CAUSE_TEXT_CAPACITY];
    const rpe_cause *cause[RPE_CAUSES_MAX];
} rpe_causes;

/* RPE_ERROR_MEMORY, RPE_ERROR_INTERRUPTED. */
rpe_status rpe_causes_find(rpe_causes *told, const rpe_pair *pair, const rpe_difference *difference,
                           const rpe_axis_names *axes, rpe_error *error);

/* "head 1 of 4", "positions 0 to 3 of 8", "heads 0, 2 of 4": slices of a region on an axis. */
void rpe_region_slices_print(const rpe_region *region, size_t axis, const rpe_axis_names *axes, char *text,
                             size_t capacity);

#endif
