/* Pictures of a run, by gnuplot. */
#ifndef RPE_PLOT_H
#define RPE_PLOT_H

#include <stdio.h>

#include "rpe_error.h"
#include "rpe_record.h"

/* Draws every experiment found in directory (NAME.json with its NAME.csv) as NAME.svg and NAME.png there.  scripts: folder of
   the gnuplot scripts (plots/).  What was drawn is listed on log (NULL: nowhere).  No result in the directory, no gnuplot, or
   a gnuplot that fails are errors; a picture that failed leaves no file. */
rpe_status rpe_plot_directory(const char *directory, const char *scripts, FILE *log, rpe_error *error);

/* Whether the picture that an experiment's JSON asks for can be drawn: before the run, not after it. */
rpe_status rpe_plot_picture_check(const char *experiment, const char *scripts, rpe_error *error);

/* One sentence a metric on log: "score error falls as R^-0.500 +- 0.001, closed form -0.500 (...)", computed from the rows. */
rpe_status rpe_sentences_print(const char *directory, FILE *log, rpe_error *error);
/* Those of one experiment. */
rpe_status rpe_record_sentences_print(const rpe_record *record, FILE *log, rpe_error *error);

#endif
