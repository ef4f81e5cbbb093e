#define _GNU_SOURCE /* sched_getaffinity */
#include "base/processors.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_MOST = 4096 };

int rpe_processors_count(void)
{
    cpu_set_t set;
    /* A set of more than 1,024 processors does not fit: all that are on line, then. */
    long count =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (int)count;
}

/* ---- control groups ---- */

/* The first words of DIRECTORY/NAME; false: there is no such file. */
static bool words_read(const char *directory, const char *name, char words[64])
{
    char path[PATH_MOST + 32];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    bool is_read = fgets(words, 64, stream) != NULL;
    fclose(stream);
    return is_read;
}

static double ratio(double quota, double period)
{
    return quota > 0 && period > 0 ? quota / period : INFINITY;
}

/* "150000 100000" or "max 100000" */
static double quota_of_version_2(const char *directory)
{
    char words[64];
    double quota, period;
    bool limits = words_read(directory, "cpu.max", words) && sscanf(words, "%lf %lf", &quota, &period) == 2;
    return limits ? ratio(quota, period) : INFINITY;
}

/* "150000", or "-1" where there is none. */
static double quota_of_version_1(const char *directory)
{
    char words[2][64];
    double quota, period;
    bool limits = words_read(directory, "cpu.cfs_quota_us", words[0]) &&
                  words_read(directory, "cpu.cfs_period_us", words[1]) &&
                  sscanf(words[0], "%lf", &quota) == 1 && sscanf(words[1], "%lf", &period) == 1;
    return limits ? ratio(quota, period) : INFINITY;
}

/* Of the group and of all above it.  In a container the path may be the host's: what is not there limits nothing. */
static double quota_upwards(const char *mount, const char *group, double (*quota_of)(const char *))
{
    char directory[PATH_MOST];
    size_t root = strlen(mount);
    int length = snprintf(directory, sizeof directory, "%s%s", mount, group);
    double least = INFINITY;
    if (length < 0 || (size_t)length >= sizeof directory)
        return least;
    for (;;) {
        least = fmin(least, quota_of(directory));
        char *slash = strrchr(directory + root, '/');
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

/* Whether one of the names "cpu,cpuacct" is cpu. */
static bool has_controller(const char *names)
{
    for (const char *at = names; at != NULL; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == '\0' || at[3] == ','))
            return true;
    }
    return false;
}

/* "0::/group" of version 2, "4:cpu,cpuacct:/group" of version 1, which is mounted by its controllers' names. */
static double quota_of_line(char *line, const char *mount)
{
    char directory[PATH_MOST];
    char *names = strchr(line, ':'), *group = names == NULL ? NULL : strchr(names + 1, ':');
    if (group == NULL)
        return INFINITY;
    *group++ = '\0';
    names++;
    if (*names == '\0')
        return quota_upwards(mount, group, quota_of_version_2);
    if (!has_controller(names))
        return INFINITY;
    int length = snprintf(directory, sizeof directory, "%s/%s", mount, names);
    bool fits = length > 0 && (size_t)length < sizeof directory;
    return fits ? quota_upwards(directory, group, quota_of_version_1) : INFINITY;
}

double rpe_processors_quota(const char *membership, const char *mount)
{
    char line[PATH_MOST];
    double least = INFINITY;
    FILE *stream = fopen(membership, "re");
    if (stream == NULL)
        return least;
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        least = fmin(least, quota_of_line(line, mount));
    }
    fclose(stream);
    return least;
}

/* ---- the default ---- */

static double own_quota;

static void own_quota_find(void)
{
    own_quota = rpe_processors_quota("/proc/self/cgroup", "/sys/fs/cgroup");
}

/* 0: not set, or not a number. */
static long wanted_threads(void)
{
    const char *text = getenv("OMP_NUM_THREADS");
    char *end;
    if (text == NULL)
        return 0;
    long wanted = strtol(text, &end, 10);
    end += strspn(end, " \t");
    return end != text && wanted > 0 && (*end == '\0' || *end == ',') ? wanted : 0;
}

rpe_threads_default rpe_threads_default_now(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, own_quota_find);
    rpe_threads_default found = {.threads = rpe_processors_count(), .reason = "processors"};
    long wanted = wanted_threads();
    if (wanted > 0) {
        found.threads = (int)(wanted < RPE_THREADS_MOST ? wanted : RPE_THREADS_MOST);
        snprintf(found.reason, sizeof found.reason, "OMP_NUM_THREADS");
    } else if (ceil(own_quota) < found.threads) {
        found.threads = (int)ceil(own_quota);
        snprintf(found.reason, sizeof found.reason, "the control group's quota of %.3g processors",
                 own_quota);
    }
    if (found.threads > RPE_THREADS_MOST)
        found.threads = RPE_THREADS_MOST;
    return found;
}
