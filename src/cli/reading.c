/* How the axes of an array were read, in words. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/reading.h"

/* In the order in which they are told. */
static const struct {
    char letter;
    const char *things;
} letters[] = {{'b', " items"}, {'m', " queries"}, {'n', " positions"},
               {'h', " heads"}, {'d', ""},         {'r', ""}};

/* "N = 6 positions (3 x 2)" */
static void letter_print(char name, const char *things, size_t axes, const size_t *extents)
{
    size_t count = 1;
    for (size_t i = 0; i < axes; i++)
        count *= extents[i];
    printf("%c = %zu%s", name, count, things);
    for (size_t i = 0; axes > 1 && i < axes; i++)
        printf("%s%zu%s", i == 0 ? " (" : " x ", extents[i], i + 1 == axes ? ")" : "");
}

void rpe_layout_reading_print(const char *path, const char *layout, size_t axes, size_t rank,
                              const size_t *shape, char position, char feature)
{
    char text[RPE_SHAPE_CAPACITY];
    const char *separator = "";
    printf("%s: %s read as ", path, rpe_shape_text(rank, shape, text));
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        char letter = letters[i].letter;
        if (strchr(layout, letter) == NULL)
            continue;
        char name = letter == 'n' ? position : letter == 'd' ? feature : (char)(letter - 'a' + 'A');
        printf("%s", separator);
        bool keys = letter == 'n' && strchr(layout, 'm') != NULL;
        letter_print(name, keys ? " keys" : letters[i].things, letter == 'n' ? axes : 1,
                     shape + rpe_layout_axis(layout, letter, axes));
        separator = ", ";
    }
    printf("\n");
}

void rpe_layout_warn(const char *path, size_t heads, size_t positions, const char *other)
{
    char text[RPE_SHAPE_CAPACITY];
    fprintf(
        stderr,
        "rpebench: warning: %s: %zu heads and %zu positions: where the axes are %s, --layout %s is needed\n",
        path, heads, positions, rpe_layout_text(other, 1, 'N', text), other);
}
