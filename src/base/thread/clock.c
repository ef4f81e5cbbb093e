#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

double rpe_clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *rpe_clock_date(char text[RPE_CLOCK_CAPACITY])
{
    time_t now = time(NULL);
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch != NULL) {
        char *end;
        long long seconds = strtoll(epoch, &end, 10);
        if (end != epoch && *end == '\0')
            now = (time_t)seconds;
    }
    struct tm parts;
    if (gmtime_r(&now, &parts) == NULL ||
        strftime(text, RPE_CLOCK_CAPACITY, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
    return text;
}
