#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/page/svg.h"
#include "report/page/svg_tag.h"

#define DEPTH_MAX 16
#define PIXELS_MAX 100000
#define NUMBER_CAPACITY 64
#define COORDINATE_LEAST 10.0

/* A group or text is written with the first thing in it: gnuplot writes many that stay empty. */
typedef struct walker {
    const char *at, *end;
    const char *starts[DEPTH_MAX]; /* where the tags of the open elements are */
    bool written[DEPTH_MAX], dropped[DEPTH_MAX];
    size_t depth;
    FILE *stream; /* NULL: check only */
    const char *prefix;
} walker;

/* ---- writing ---- */

/* A number without zeros at its end; of coordinates, beyond the unit shapes of points, a tenth of a pixel is enough. */
static const char *number_print(FILE *stream, const char *at, const char *end, bool coordinates)
{
    char text[NUMBER_CAPACITY];
    const char *stop = at + 1;
    while (stop < end && (isdigit((unsigned char)*stop) || *stop == '.'))
        stop++;
    size_t length = (size_t)(stop - at);
    if (length >= sizeof text) {
        fwrite(at, 1, length, stream);
        return stop;
    }
    memcpy(text, at, length);
    text[length] = '\0';
    double number = strtod(text, NULL);
    if (coordinates && number >= COORDINATE_LEAST)
        length = (size_t)snprintf(text, sizeof text, "%.1f", number);
    if (strchr(text, '.') != NULL) {
        while (text[length - 1] == '0')
            length--;
        length -= text[length - 1] == '.';
    }
    fwrite(text, 1, length, stream);
    return stop;
}

/* rgb(0, 114, 178) -> #0072b2; NULL where it is none. */
static const char *colour_print(FILE *stream, const char *at, const char *end)
{
    long parts[3];
    const char *p = at + strlen("rgb(");
    if (!rpe_span_begins((rpe_span){at, (size_t)(end - at)}, "rgb("))
        return NULL;
    for (size_t i = 0; i < 3; i++) {
        char *stop;
        p = rpe_space_skip(p, end);
        if (p == end || !isdigit((unsigned char)*p))
            return NULL;
        parts[i] = strtol(p, &stop, 10);
        if (parts[i] > 255 || stop >= end || *stop != (i < 2 ? ',' : ')'))
            return NULL;
        p = stop + 1;
    }
    fprintf(stream, "#%02lx%02lx%02lx", parts[0], parts[1], parts[2]);
    return p;
}

/* The value without spaces that mean nothing.  Of a path "L" behind "M" or "L" is understood. */
static void value_print(FILE *stream, rpe_span value, bool coordinates)
{
    const char *at = value.start, *end = value.start + value.length;
    char before = '(', command = ' ';
    while (at < end) {
        const char *colour = colour_print(stream, at, end);
        const char *next = colour != NULL ? colour : at + 1;
        if (colour != NULL) {
            before = ')';
        } else if (isspace((unsigned char)*at)) {
            next = rpe_space_skip(at, end);
            if (before != '(' && before != ',' && before != ' ' && next < end)
                fputc(' ', stream);
            before = ' ';
        } else if (isdigit((unsigned char)*at)) {
            next = number_print(stream, at, end, coordinates);
            before = '0';
        } else {
            bool understood =
                coordinates && *at == 'L' && (command == 'M' || command == 'L') && before == ' ';
            if (!understood)
                fputc(*at, stream);
            command = isalpha((unsigned char)*at) ? *at : command;
            before = *at;
            if (understood)
                before = ' ';
        }
        at = next;
    }
}

static void reference_print(const walker *w, rpe_span value, size_t head)
{
    fprintf(w->stream, "%.*s%s-%.*s", (int)head, value.start, w->prefix, (int)(value.length - head),
            value.start + head);
}

/* What the root of the picture has already (page_style.c), or what is the rule. */
static bool attribute_superfluous(const rpe_svg_tag *written, const rpe_svg_attribute *checked)
{
    static const char *const usual[][2] = {{"fill", "none"},           {"color", "black"},
                                           {"stroke-linecap", "butt"}, {"stroke-linejoin", "miter"},
                                           {"stroke", "currentColor"}, {"stroke-width", "1.00"},
                                           {"text-anchor", "start"}};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (rpe_span_is(written->name, "g") && rpe_span_is(checked->name, usual[i][0]) &&
            rpe_span_is(checked->value, usual[i][1]))
            return true;
    return rpe_span_begins(checked->name, "xmlns") || rpe_span_is(checked->name, "class") ||
           (rpe_span_is(written->name, "g") && rpe_span_is(checked->name, "id"));
}

static void tag_print(const walker *w, const rpe_svg_tag *written)
{
    fprintf(w->stream, "<%.*s", (int)written->name.length, written->name.start);
    for (size_t i = 0; i < written->count; i++) {
        const rpe_svg_attribute *a = &written->attributes[i];
        bool reference = rpe_span_is(a->name, "xlink:href") || rpe_span_is(a->name, "href");
        if (attribute_superfluous(written, a))
            continue;
        fprintf(w->stream, " %.*s=\"", reference ? 4 : (int)a->name.length,
                reference ? "href" : a->name.start);
        if (rpe_span_is(a->name, "id"))
            reference_print(w, a->value, 0);
        else if (reference)
            reference_print(w, a->value, 1);
        else if (rpe_span_begins(a->value, "url(#"))
            reference_print(w, a->value, 5);
        else
            value_print(w->stream, a->value, rpe_span_is(a->name, "d") || rpe_span_is(a->name, "points"));
        fputc('"', w->stream);
    }
    fputs(written->empty ? "/>" : ">", w->stream);
}

/* The tags of the open elements that are not written yet. */
static void open_print(walker *w)
{
    rpe_svg_tag written;
    for (size_t i = 0; i < w->depth; i++) {
        const char *at = w->starts[i];
        if (w->written[i] || !rpe_svg_tag_take(&written, &at, w->end))
            continue;
        tag_print(w, &written);
        w->written[i] = true;
    }
}

/* ---- walking ---- */

static bool inside_dropped(const walker *w)
{
    return w->depth > 0 && w->dropped[w->depth - 1];
}

static bool element_open(walker *w, const char *start, const rpe_svg_tag *found)
{
    bool drop = rpe_span_is(found->name, "title") || rpe_span_is(found->name, "desc"); /* "gnuplot_plot_1a" */
    if (!drop && !rpe_svg_tag_allowed(found))
        return false;
    if (found->empty) {
        if (w->stream != NULL && !drop && !inside_dropped(w)) {
            open_print(w);
            tag_print(w, found);
        }
        return w->depth > 0;
    }
    if (w->depth == DEPTH_MAX || inside_dropped(w))
        return false;
    w->starts[w->depth] = start;
    w->dropped[w->depth] = drop;
    w->written[w->depth++] = drop || rpe_span_is(found->name, "svg"); /* the root is the page's */
    return w->depth == 1 ? rpe_span_is(found->name, "svg") : !rpe_span_is(found->name, "svg");
}

static bool element_close(walker *w, const rpe_svg_tag *found)
{
    rpe_svg_tag opened;
    if (w->depth == 0)
        return false;
    const char *at = w->starts[--w->depth];
    if (!rpe_svg_tag_take(&opened, &at, w->end) || opened.name.length != found->name.length ||
        memcmp(opened.name.start, found->name.start, found->name.length) != 0)
        return false;
    if (w->stream != NULL && w->written[w->depth] && !w->dropped[w->depth] && w->depth > 0)
        fprintf(w->stream, "</%.*s>", (int)found->name.length, found->name.start);
    return true;
}

/* Up to the next tag; its entities are those of XML, which HTML has too. */
static void text_walk(walker *w)
{
    const char *stop = memchr(w->at, '<', (size_t)(w->end - w->at));
    stop = stop != NULL ? stop : w->end;
    if (w->stream != NULL && !inside_dropped(w) && rpe_space_skip(w->at, stop) < stop && w->depth > 1) {
        open_print(w);
        fwrite(w->at, 1, (size_t)(stop - w->at), w->stream);
    }
    w->at = stop;
}

static bool prolog_skip(walker *w)
{
    const char *close = w->at[1] == '?' ? "?>" : strncmp(w->at, "<!--", 4) == 0 ? "-->" : ">";
    for (const char *at = w->at; at + strlen(close) <= w->end; at++)
        if (memcmp(at, close, strlen(close)) == 0) {
            w->at = at + strlen(close);
            return true;
        }
    return false;
}

static bool walk(walker *w)
{
    rpe_svg_tag found;
    bool ended = false;
    while (w->at < w->end) {
        const char *start = w->at;
        if (*start != '<') {
            text_walk(w);
            continue;
        }
        if (w->end - start < 4 || (ended && strncmp(start, "<!--", 4) != 0))
            return false;
        if (start[1] == '?' || start[1] == '!') {
            if (w->depth > 0 ? strncmp(start, "<!--", 4) != 0 : false)
                return false;
            if (!prolog_skip(w))
                return false;
            continue;
        }
        if (!rpe_svg_tag_take(&found, &w->at, w->end))
            return false;
        if (found.closes ? !element_close(w, &found) : !element_open(w, start, &found))
            return false;
        ended = found.closes && w->depth == 0;
    }
    return ended;
}

/* viewBox="0 0 WIDTH HEIGHT" */
static bool size_read(rpe_svg *svg)
{
    static const char key[] = "viewBox=\"0 0 ";
    const char *found = strstr(svg->bytes, key);
    if (found == NULL)
        return false;
    char *end;
    double width = strtod(found + strlen(key), &end), height = strtod(end, NULL);
    if (!(width >= 1 && width <= PIXELS_MAX && height >= 1 && height <= PIXELS_MAX))
        return false;
    svg->width = (size_t)width;
    svg->height = (size_t)height;
    return true;
}

bool rpe_svg_read(rpe_svg *svg, const char *bytes, size_t count)
{
    rpe_svg read = {.bytes = bytes, .count = count};
    walker w = {.at = bytes, .end = bytes + count};
    if (strlen(bytes) != count || !walk(&w) || !size_read(&read))
        return false;
    *svg = read;
    return true;
}

static void root_open(rpe_html *html, const rpe_svg *svg, const char *id, const char *alt)
{
    char box[64];
    snprintf(box, sizeof box, "0 0 %zu %zu", svg->width, svg->height);
    rpe_html_open(html, "svg", "class", "drawing", "id", id, "viewBox", box, "role", "img", "aria-label",
                  alt);
}

void rpe_svg_print(rpe_html *html, const rpe_svg *svg, const char *id, const char *alt)
{
    walker w = {.at = svg->bytes, .end = svg->bytes + svg->count, .stream = html->stream, .prefix = id};
    root_open(html, svg, id, alt);
    walk(&w);
    rpe_html_close(html);
}

void rpe_svg_again_print(rpe_html *html, const rpe_svg *svg, const char *id, const char *alt)
{
    char reference[256];
    snprintf(reference, sizeof reference, "#%s", id);
    root_open(html, svg, NULL, alt);
    rpe_html_open(html, "use", "href", reference);
    rpe_html_close(html);
    rpe_html_close(html);
}
