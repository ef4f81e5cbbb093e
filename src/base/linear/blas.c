#define _GNU_SOURCE /* dladdr, RTLD_NEXT */
#include "base/blas.h"

#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

/* OpenBLAS without its header, which collides with gsl_cblas.h. */
char *openblas_get_config(void);
/* Defined here, they take the place of OpenBLAS's own of the same name, which therefore must see them. */
__attribute__((visibility("default"))) void *blas_memory_alloc(int unused);
__attribute__((visibility("default"))) void blas_memory_free(void *buffer);

static pthread_mutex_t buffers = PTHREAD_MUTEX_INITIALIZER, calls = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t call_ended = PTHREAD_COND_INITIALIZER;
static pthread_once_t probe_once = PTHREAD_ONCE_INIT, forks_once = PTHREAD_ONCE_INIT;
static atomic_int buffers_taken;
static long
    buffers_out; /* with the lock `buffers`: not atomic, so that a count that does not end at 0 shows its lack */
static int guarded;

/* Calls under way, and buffers that OpenBLAS has mapped: it keeps them. */
static atomic_long calls_open, buffers_mapped;
static atomic_int calls_waiting;
static atomic_bool probed;

/* What OpenBLAS maps for a buffer on x86-64, and a page; on other processors it is less. */
#define BUFFER_BYTES (((size_t)128 << 20) + 4096)

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

/* The calls of the other threads do not end there, and what they hold is not given back. */
static void after_fork_in_child(void)
{
    atomic_fetch_sub(&buffers_mapped, buffers_out);
    buffers_out = 0;
    atomic_store(&calls_open, 0);
    atomic_store(&calls_waiting, 0);
    call_ended = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    after_fork();
}

static void watch_forks(void)
{
    (void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* OpenBLAS's own, with the lock `buffers`. */
static void *buffer_take(int unused)
{
    static void *(*next)(int);
    if (next == NULL)
        find_next("blas_memory_alloc", &next, sizeof next);
    void *buffer = next == NULL ? NULL : next(unused);
    buffers_out++;
    if (buffers_out > atomic_load(&buffers_mapped))
        atomic_store(&buffers_mapped, buffers_out);
    return buffer;
}

static void buffer_return(void *buffer)
{
    static void (*next)(void *);
    if (next == NULL)
        find_next("blas_memory_free", &next, sizeof next);
    if (next != NULL)
        next(buffer);
    buffers_out--;
}

void *blas_memory_alloc(int unused)
{
    pthread_once(&forks_once, watch_forks);
    pthread_mutex_lock(&buffers);
    void *buffer = buffer_take(unused);
    pthread_mutex_unlock(&buffers);
    atomic_fetch_add(&buffers_taken, 1);
    return buffer;
}

void blas_memory_free(void *buffer)
{
    pthread_mutex_lock(&buffers);
    buffer_return(buffer);
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
    atomic_store(&probed, true);
}

/* Whether so many buffers more can be mapped. */
static bool has_room(long count)
{
    const size_t bytes = (size_t)count * BUFFER_BYTES;
    void *tried =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return tried != MAP_FAILED && munmap(tried, bytes) == 0;
}

/* So many at once are all that are free, and as many new ones as are missing. */
static void buffers_map(long count)
{
    void *buffer = buffer_take(0);
    if (count > 1)
        buffers_map(count - 1);
    buffer_return(buffer);
}

/* With the lock `buffers`: a buffer for each of so many calls. */
static bool buffers_suffice(long open)
{
    long missing = open - atomic_load(&buffers_mapped);
    if (missing <= 0)
        return true;
    if (!has_room(missing))
        return false;
    buffers_map(open - buffers_out);
    return true;
}

static void call_close(void)
{
    atomic_fetch_sub(&calls_open, 1);
    if (atomic_load(&calls_waiting) == 0)
        return;
    pthread_mutex_lock(&buffers);
    pthread_cond_broadcast(&call_ended);
    pthread_mutex_unlock(&buffers);
}

/* OpenBLAS asks for a buffer again and again, for ever, where there is no room for one: it is not asked then. */
static void call_open(void)
{
    if (atomic_fetch_add(&calls_open, 1) < atomic_load(&buffers_mapped))
        return;
    call_close();
    pthread_mutex_lock(&buffers);
    atomic_fetch_add(&calls_waiting, 1);
    while (!buffers_suffice(atomic_load(&calls_open) + 1) && atomic_load(&calls_open) > 0)
        pthread_cond_wait(&call_ended, &buffers);
    atomic_fetch_sub(&calls_waiting, 1);
    atomic_fetch_add(&calls_open, 1);
    pthread_mutex_unlock(&buffers);
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

rpe_status rpe_blas_ready(rpe_error *error)
{
    if (atomic_load(&buffers_mapped) == 0 && !atomic_load(&probed) && !has_room(1))
        return rpe_error_set(error, RPE_ERROR_MEMORY,
                             "products: expected room for a buffer of OpenBLAS, %zu bytes of address space, "
                             "found less (a limit such as ulimit -v)",
                             BUFFER_BYTES);
    (void)rpe_blas_is_guarded();
    return RPE_OK;
}

void rpe_blas_enter(void)
{
    if (rpe_blas_is_guarded())
        call_open();
    else
        pthread_mutex_lock(&calls);
}

void rpe_blas_leave(void)
{
    if (rpe_blas_is_guarded())
        call_close();
    else
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
