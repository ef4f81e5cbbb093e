/* A picture of gnuplot's as part of a page: its markup checked against what gnuplot writes, and made smaller. */
#ifndef RPE_SVG_H
#define RPE_SVG_H

#include <stdbool.h>
#include <stddef.h>

#include "report/page/html.h"

typedef struct rpe_svg {
    const char *bytes;
    size_t count;
    size_t width, height; /* of its viewBox, in pixels */
} rpe_svg;

/* Whether the markup has elements and attributes of drawings alone: no script, no style, no reference out of it; then fills
   in the size.  What is not well formed is not taken either. */
bool rpe_svg_read(rpe_svg *svg, const char *bytes, size_t count);

/* The checked picture as an element with that id, which other places can show too (rpe_svg_again_print).  alt: what it shows, in
   words.  Ids of its parts get the id in front, so that several pictures can stand on a page. */
void rpe_svg_print(rpe_html *html, const rpe_svg *svg, const char *id, const char *alt);
/* Shows a picture that is printed elsewhere on the page. */
void rpe_svg_again_print(rpe_html *html, const rpe_svg *svg, const char *id, const char *alt);

#endif
