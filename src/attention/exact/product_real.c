/* Products of a few rows and one panel in registers, in the precision of the file. */
#include "attention/exact/product.h"

#include "attention/map/exponential.h"
#include "base/dispatch.h"

#define TILE 6                   /* rows: 12 sums, 2 vectors of B and a factor are the 16 registers */
#define CACHE ((size_t)24 << 10) /* bytes of B that are kept near while the rows pass */

/* sum_k A(i,k) B(k,.), i < rows <= TILE: a constant of each call */
RPE_INLINE void tile(size_t rows, size_t depth, const real *a, size_t a_row, size_t a_step, const real *b,
                     size_t b_row, real *c, size_t c_row, bool add)
{
    rpe_vector low[TILE] = {{0}}, high[TILE] = {{0}};
    const real *row[TILE];
#pragma GCC unroll 6
    for (size_t i = 0; i < rows; i++) {
        row[i] = a + i * a_row;
    }
    for (size_t k = 0; k < depth; k++, b += b_row) {
        rpe_vector b_low = *(const rpe_vector_stored *)b;
        rpe_vector b_high = *(const rpe_vector_stored *)(b + RPE_VECTOR);
#pragma GCC unroll 6
        for (size_t i = 0; i < rows; i++) {
            real factor = row[i][k * a_step];
            low[i] += factor * b_low;
            high[i] += factor * b_high;
        }
    }
#pragma GCC unroll 6
    for (size_t i = 0; i < rows; i++) {
        rpe_vector_stored *to = (rpe_vector_stored *)(c + i * c_row);
        rpe_vector_stored *to_high = (rpe_vector_stored *)(c + i * c_row + RPE_VECTOR);
        if (add) {
            *to += low[i];
            *to_high += high[i];
        } else {
            *to = low[i];
            *to_high = high[i];
        }
    }
}

/* One panel against rows i .. end-1. */
RPE_INLINE void panel_rows(size_t i, size_t end, size_t depth, const R(rpe_left) * a, const real *b,
                           size_t b_row, real *c, size_t c_row, bool add)
{
    for (size_t rows; i < end; i += rows) {
        const real *from = a->values + i * a->row;
        real *to = c + i * c_row;
        rows = end - i < TILE ? end - i : TILE;
        switch (rows) {
        case TILE:
            tile(TILE, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        case 5:
            tile(5, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        case 4:
            tile(4, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        case 3:
            tile(3, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        case 2:
            tile(2, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        default:
            tile(1, depth, from, a->row, a->step, b, b_row, to, c_row, add);
            break;
        }
    }
}

/* A small B stays while the rows pass; of a large one each panel does. */
RPE_DISPATCH_FUSED_STATIC
void R(product)(size_t rows, size_t panels, size_t depth, const R(rpe_left) * a, const R(rpe_right) * b,
                const R(rpe_target) * c, bool add)
{
    size_t group = panels * depth * RPE_PANEL * sizeof(real) <= CACHE ? TILE : rows;
    for (size_t i = 0; i < rows; i += group) {
        size_t end = rows - i < group ? rows : i + group;
        for (size_t p = 0; p < panels; p++) {
            panel_rows(i, end, depth, a, b->values + p * b->panel, b->row, c->values + p * c->panel, c->row,
                       add);
        }
    }
}

void R(rpe_product)(size_t rows, size_t panels, size_t depth, const R(rpe_left) * a, const R(rpe_right) * b,
                    const R(rpe_target) * c, bool add)
{
    R(product)(rows, panels, depth, a, b, c, add);
}
