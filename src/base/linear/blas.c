#define _GNU_SOURCE /* dladdr, RTLD_NEXT */
#include "base/blas.h"

#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* OpenBLAS without its header, which collides with gsl_cblas.h. */
char *openblas_get_config(void);
/* Defined here, they take the place of OpenBLAS's own of the same name, which therefore must see them. */
__attribute__((visibility("default"))) void *blas_memory_alloc(int unused);
__attribute__((visibility("default"))) void blas_memory_free(void *buffer);

static pthread_mutex_t buffers = PTHREAD_MUTEX_INITIALIZER, calls = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t probe_once = PTHREAD_ONCE_INIT, forks_once = PTHREAD_ONCE_INIT;
static atomic_int buffers_taken;
static long
    buffers_out; /* with the lock `buffers`: not atomic, so that a count that does not end at 0 shows its lack */
static int guarded;

/* Pointers to functions through pointers to objects, as POSIX allows and ISO C does not say. */
static void find_next(const char *name, void *function, size_t size)
{
    void *address = dlsym(RTLD_NEXT, name);
    memcpy(function, &address, size);
}

/* A child has the locks as they were, and of the threads only the one that forked: it holds both. */
static void before_fork(void)
{
    pthread_mutex_lock(&calls);
    pthread_mutex_lock(&buffers);
}

static void after_fork(void)
{
    pthread_mutex_unlock(&buffers);
    pthread_mutex_unlock(&calls);
}

static void watch_forks(void)
{
    (void)pthread_atfork(before_fork, after_fork, after_fork);
}

void *blas_memory_alloc(int unused)
{
    static void *(*next)(int);
    pthread_once(&forks_once, watch_forks);
    pthread_mutex_lock(&buffers);
    if (next == NULL)
        find_next("blas_memory_alloc", &next, sizeof next);
    void *buffer = next == NULL ? NULL : next(unused);
    buffers_out++;
    pthread_mutex_unlock(&buffers);
    atomic_fetch_add(&buffers_taken, 1);
    return buffer;
}

void blas_memory_free(void *buffer)
{
    static void (*next)(void *);
    pthread_mutex_lock(&buffers);
    if (next == NULL)
        find_next("blas_memory_free", &next, sizeof next);
    if (next != NULL)
        next(buffer);
    buffers_out--;
    pthread_mutex_unlock(&buffers);
}

/* A product that is too large for the paths without a buffer. */
static void probe(void)
{
    enum { SIZE = 160 };
    static double a[SIZE * SIZE], c[SIZE * SIZE];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIZE, SIZE, SIZE, 1.0, a, SIZE, a, SIZE, 0.0, c,
                SIZE);
    guarded = atomic_load(&buffers_taken) > 0;
}

long rpe_blas_buffers_out(void)
{
    pthread_mutex_lock(&buffers);
    long count = buffers_out;
    pthread_mutex_unlock(&buffers);
    return count;
}

int rpe_blas_is_guarded(void)
{
    pthread_once(&probe_once, probe);
    return guarded;
}

void rpe_blas_enter(void)
{
    if (!rpe_blas_is_guarded())
        pthread_mutex_lock(&calls);
}

void rpe_blas_leave(void)
{
    if (!rpe_blas_is_guarded())
        pthread_mutex_unlock(&calls);
}

const char *rpe_blas_library(void)
{
    Dl_info found;
    void (*gemm)(const enum CBLAS_ORDER, const enum CBLAS_TRANSPOSE, const enum CBLAS_TRANSPOSE, const int,
                 const int, const int, const double, const double *, const int, const double *, const int,
                 const double, double *, const int) = cblas_dgemm;
    void *address;
    memcpy(&address, &gemm, sizeof address);
    if (dladdr(address, &found) == 0 || found.dli_fname == NULL)
        return "unknown";
    return found.dli_fname;
}

const char *rpe_blas_configuration(void)
{
    return openblas_get_config();
}
