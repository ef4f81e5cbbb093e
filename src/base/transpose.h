/* A square of reals in vectors of 32 bytes, for *_real.c files. */
#ifndef RPE_TRANSPOSE_H
#define RPE_TRANSPOSE_H

#include "base/random/shuffle.h"

#define RPE_SQUARE (32 / sizeof(real)) /* rows and columns: 8 or 4 */
typedef real rpe_square_row __attribute__((vector_size(32)));

/* v[i][j] = v[j][i] */
static inline __attribute__((always_inline)) void rpe_transpose(rpe_square_row *const v[RPE_SQUARE])
{
#ifdef RPE_REAL_SINGLE
    rpe_square_row a[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = RPE_SHUFFLE(*v[i], *v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = RPE_SHUFFLE(*v[i], *v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int j = 0; j < 2; j++) {
            *v[i + 2 * j] = RPE_SHUFFLE(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            *v[i + 2 * j + 1] = RPE_SHUFFLE(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        rpe_square_row low = RPE_SHUFFLE(*v[i], *v[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *v[i + 4] = RPE_SHUFFLE(*v[i], *v[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        *v[i] = low;
    }
#else
    rpe_square_row a[4];
    for (int i = 0; i < 4; i += 2) {
        a[i] = RPE_SHUFFLE(*v[i], *v[i + 1], 0, 4, 2, 6);
        a[i + 1] = RPE_SHUFFLE(*v[i], *v[i + 1], 1, 5, 3, 7);
    }
    for (int i = 0; i < 2; i++) {
        *v[i] = RPE_SHUFFLE(a[i], a[i + 2], 0, 1, 4, 5);
        *v[i + 2] = RPE_SHUFFLE(a[i], a[i + 2], 2, 3, 6, 7);
    }
#endif
}

#endif
