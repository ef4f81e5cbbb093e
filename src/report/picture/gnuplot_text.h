/* Assignments of texts in a script of gnuplot. */
#ifndef RPE_GNUPLOT_TEXT_H
#define RPE_GNUPLOT_TEXT_H

#include <stddef.h>

#include "base/error.h"
#include "file/output.h"

#define RPE_GNUPLOT_LINE 140       /* characters of a line of text across a picture */
#define RPE_GNUPLOT_SMALL_LINE 165 /* of a line in the small font of the footer */

/* The first count bytes of text as a string of gnuplot. */
rpe_status rpe_gnuplot_quoted(rpe_output *output, const char *text, size_t count, rpe_error *error);
/* NAME = "text" */
rpe_status rpe_gnuplot_text(rpe_output *output, const char *name, const char *text, rpe_error *error);
/* NAME = the text in lines of at most capacity characters; their number goes to *lines unless it is NULL. */
rpe_status rpe_gnuplot_wrapped(rpe_output *output, const char *name, const char *text, size_t capacity,
                               size_t *lines, rpe_error *error);
/* A wrapped text and, for the layout, NAME_LINES. */
rpe_status rpe_gnuplot_paragraph(rpe_output *output, const char *name, const char *text, size_t capacity,
                                 rpe_error *error);
/* NAME = a path that gnuplot cannot take for a pipe, an option or a home directory. */
rpe_status rpe_gnuplot_path(rpe_output *output, const char *name, const char *path, rpe_error *error);

#endif
