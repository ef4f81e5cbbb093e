/* Pictures of a run, by gnuplot. */
#ifndef RPE_PLOT_H
#define RPE_PLOT_H

#include <stdio.h>

#include "base/error.h"
#include "report/compare/record.h"
#include "report/verdict/faults.h"

/* Draws every experiment found in directory (NAME.json with its NAME.csv) as NAME.svg and NAME.png there, or as NAME-1.svg and
   so on where it has more panels than a page holds.  scripts: folder of the gnuplot scripts (plots/).  What was drawn is listed
   on log (NULL: nowhere), and so are results without any value, which have no picture.  No result in the directory is an error.
   A result that cannot be drawn (bad files, no gnuplot, a gnuplot that fails) is kept in faults, and the others go on; it
   leaves no picture of other rows. */
rpe_status rpe_plot_directory(const char *directory, const char *scripts, FILE *log, rpe_faults *faults,
                              rpe_error *error);

/* All that gnuplot would be given for the pages of that result's picture, on stream: what rpe_plot_directory makes of the files
   before it starts a gnuplot. */
rpe_status rpe_plot_variables_write(const rpe_record *record, const char *scripts, FILE *stream,
                                    rpe_error *error);

/* Whether the picture that an experiment's JSON asks for can be drawn: before the run, not after it. */
rpe_status rpe_plot_picture_check(const char *experiment, const char *scripts, rpe_error *error);

/* One sentence a metric on log: "score error falls as R^-0.500 +- 0.001, closed form -0.500 (...)", computed from the rows. */
rpe_status rpe_sentences_print(const char *directory, FILE *log, rpe_faults *faults, rpe_error *error);
/* Those of one experiment. */
rpe_status rpe_record_sentences_print(const rpe_record *record, FILE *log, rpe_error *error);

#endif
