/* What a stream can show. */
#ifndef RPE_TERMINAL_H
#define RPE_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* Whether lines can be redrawn there: a terminal, and TERM says what kind, which is not "dumb". */
bool rpe_terminal_redraws(FILE *stream);
/* Whether it wants colour: as above, and no NO_COLOR. */
bool rpe_terminal_colours(FILE *stream);

/* Whether who reads the stream may leave before its end, as `| head` does: what he does not want is no error. */
bool rpe_stream_is_pipe(FILE *stream);

/* Opens those of standard input, output and error that the program was started without (`2>&-`): the next file that is opened
   would take their place, and messages would be written into it.  Input is empty, what is written to the output fails as if it
   were closed, and what is written to the error stream is not kept.  For a program's start, before any file is opened.  False:
   that cannot be done. */
bool rpe_streams_open(void);

#endif
