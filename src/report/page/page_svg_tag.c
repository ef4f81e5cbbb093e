#include <ctype.h>
#include <string.h>

#include "report/page/svg_tag.h"

static const char *const elements[] = {"circle", "defs", "feComposite", "feFlood", "filter",
                                       "g",      "line", "path",        "polygon", "polyline",
                                       "rect",   "svg",  "text",        "tspan",   "use"};
static const char *const attributes[] = {"class",
                                         "color",
                                         "cx",
                                         "cy",
                                         "d",
                                         "fill",
                                         "fill-opacity",
                                         "fill-rule",
                                         "filter",
                                         "filterUnits",
                                         "flood-color",
                                         "flood-opacity",
                                         "font-family",
                                         "font-size",
                                         "font-style",
                                         "font-weight",
                                         "height",
                                         "href",
                                         "id",
                                         "in",
                                         "in2",
                                         "opacity",
                                         "operator",
                                         "points",
                                         "r",
                                         "result",
                                         "shape-rendering",
                                         "stroke",
                                         "stroke-dasharray",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "stroke-opacity",
                                         "stroke-width",
                                         "text-anchor",
                                         "transform",
                                         "viewBox",
                                         "width",
                                         "x",
                                         "x1",
                                         "x2",
                                         "xlink:href",
                                         "xml:space",
                                         "xmlns",
                                         "xmlns:xlink",
                                         "y",
                                         "y1",
                                         "y2"};

bool rpe_span_is(rpe_span text, const char *wanted)
{
    return text.length == strlen(wanted) && memcmp(text.start, wanted, text.length) == 0;
}

bool rpe_span_begins(rpe_span text, const char *wanted)
{
    return text.length >= strlen(wanted) && memcmp(text.start, wanted, strlen(wanted)) == 0;
}

static bool span_in(rpe_span text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rpe_span_is(text, names[i]))
            return true;
    return false;
}

const char *rpe_space_skip(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

static rpe_span name_take(const char **at, const char *end)
{
    rpe_span name = {*at, 0};
    while (*at < end && (isalnum((unsigned char)**at) || strchr(":-_", **at) != NULL) && **at != '\0')
        (*at)++;
    name.length = (size_t)(*at - name.start);
    return name;
}

/* name = 'value' */
static bool attribute_take(rpe_svg_attribute *found, const char **at, const char *end)
{
    found->name = name_take(at, end);
    *at = rpe_space_skip(*at, end);
    if (found->name.length == 0 || *at == end || **at != '=')
        return false;
    *at = rpe_space_skip(*at + 1, end);
    if (*at == end || (**at != '\'' && **at != '"'))
        return false;
    const char *stop = memchr(*at + 1, **at, (size_t)(end - *at - 1));
    if (stop == NULL)
        return false;
    found->value = (rpe_span){*at + 1, (size_t)(stop - *at - 1)};
    *at = stop + 1;
    return true;
}

/* The tag at '<'; *at behind its '>'. */
bool rpe_svg_tag_take(rpe_svg_tag *found, const char **at, const char *end)
{
    *found = (rpe_svg_tag){0};
    const char *p = *at + 1;
    found->closes = p < end && *p == '/';
    p += found->closes;
    found->name = name_take(&p, end);
    for (p = rpe_space_skip(p, end); p < end && *p != '>' && *p != '/'; p = rpe_space_skip(p, end))
        if (found->count == RPE_SVG_ATTRIBUTES ||
            !attribute_take(&found->attributes[found->count++], &p, end))
            return false;
    found->empty = p < end && *p == '/';
    p += found->empty;
    if (p >= end || *p != '>' || found->name.length == 0)
        return false;
    *at = p + 1;
    return true;
}

/* References lead to a part of the picture, by '#' or url(#...). */
static bool value_allowed(const rpe_svg_attribute *checked)
{
    rpe_span value = checked->value;
    if (rpe_span_is(checked->name, "href") || rpe_span_is(checked->name, "xlink:href"))
        return rpe_span_begins(value, "#");
    if (rpe_span_begins(checked->name, "xmlns"))
        return rpe_span_is(value, "http://www.w3.org/2000/svg") ||
               rpe_span_is(value, "http://www.w3.org/1999/xlink");
    for (size_t i = 0; i < value.length; i++) {
        rpe_span rest = {value.start + i, value.length - i};
        if (strchr("<&\\\"'", value.start[i]) != NULL || (rpe_span_begins(rest, "url(") && i > 0))
            return false;
    }
    return !rpe_span_begins(value, "url(") || rpe_span_begins(value, "url(#");
}

bool rpe_svg_tag_allowed(const rpe_svg_tag *checked)
{
    for (size_t i = 0; i < checked->count; i++)
        if (!span_in(checked->attributes[i].name, attributes, sizeof attributes / sizeof attributes[0]) ||
            !value_allowed(&checked->attributes[i]))
            return false;
    return span_in(checked->name, elements, sizeof elements / sizeof elements[0]);
}
