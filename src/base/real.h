/* One source, two precisions: a *_real.c file is compiled twice, with RPE_REAL_SINGLE and with RPE_REAL_DOUBLE, and writes
   `real` and R(name).  It ends in a const struct of functions R(rpe_..._functions); a neutral file collects the two in a
   table indexed by rpe_precision, so callers see no suffixes. */
#ifndef RPE_REAL_H
#define RPE_REAL_H

#if defined(RPE_REAL_SINGLE)
typedef float real;
#define R(name) name##_single
#elif defined(RPE_REAL_DOUBLE)
typedef double real;
#define R(name) name##_double
#else
#error "base/real.h is for *_real.c files, which are compiled once per precision"
#endif

#endif
