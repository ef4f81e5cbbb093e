/* HTML: elements that are closed in the order in which they were opened, and texts that cannot mean anything to a browser.
   What the stream refuses is found by whoever closes it. */
#ifndef RPE_HTML_H
#define RPE_HTML_H

#include <stddef.h>
#include <stdio.h>

#define RPE_HTML_DEPTH 32

typedef struct rpe_html {
    FILE *stream;
    const char *elements[RPE_HTML_DEPTH]; /* open ones */
    size_t depth;
} rpe_html;

/* rpe_html_open(html, ELEMENT, NAME, VALUE, ...): an attribute with the value NULL is left out.  Values are escaped; names, and the
   names of elements, are the program's own.  At most RPE_HTML_DEPTH elements are open at once. */
#define rpe_html_open(html, ...) rpe_html_tag_open(html, (const char *const[]){__VA_ARGS__, NULL, NULL})
/* An element without content: <br>. */
#define rpe_html_void(html, ...) rpe_html_tag_print(html, (const char *const[]){__VA_ARGS__, NULL, NULL})
/* The innermost open element. */
void rpe_html_close(rpe_html *html);

/* words: element, then name and value of attributes in turn, two NULL at the end. */
void rpe_html_tag_open(rpe_html *html, const char *const *words);
void rpe_html_tag_print(rpe_html *html, const char *const *words);

void rpe_html_text(rpe_html *html, const char *text);
void rpe_html_format(rpe_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An element that holds a text alone. */
void rpe_html_element(rpe_html *html, const char *element, const char *text);
void rpe_html_element_format(rpe_html *html, const char *element, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* <a href="#ID">TEXT</a> */
void rpe_html_anchor(rpe_html *html, const char *id, const char *text);

typedef struct rpe_html_data {
    const char *type; /* "image/svg+xml" */
    const void *bytes;
    size_t count;
} rpe_html_data;

/* Characters of the data as part of the page. */
size_t rpe_html_data_size(const rpe_html_data *data);
/* width, height: in pixels, 0: unknown. */
void rpe_html_image(rpe_html *html, const rpe_html_data *data, size_t width, size_t height, const char *alt);
/* A link that saves the data under a name. */
void rpe_html_download(rpe_html *html, const rpe_html_data *data, const char *name, const char *text);

#endif
