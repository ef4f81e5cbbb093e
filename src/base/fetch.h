/* Rows of several heads are far apart, where no processor looks ahead by itself: the one that is needed some rows later is fetched
   by who reads or writes the rows first. */
#ifndef RPE_FETCH_H
#define RPE_FETCH_H

#include <stddef.h>
#include <stdint.h>

#define RPE_FETCH_LINE 64 /* bytes */

/* The lines of the row that is `ahead` bytes on, or back. */
static inline void rpe_fetch_read(const void *row, ptrdiff_t ahead, size_t bytes)
{
    for (uintptr_t at = (uintptr_t)row + (uintptr_t)ahead, end = at + bytes; at < end; at += RPE_FETCH_LINE)
        __builtin_prefetch((const void *)at);
}

static inline void rpe_fetch_write(const void *row, ptrdiff_t ahead, size_t bytes)
{
    for (uintptr_t at = (uintptr_t)row + (uintptr_t)ahead, end = at + bytes; at < end; at += RPE_FETCH_LINE)
        __builtin_prefetch((const void *)at, 1);
}

#endif
