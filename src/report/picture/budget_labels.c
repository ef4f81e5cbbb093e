#include "report/picture/budget_labels.h"

#include <math.h>

#define CHARACTER 6.6 /* pixels, of the small font */
#define LINE 14.0
#define MARK 8.0 /* half a point and its ring, with some room */

typedef struct box {
    double left, right, bottom, top;
} box;

static bool overlap(const box *a, const box *b)
{
    return a->left < b->right && b->left < a->right && a->bottom < b->top && b->bottom < a->top;
}

static bool inside(const box *frame, const box *inner)
{
    return inner->left >= frame->left && inner->right <= frame->right && inner->bottom >= frame->bottom &&
           inner->top <= frame->top;
}

static box label_box(const rpe_budget_mark *mark, double x, double y)
{
    double half = 0.5 * CHARACTER * (double)mark->length;
    return (box){x - half, x + half, y - 0.5 * LINE, y + 0.5 * LINE};
}

/* Labels that are placed already count, and marks as long as they can be avoided. */
static bool is_free(size_t count, const rpe_budget_mark *marks, size_t index, const box *wanted, bool avoid)
{
    for (size_t i = 0; i < count; i++) {
        box point = {marks[i].x - MARK, marks[i].x + MARK, marks[i].y - MARK, marks[i].y + MARK};
        box label = label_box(&marks[i], marks[i].label_x, marks[i].label_y);
        if (i != index && marks[i].placed && overlap(&label, wanted))
            return false;
        if (overlap(&point, wanted) && (avoid || i == index))
            return false;
    }
    return true;
}

/* Around the point, nearer places first. */
static bool label_place(size_t count, rpe_budget_mark *marks, size_t index, const box *frame, bool avoid)
{
    enum { DIRECTIONS = 16, RINGS = 12 };
    rpe_budget_mark *mark = &marks[index];
    double half = 0.5 * CHARACTER * (double)mark->length;
    for (int ring = 0; ring < RINGS; ring++)
        for (int i = 0; i < DIRECTIONS; i++) {
            /* from above on the right, where a falling front leaves room, turning to the left and down */
            double angle = 2.0 * acos(-1.0) * ((double)i + 2.0) / DIRECTIONS;
            double x = mark->x + cos(angle) * (half + 10.0 + 8.0 * ring),
                   y = mark->y + sin(angle) * (LINE + 2.0 + 9.0 * ring);
            box wanted = label_box(mark, x, y);
            if (!inside(frame, &wanted) || !is_free(count, marks, index, &wanted, avoid))
                continue;
            mark->label_x = x;
            mark->label_y = y;
            mark->placed = true;
            return true;
        }
    return false;
}

void rpe_budget_labels_place(size_t count, rpe_budget_mark *marks, double width, double height)
{
    const box frame = {2.0, width - 2.0, 2.0, height - 2.0};
    for (size_t i = 0; i < count; i++) {
        marks[i].placed = false;
        if (marks[i].length > 0 && !label_place(count, marks, i, &frame, true))
            label_place(count, marks, i, &frame, false);
    }
}
