/* Run-time dispatch by the compiler: the function is compiled for AVX2 too and the loader takes what the processor has.
   AVX2 without FMA: no contraction, so both give the same bits. */
#ifndef RPE_DISPATCH_H
#define RPE_DISPATCH_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define RPE_DISPATCH __attribute__((target_clones("avx2", "default")))
#else
#define RPE_DISPATCH
#endif

#endif
