#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "experiment/plan.h"

/* The number behind the key in a file of lines "key: number" or "key number"; false where there is none. */
static bool key_read(const char *path, const char *key, uint64_t *number)
{
    char line[256];
    bool found = false;
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    const size_t length = strlen(key);
    while (!found && fgets(line, sizeof line, stream) != NULL)
        found = strncmp(line, key, length) == 0 && sscanf(line + length, "%*[: ]%" SCNu64, number) == 1;
    fclose(stream);
    return found;
}

/* A file that is one number; "max" is none. */
static bool number_read(const char *folder, const char *name, uint64_t *number)
{
    char path[4400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    bool found = fscanf(stream, "%" SCNu64, number) == 1;
    fclose(stream);
    return found;
}

static size_t least(size_t a, uint64_t b)
{
    return (uint64_t)a < b ? a : (size_t)b;
}

static uint64_t difference(uint64_t limit, uint64_t used)
{
    return limit > used ? limit - used : 0;
}

/* What a control group leaves; pages of files are given back when they are needed. */
static size_t group_available(const char *folder, const char *limit_name, const char *used_name,
                              const char *files_key)
{
    uint64_t limit, used, files = 0;
    char path[4400];
    if (!number_read(folder, limit_name, &limit) || !number_read(folder, used_name, &used))
        return SIZE_MAX;
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    (void)key_read(path, files_key, &files);
    return least(SIZE_MAX, difference(limit, difference(used, files)));
}

/* Version 2: of the group of the process, and of what it sees as the root; version 1: of the root. */
static size_t groups_available(void)
{
    char line[4096], folder[4200];
    size_t found = group_available("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");
    found = least(found, group_available("/sys/fs/cgroup/memory", "memory.limit_in_bytes",
                                         "memory.usage_in_bytes", "total_inactive_file"));
    FILE *stream = fopen("/proc/self/cgroup", "re");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4) != 0)
            continue;
        snprintf(folder, sizeof folder, "/sys/fs/cgroup%s", line + 3);
        found = least(found, group_available(folder, "memory.max", "memory.current", "inactive_file"));
    }
    if (stream != NULL)
        fclose(stream);
    return found;
}

size_t rpe_memory_available(void)
{
    struct rlimit limit;
    uint64_t kibibytes, pages;
    size_t available = groups_available();
    if (key_read("/proc/meminfo", "MemAvailable", &kibibytes))
        available = least(available, 1024 * kibibytes);
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        number_read("/proc/self", "statm", &pages))
        available =
            least(available, difference((uint64_t)limit.rlim_cur, pages * (uint64_t)sysconf(_SC_PAGESIZE)));
    return available;
}
