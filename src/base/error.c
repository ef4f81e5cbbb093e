#include "rpe_error.h"

#include <stdarg.h>
#include <stdio.h>

rpe_status rpe_error_set(rpe_error *error, rpe_status status, const char *format, ...)
{
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    for (char *c = error->message; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    return status;
}

rpe_status rpe_error_memory(rpe_error *error, const char *what, size_t count, size_t size)
{
    return rpe_error_set(error, RPE_ERROR_MEMORY, "out of memory: %s needs %zu x %zu bytes", what, count,
                         size);
}
