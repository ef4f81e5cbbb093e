/* Codes that come from other places of the same array: other realizations, heads or positions. */
#ifndef CODES_MOVED_H
#define CODES_MOVED_H

#include "causes_problem.h"

static inline size_t positions_of(const shape *s, int side)
{
    size_t count = 1;
    for (size_t i = 0; i < s->axes; i++)
        count *= side == 0 ? s->queries[i] : s->keys[i];
    return count;
}

static inline size_t place_of(const shape *s, size_t n, size_t h, size_t d, size_t r)
{
    return ((n * s->heads + h) * s->features + d) * s->realizations + r;
}

typedef struct source {
    size_t n, h, d, r;
} source;

/* Each code of the side becomes that which `from` says, 0 where it says no position. */
static inline void side_move(const shape *s, codes *drawn, int side,
                             source (*from)(const shape *, int, source))
{
    rpe_error error;
    rpe_array *array = &drawn->side[side], old = {0};
    rpe_test_ok(rpe_array_create(&old, array->precision, array->rank, array->shape, "codes", &error), &error);
    for (size_t at = 0; at < rpe_array_count(array); at++)
        code_set(&old, at, code_get(array, at));
    for (size_t at = 0; at < rpe_array_count(array); at++) {
        source to = {at / s->realizations / s->features / s->heads,
                     at / s->realizations / s->features % s->heads, at / s->realizations % s->features,
                     at % s->realizations};
        source x = from(s, side, to);
        code_set(array, at, x.n == SIZE_MAX ? 0 : code_get(&old, place_of(s, x.n, x.h, x.d, x.r)));
    }
    rpe_array_destroy(&old);
}

static inline void both_move(const shape *s, codes *drawn, source (*from)(const shape *, int, source))
{
    side_move(s, drawn, 0, from);
    side_move(s, drawn, 1, from);
}

/* ---- where codes come from ---- */

static inline source from_first_half(const shape *s, int side, source x)
{
    (void)side;
    x.r %= s->realizations / 2;
    return x;
}

static inline source from_third(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.r = x.r % 3 == 2 ? x.r - 1 : x.r;
    return x;
}

static inline source from_third_of_head_1(const shape *s, int side, source x)
{
    return x.h == 1 ? from_third(s, side, x) : x;
}

/* one realization of one feature */
static inline source from_one(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.r = x.h == 1 && x.d == 2 && x.r == 90 ? 17 : x.r;
    return x;
}

static inline source from_heads_turned(const shape *s, int side, source x)
{
    (void)side;
    x.h = (x.h + 1) % s->heads;
    return x;
}

static inline source from_two_heads(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.h = x.h == 0 ? 1 : x.h == 1 ? 0 : x.h;
    return x;
}

static inline source from_before(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.n = x.n == 0 ? SIZE_MAX : x.n - 1;
    return x;
}

static inline source from_before_around(const shape *s, int side, source x)
{
    size_t count = positions_of(s, side);
    x.n = (x.n + count - 1) % count;
    return x;
}

static inline source from_before_repeated(const shape *s, int side, source x)
{
    (void)side, (void)s;
    x.n = x.n == 0 ? 0 : x.n - 1;
    return x;
}

static inline source from_after(const shape *s, int side, source x)
{
    x.n = x.n + 1 == positions_of(s, side) ? SIZE_MAX : x.n + 1;
    return x;
}

static inline source from_end(const shape *s, int side, source x)
{
    x.n = positions_of(s, side) - 1 - x.n;
    return x;
}

#endif
