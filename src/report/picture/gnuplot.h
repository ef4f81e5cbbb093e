/* gnuplot as a child process, and the variables that a picture's script reads. */
#ifndef RPE_GNUPLOT_H
#define RPE_GNUPLOT_H

#include <stddef.h>

#include "base/error.h"
#include "file/output.h"
#include "report/picture/picture.h"

/* Runs gnuplot on two files, one after the other, without a shell and without the user's settings.  A failure names script,
   the second file, and what gnuplot says. */
rpe_status rpe_gnuplot_run(const char *preamble, const char *script, rpe_error *error);

typedef struct rpe_preamble {
    const rpe_picture *picture;
    size_t first_panel, panel_count; /* the page */
    const char *scripts;             /* folder of the scripts */
    const char *terminal;            /* "svg" or "pngcairo" */
    const char *target;              /* file that gnuplot writes */
} rpe_preamble;

/* Writes the script of assignments.  Names and their meaning: plots/README.md. */
rpe_status rpe_preamble_write(const rpe_preamble *preamble, rpe_output *output, rpe_error *error);

/* "N = 256, H = 4, ...": what every picture says at its foot. */
#define RPE_FOOTER_CAPACITY 1024
const char *rpe_footer_text(const rpe_picture *picture, char text[RPE_FOOTER_CAPACITY]);

#endif
