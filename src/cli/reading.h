/* How the axes of arrays were read: what every command that reads arrays says. */
#ifndef RPE_READING_H
#define RPE_READING_H

#include "base/layout.h"

/* "q.npy: [4,8,64] read as M = 4 positions, H = 8 heads, D = 64" and the end of the line, on standard output.  position and
   feature: the letters that stand for n and d ('M' of queries, 'V' of values). */
void rpe_layout_reading_print(const char *path, const char *layout, size_t axes, size_t rank,
                              const size_t *shape, char position, char feature);
/* That there are more heads than positions, and the layout that it may be; on standard error. */
void rpe_layout_warn(const char *path, size_t heads, size_t positions, const char *other);

#endif
