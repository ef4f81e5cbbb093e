/* rpebench as a library: relative positional attention, exact and approximate, on arrays in memory.

   Link with librpebench (pkg-config rpebench; CMake: find_package(rpebench), target rpebench::rpebench), or load it from another
   language: all arguments are numbers, texts, pointers and one plain struct.  What is computed is in SPECIFICATION.md, which is
   installed beside the licence.

   Arrays are row-major (C order) and contiguous.  With a batch of B items, M queries and N keys, H heads of D features, V features
   of a value and R realizations they are
     queries [B,M,H,D]   keys [B,N,H,D]   values [B,N,H,V]   outputs [B,M,H,V]   encoded queries [B,M,H,R], keys [B,N,H,R]
   of double, or of float where the problem says single.  With a kernel of 2 or 3 axes M and N are products of as many extents.

   Errors.  A function that can fail returns RPEBENCH_OK or another status, or NULL; rpebench_error_text then says in one line
   what was expected and what was found.  Outputs are unspecified then.  Nothing is printed, nothing ends the process.
   Threads.  Functions may be called by several threads at once, and with one kernel.  Where the system refuses threads, those
   that there are do the work, the caller's at least; in a process that was forked after a call, the caller's alone.
   Signals.  No handler is installed; the library's threads block all signals, so that the host's threads get them.
   Stability.  Functions are only added, and members only at the end of the struct, whose size the caller states.  A struct of
   an older header is taken: the members that it lacks are 0, and it reaches at least up to `single`.  A struct of a newer
   header is taken if the members that this version does not know are 0, and refused otherwise. */
#ifndef RPEBENCH_H
#define RPEBENCH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RPEBENCH_API __attribute__((visibility("default")))
#else
#define RPEBENCH_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum {
    RPEBENCH_OK = 0,
    RPEBENCH_ERROR_INPUT = 1,  /* an argument or a file is not what it must be */
    RPEBENCH_ERROR_MEMORY = 2, /* no memory, or sizes that overflow */
    RPEBENCH_ERROR_FILE = 3,   /* the operating system refused */
    RPEBENCH_ERROR_NUMERIC = 4 /* a result is not finite */
};

/* "0.1.0" */
RPEBENCH_API const char *rpebench_version(void);
/* Of the last call of this thread that failed; "" before any.  Valid until the next one fails. */
RPEBENCH_API const char *rpebench_error_text(void);

/* Keys of the methods of attention ("explicit", "softmax", "relu", "favor", ...) and of the samplers of noise ("gaussian", ...),
   index 0, 1, ... until NULL. */
RPEBENCH_API const char *rpebench_method_name(size_t index);
RPEBENCH_API const char *rpebench_sampler_name(size_t index);

/* A position kernel P_d(lag), read from JSON.  NULL on failure; release it with rpebench_kernel_destroy (NULL is allowed). */
typedef struct rpebench_kernel rpebench_kernel;
RPEBENCH_API rpebench_kernel *rpebench_kernel_read(const char *path);
RPEBENCH_API void rpebench_kernel_destroy(rpebench_kernel *kernel);
RPEBENCH_API size_t rpebench_kernel_heads(const rpebench_kernel *kernel);
RPEBENCH_API size_t rpebench_kernel_features(const rpebench_kernel *kernel); /* D */
RPEBENCH_API size_t rpebench_kernel_axes(const rpebench_kernel *kernel);     /* 1 to 3 */
/* P_d of a kernel of one axis at the lags -(length-1) .. length-1, the gate included: values [H,D,2 length - 1]. */
RPEBENCH_API int rpebench_kernel_values(const rpebench_kernel *kernel, size_t length, double *values);

/* Shapes, and what is drawn.  Zeroed members are what the comments say. */
typedef struct rpebench_problem {
    size_t struct_size;     /* sizeof(rpebench_problem), of the header that the caller was compiled with */
    size_t batch;           /* B; 0: 1 */
    size_t heads, features; /* H, D */
    size_t value_features;  /* V; for attention */
    size_t queries[3], keys[3]; /* M and N, one extent for each axis of the kernel, the rest 0 */
    int single;                 /* arrays are float */
    int causal;                 /* query m sees the keys n <= m only */
    int shared_heads;           /* all heads use the noise of the first */
    int threads;                /* 0: OMP_NUM_THREADS, or the processors; results do not depend on it */
    const char *sampler;        /* where the noise comes from; NULL: "gaussian" */
    size_t realizations;        /* R; for encoding, and attention on encoded queries and keys */
    size_t projections;         /* F; for methods with random features */
    uint64_t seed; /* the same seed gives the numbers of `rpebench encode` and `rpebench attend` */
} rpebench_problem;

/* Encoded queries and keys, whose dot products over sqrt(R) approximate the scores with the kernel, on average exactly. */
RPEBENCH_API int rpebench_encode(const rpebench_kernel *kernel, const rpebench_problem *problem,
                                 const void *queries, const void *keys, void *encoded_queries,
                                 void *encoded_keys);

/* Outputs of a method: "explicit" is the exact attention, quadratic in time; the others encode first where there is a kernel.
   kernel may be NULL: no positions. */
RPEBENCH_API int rpebench_attend(const char *method, const rpebench_kernel *kernel,
                                 const rpebench_problem *problem, const void *queries, const void *keys,
                                 const void *values, void *outputs);

#ifdef __cplusplus
}
#endif

#endif
