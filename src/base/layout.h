/* Orders of the axes of an array, a letter each: n positions, h heads, d features (of values: V), b items of a batch,
   r realizations, m the queries of weights whose keys are n.  n stands for as many axes as the positions have, one after another. */
#ifndef RPE_LAYOUT_H
#define RPE_LAYOUT_H

#include "base/array.h"

#define RPE_LAYOUT_CAPACITY 6 /* five letters */

/* Whether layout has each of the letters once, and no other. */
bool rpe_layout_is_order(const char *layout, const char *letters);
/* The layout of an array of that rank, with so many axes of positions: the one given, or, where it has no b and there is one axis
   more, that behind a b.  False: the array has neither rank. */
bool rpe_layout_fit(const char *layout, size_t axes, size_t rank, char fitted[RPE_LAYOUT_CAPACITY]);
/* First axis of a letter that the layout has. */
size_t rpe_layout_axis(const char *layout, char letter, size_t axes);
/* "[N,H,D]", positions of several axes "[N1,N2,H,D]"; positions: the letter that stands for n ('M' of queries). */
const char *rpe_layout_text(const char *layout, size_t axes, char positions, char text[RPE_SHAPE_CAPACITY]);
/* Extents in the order `from` to those in the order `to`. */
void rpe_layout_shape(const char *from, const char *to, size_t axes, const size_t *shape,
                      size_t changed[RPE_RANK_MAX]);
/* Reorders the elements of an array whose axes are in the order `from` to the order `to`, of the same letters.  rank: the
   letters, with `axes` for n.  The array is untouched on failure (memory). */
rpe_status rpe_layout_change(rpe_array *array, const char *from, const char *to, size_t axes,
                             const char *what, rpe_error *error);

#endif
