/* Processors, and how many threads to use where nobody says. */
#ifndef RPE_PROCESSORS_H
#define RPE_PROCESSORS_H

/* That this process may run on (its affinity), at least 1. */
int rpe_processors_count(void);

#define RPE_THREADS_MOST 1024

/* Threads to use by default, 1 .. RPE_THREADS_MOST, and a sentence's end that says why.  In this order:
     OMP_NUM_THREADS, if it is a number of at least 1 (of a list the first);
     the quota of the process's control groups in processors, rounded up, where that is less than what follows;
     rpe_processors_count. */
typedef struct rpe_threads_default {
    int threads;
    char reason[64]; /* "processors", "OMP_NUM_THREADS", "the control group's quota of 1.5 processors" */
} rpe_threads_default;
rpe_threads_default rpe_threads_default_now(void);

/* Processors that the control groups of a process leave it; INFINITY: as many as there are.  The least of its group and of
   those above it, by cpu.max (version 2), or cpu.cfs_quota_us over cpu.cfs_period_us (version 1).
   membership: as /proc/self/cgroup; mount: as /sys/fs/cgroup.  What cannot be read is no limit. */
double rpe_processors_quota(const char *membership, const char *mount);

#endif
