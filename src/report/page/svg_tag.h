/* Tags of an SVG, and whether a page may have them.  Nothing is copied: names and values are places in the picture. */
#ifndef RPE_SVG_TAG_H
#define RPE_SVG_TAG_H

#include <stdbool.h>
#include <stddef.h>

#define RPE_SVG_ATTRIBUTES 32

/* Bytes of the picture. */
typedef struct rpe_span {
    const char *start;
    size_t length;
} rpe_span;

typedef struct rpe_svg_attribute {
    rpe_span name, value;
} rpe_svg_attribute;

typedef struct rpe_svg_tag {
    rpe_span name;
    rpe_svg_attribute attributes[RPE_SVG_ATTRIBUTES];
    size_t count;
    bool closes, empty; /* </name>, <name/> */
} rpe_svg_tag;

bool rpe_span_is(rpe_span text, const char *wanted);
bool rpe_span_begins(rpe_span text, const char *wanted);
const char *rpe_space_skip(const char *at, const char *end);

/* The tag at '<'; *at is behind its '>' then.  false: it is not well formed. */
bool rpe_svg_tag_take(rpe_svg_tag *tag, const char **at, const char *end);
/* Whether it is of a drawing: elements and attributes of the lists, and no reference out of the picture. */
bool rpe_svg_tag_allowed(const rpe_svg_tag *tag);

#endif
