/* Run-time dispatch by the compiler: the function is compiled for AVX2 too and the loader takes what the processor has.
   AVX2 without FMA: no contraction, so both give the same bits.  FUSED: with FMA, for long sums of products, whose bits
   depend on the processor as those of BLAS do.
   With RPE_NO_DISPATCH there is what every processor has, and no more: so that it can be tested where it would not be taken. */
#ifndef RPE_DISPATCH_H
#define RPE_DISPATCH_H

/* Whether functions may be compiled for AVX2 and FMA one by one, to be called where __builtin_cpu_supports says so. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(RPE_NO_DISPATCH)
#define RPE_WIDE 1
#else
#define RPE_WIDE 0
#endif

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__) && !defined(RPE_NO_DISPATCH)
#define RPE_DISPATCH __attribute__((target_clones("avx2", "default")))
#if __GNUC__ >= 12
#define RPE_DISPATCH_FUSED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else /* which has no dispatcher for levels of the architecture: AVX and FMA, integers in halves */
#define RPE_DISPATCH_FUSED __attribute__((target_clones("fma", "default")))
#endif
#else
#define RPE_DISPATCH
#define RPE_DISPATCH_FUSED
#endif

/* The same for static functions, which clang can dispatch too, if their name is the only one of its kind in the program;
   an external function would lose its plain name there. */
#if defined(__x86_64__) && defined(__clang__) && !defined(RPE_NO_DISPATCH)
#if __clang_major__ >= 14 && !__has_feature(address_sanitizer)
#define RPE_DISPATCH_STATIC __attribute__((target_clones("avx2", "default"))) static
#define RPE_DISPATCH_FUSED_STATIC __attribute__((target_clones("fma", "default"))) static
#endif
#endif
#ifndef RPE_DISPATCH_STATIC
#define RPE_DISPATCH_STATIC RPE_DISPATCH static
#define RPE_DISPATCH_FUSED_STATIC RPE_DISPATCH_FUSED static
#endif

#endif
