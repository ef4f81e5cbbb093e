#include "file/provenance.h"

#include <gsl/gsl_version.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/blas.h"
#include "base/clock.h"
#include "base/processors.h"
#include "file/json.h"
#include "rpe_revision.h"

const char *rpe_version(void)
{
    return RPE_VERSION_TEXT;
}

const char *rpe_revision(void)
{
    return RPE_REVISION_TEXT;
}

const char *rpe_bytes_hash(const char *bytes, size_t count, char hash[RPE_HASH_CAPACITY])
{
    uint64_t state = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < count; i++)
        state = (state ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
    snprintf(hash, RPE_HASH_CAPACITY, "%016" PRIx64, state);
    return hash;
}

const char *rpe_text_hash(const char *text, char hash[RPE_HASH_CAPACITY])
{
    return rpe_bytes_hash(text, strlen(text), hash);
}

/* Takes the value; a value that could not be made, or no room for it, is noted in *failed. */
static void entry_put(json_t *object, const char *key, json_t *value, bool *failed)
{
    if (json_object_set_new(object, key, value) != 0)
        *failed = true;
}

/* What other programs say need not be UTF-8, which JSON must be: then null, as for what is not known. */
static json_t *text_value(const char *text)
{
    json_t *value = text == NULL ? json_null() : json_string(text);
    if (value != NULL || text == NULL)
        return value;
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            return json_null();
    return NULL;
}

static const char *jansson_version(void)
{
#if JANSSON_VERSION_HEX >= 0x020D00
    return jansson_version_str();
#else
    return JANSSON_VERSION;
#endif
}

static const char *libc_version(void)
{
#ifdef __GLIBC__
    return gnu_get_libc_version();
#else
    return NULL;
#endif
}

/* "gnuplot 5.4 patchlevel 4", asked for once; NULL where it is not installed. */
static const char *gnuplot_version(void)
{
    static char line[128];
    static bool asked;
    if (asked)
        return line[0] == '\0' ? NULL : line;
    asked = true;
    FILE *stream = popen("gnuplot --version 2>/dev/null </dev/null", "r");
    if (stream == NULL)
        return NULL;
    if (fgets(line, sizeof line, stream) != NULL)
        line[strcspn(line, "\n")] = '\0';
    if (pclose(stream) != 0)
        line[0] = '\0';
    return line[0] == '\0' ? NULL : line;
}

static json_t *libraries_value(bool *failed)
{
    json_t *object = json_object();
    entry_put(object, "gsl", text_value(gsl_version), failed);
    entry_put(object, "blas", text_value(rpe_blas_configuration()), failed);
    entry_put(object, "blas_library", text_value(rpe_blas_library()), failed);
    entry_put(object, "random123", text_value(RPE_RANDOM123_TEXT), failed);
    entry_put(object, "gnuplot", text_value(gnuplot_version()), failed);
    entry_put(object, "jansson", text_value(jansson_version()), failed);
    entry_put(object, "libc", text_value(libc_version()), failed);
    return object;
}

/* "model name : Intel(R) ..." of the first processor; the text itself lies in line.  NULL where there is none. */
static const char *processor_model(char *line, int capacity)
{
    static const char key[] = "model name";
    const char *model = NULL;
    FILE *stream = fopen("/proc/cpuinfo", "re");
    if (stream == NULL)
        return NULL;
    while (model == NULL && fgets(line, capacity, stream) != NULL) {
        if (strncmp(line, key, sizeof key - 1) != 0 || (model = strchr(line, ':')) == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        model += 1 + strspn(model + 1, " \t");
    }
    fclose(stream);
    return model;
}

static json_t *load_value(void)
{
    double load[3];
    json_t *list = json_array();
    const int count = getloadavg(load, 3);
    for (int i = 0; i < count; i++)
        if (json_array_append_new(list, rpe_json_real(load[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *memory_value(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages < 0 || size < 0 ? json_null() : json_integer((json_int_t)pages * size);
}

static void computer_put(json_t *object, bool *failed)
{
    char line[512], system[sizeof(struct utsname)];
    struct utsname name;
    const bool named = uname(&name) >= 0;
    const char *model = processor_model(line, sizeof line);
    if (named)
        snprintf(system, sizeof system, "%s %s %s", name.sysname, name.release, name.machine);
    if (model == NULL && named)
        model = name.machine;
    entry_put(object, "processor", text_value(model), failed);
    entry_put(object, "processors", json_integer(rpe_processors_count()), failed);
    rpe_threads_default threads = rpe_threads_default_now();
    entry_put(object, "threads_default", json_integer(threads.threads), failed);
    entry_put(object, "threads_default_from", json_string(threads.reason), failed);
    entry_put(object, "load", load_value(), failed);
    entry_put(object, "memory_bytes", memory_value(), failed);
    entry_put(object, "system", text_value(named ? system : NULL), failed);
}

json_t *rpe_provenance_machine(void)
{
    char date[RPE_CLOCK_CAPACITY];
    bool failed = false;
    json_t *object = json_object();
    entry_put(object, "program", json_string("rpebench"), &failed);
    entry_put(object, "version", text_value(rpe_version()), &failed);
    entry_put(object, "revision", text_value(rpe_revision()), &failed);
    entry_put(object, "compiler", text_value(RPE_COMPILER_TEXT), &failed);
    entry_put(object, "flags", text_value(RPE_FLAGS_TEXT), &failed);
    entry_put(object, "build_type", text_value(RPE_BUILD_TYPE_TEXT), &failed);
    entry_put(object, "libraries", libraries_value(&failed), &failed);
    computer_put(object, &failed);
    entry_put(object, "date", text_value(rpe_clock_date(date)), &failed);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}
