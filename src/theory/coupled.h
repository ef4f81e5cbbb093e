/* What random features lose less by projections that share a block.  Internal to this layer. [spec 5, form 13; families D] */
#ifndef RPE_COUPLED_H
#define RPE_COUPLED_H

#include "theory/theory_features.h"

/* sum_b g_b (g_b - 1)/F over the blocks of g_b <= S projections; 0: independent. */
double rpe_theory_neighbours(rpe_theory_projection projection);
/* 1 - C_k(sigma), C_k = e^-sigma E 1F1(S; S/2; sigma/2 (1 + k sin u)) of two projections of cosine k, sin u of density sin^(S-1) u. */
double rpe_theory_growth_gap(rpe_theory_projection projection, double sigma);
/* 1 - (C_k + C_-k)/2 */
double rpe_theory_even_gap(rpe_theory_projection projection, double sigma);
/* e^-delta - E 1F1(S; S/2; -delta/2 (1 + k sin u)), the mean of k and -k */
double rpe_theory_decay_gap(rpe_theory_projection projection, double delta);

#endif
