/* Help for mistyped names. */
#include "cli/options.h"

#include <string.h>

#define LENGTH_MAX 48

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance: insertions, deletions and replacements that turn a into b.  Both at most LENGTH_MAX long. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[LENGTH_MAX + 1], length = strlen(b);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < length; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(replaced, smaller(row[j], row[j + 1]) + 1);
        }
    }
    return row[length];
}

rpe_suggestion rpe_suggestion_start(const char *word)
{
    /* One error in three letters at most, else it is another word. */
    return (rpe_suggestion){.word = word, .distance = strlen(word) / 3 + 1};
}

void rpe_suggestion_offer(rpe_suggestion *suggestion, const char *name)
{
    if (strlen(suggestion->word) > LENGTH_MAX || strlen(name) > LENGTH_MAX)
        return;
    size_t distance = edit_distance(suggestion->word, name);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = name;
    }
}

const char *rpe_suggestion_print(const rpe_suggestion *suggestion, const char *prefix,
                                 char text[RPE_SUGGESTION_CAPACITY])
{
    text[0] = '\0';
    if (suggestion->best != NULL)
        snprintf(text, RPE_SUGGESTION_CAPACITY, "; did you mean %s%s?", prefix, suggestion->best);
    return text;
}

const char *rpe_suggestion_text(const char *word, const char *(*name)(size_t index), const char *prefix,
                                char text[RPE_SUGGESTION_CAPACITY])
{
    rpe_suggestion best = rpe_suggestion_start(word);
    for (size_t i = 0; name(i) != NULL; i++)
        rpe_suggestion_offer(&best, name(i));
    return rpe_suggestion_print(&best, prefix, text);
}

const char *rpe_names_text(const char *(*name)(size_t index), char *text, size_t capacity)
{
    static const char cut[] = ", ...";
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; name(i) != NULL; i++) {
        size_t length = strlen(name(i));
        if (used + length + 2 + sizeof cut > capacity) {
            snprintf(text + used, capacity - used, "%s", cut);
            break;
        }
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", i == 0 ? "" : ", ", name(i));
    }
    return text;
}
