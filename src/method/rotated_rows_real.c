/* Pairs of elements that turn, in the precision of the file. */
#include <string.h>

#include "base/dispatch.h"
#include "base/fetch.h"
#include "base/real.h"
#include "method/rotated_rows.h"

#define AHEAD 32 /* rows */

RPE_DISPATCH
static void turn_halves(size_t pairs, const real *restrict x, const real *cosine, const real *sine,
                        real *restrict to)
{
    for (size_t j = 0; j < pairs; j++) {
        real a = x[j], b = x[pairs + j];
        to[j] = a * cosine[j] - b * sine[j];
        to[pairs + j] = a * sine[j] + b * cosine[j];
    }
}

RPE_DISPATCH
static void turn_pairs(size_t pairs, const real *restrict x, const real *cosine, const real *sine,
                       real *restrict to)
{
    for (size_t j = 0; j < pairs; j++) {
        real a = x[2 * j], b = x[2 * j + 1];
        to[2 * j] = a * cosine[j] - b * sine[j];
        to[2 * j + 1] = a * sine[j] + b * cosine[j];
    }
}

void R(rpe_rotated_rows_turn)(const rpe_rotated_rows *rows)
{
    const real *from = rows->from, *cosine = rows->cosine, *sine = rows->sine;
    real *to = rows->to;
    size_t turned = 2 * rows->pairs;
    for (size_t n = 0; n < rows->count; n++) {
        rpe_fetch_read(from, (ptrdiff_t)(AHEAD * rows->from_stride * sizeof *from),
                       rows->size * sizeof *from);
        if (rows->halves)
            turn_halves(rows->pairs, from, cosine, sine, to);
        else
            turn_pairs(rows->pairs, from, cosine, sine, to);
        memcpy(to + turned, from + turned, (rows->size - turned) * sizeof *to);
        from += rows->from_stride;
        to += rows->to_stride;
        cosine += rows->pairs;
        sine += rows->pairs;
    }
}
