#include "report/verdict/faults.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

static bool is_known(const rpe_faults *faults, const char *text)
{
    for (size_t i = 0; i < faults->count; i++)
        if (strcmp(faults->items[i].text, text) == 0)
            return true;
    return false;
}

static rpe_status fault_keep(rpe_faults *faults, const char *text, bool note, rpe_error *error)
{
    if (is_known(faults, text))
        return RPE_OK;
    if (faults->count == faults->capacity) {
        size_t larger = 2 * faults->capacity + 8;
        rpe_fault_text *grown = rpe_memory_allocate(larger, sizeof *grown);
        if (grown == NULL)
            return rpe_error_memory(error, "complaints", larger, sizeof *grown);
        if (faults->count > 0)
            memcpy(grown, faults->items, faults->count * sizeof *grown);
        rpe_memory_free(faults->items);
        faults->items = grown;
        faults->capacity = larger;
    }
    char *copy = rpe_memory_text(text);
    if (copy == NULL)
        return rpe_error_memory(error, "complaints", strlen(text) + 1, 1);
    faults->items[faults->count++] = (rpe_fault_text){copy, note};
    return RPE_OK;
}

rpe_status rpe_faults_take(rpe_faults *faults, rpe_status status, const rpe_error *failure, rpe_error *error)
{
    if (status == RPE_OK)
        return RPE_OK;
    if (status == RPE_ERROR_MEMORY || status == RPE_ERROR_INTERRUPTED)
        return rpe_error_set(error, status, "%s", failure->message);
    faults->status = faults->status == RPE_OK ? status : faults->status;
    return fault_keep(faults, failure->message, false, error);
}

rpe_status rpe_faults_note(rpe_faults *faults, rpe_error *error, const char *format, ...)
{
    char text[RPE_ERROR_CAPACITY];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return fault_keep(faults, text, true, error);
}

rpe_status rpe_faults_join(rpe_faults *faults, rpe_faults *from, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < from->count; i++)
        status = fault_keep(faults, from->items[i].text, from->items[i].note, error);
    faults->status = faults->status == RPE_OK ? from->status : faults->status;
    rpe_faults_destroy(from);
    return status;
}

rpe_status rpe_faults_end(rpe_faults *faults, FILE *stream, rpe_status status, rpe_error *error)
{
    size_t last = faults->count;
    for (size_t i = 0; status == RPE_OK && i < faults->count; i++)
        last = faults->items[i].note ? last : i;
    for (size_t i = 0; i < faults->count; i++)
        if (i != last)
            fprintf(stream, "rpebench: %s\n", faults->items[i].text);
    if (last < faults->count)
        status = rpe_error_set(error, faults->status, "%s", faults->items[last].text);
    rpe_faults_destroy(faults);
    return status;
}

void rpe_faults_destroy(rpe_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        rpe_memory_free(faults->items[i].text);
    rpe_memory_free(faults->items);
    *faults = (rpe_faults){0};
}
