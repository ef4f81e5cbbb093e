/* The rows of a page as numbers, and what is found in them: parts of the variables that plots/README.md lists. */
#ifndef RPE_PREAMBLE_ROWS_H
#define RPE_PREAMBLE_ROWS_H

#include "report/picture/gnuplot.h"

/* CLOSED_TITLE, and MEASURE_... of every measure, over all pages. */
rpe_status rpe_preamble_measures_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error);
/* X_LOW and X_HIGH (R, or the lag), and what bounds z. */
rpe_status rpe_preamble_limits_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error);
/* $ROWS, ROWS_DRAWN, and ROWS_FIRST, ROWS_LAST and GUIDE of every plot.  up: the second number; NULL: there is none. */
rpe_status rpe_preamble_rows_write(const rpe_preamble *preamble, const rpe_axis *up, rpe_output *output,
                                   rpe_error *error);
/* $CROSSINGS. */
rpe_status rpe_preamble_crossings_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error);

#endif
