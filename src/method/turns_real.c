/* Cosines and sines of positions, in the precision of the file. */
#include <math.h>

#include "base/dispatch.h"
#include "base/real.h"
#include "method/turns.h"

#ifdef RPE_REAL_SINGLE
#define SMALLEST 0x1p-30
#else
#define SMALLEST 0x1p-60
#endif

/* (c + i s) (step_c + i step_s) */
RPE_DISPATCH
static void turn(size_t numbers, const double *c, const double *s, const double *step_c, const double *step_s,
                 real *cosine, real *sine)
{
    for (size_t j = 0; j < numbers; j++) {
        double re = c[j] * step_c[j] - s[j] * step_s[j], im = c[j] * step_s[j] + s[j] * step_c[j];
        cosine[j] = (real)(fabs(re) < SMALLEST ? 0 : re);
        sine[j] = (real)(fabs(im) < SMALLEST ? 0 : im);
    }
}

void R(rpe_turns_take)(const rpe_turns *turns, size_t position, size_t count, void *cosine, void *sine,
                       rpe_workspace *workspace)
{
    size_t mark = workspace->used, numbers = turns->numbers;
    double *c = rpe_workspace_take(workspace, numbers, sizeof *c);
    double *s = rpe_workspace_take(workspace, numbers, sizeof *s);
    for (size_t n = 0; n < count; n++) {
        size_t step = (position + n) % RPE_LINEAR_POSITIONS;
        double before = (double)(position + n - step);
        for (size_t j = 0; (n == 0 || step == 0) && j < numbers; j++) {
            const double phase = before * turns->angles[j], re = cos(phase), im = sin(phase);
            c[j] = re;
            s[j] = im;
        }
        turn(numbers, c, s, turns->cosine + step * numbers, turns->sine + step * numbers,
             (real *)cosine + n * numbers, (real *)sine + n * numbers);
    }
    rpe_workspace_release(workspace, mark);
}
