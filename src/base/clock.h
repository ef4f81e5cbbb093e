/* Time. */
#ifndef RPE_CLOCK_H
#define RPE_CLOCK_H

#include <stddef.h>

/* Seconds on a monotonic clock; only differences mean something. */
double rpe_clock_seconds(void);

/* UTC date and time, "2026-01-31T23:59:59Z"; SOURCE_DATE_EPOCH, if set, is taken instead of now. */
#define RPE_CLOCK_CAPACITY 32
const char *rpe_clock_date(char text[RPE_CLOCK_CAPACITY]);

#endif
