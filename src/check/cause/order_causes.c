/* Causes that are undone by reading the codes in another order. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "check/cause/check_correction.h"

static const char *const side_names[] = {"queries", "keys"};

/* The variant is the layout. */
bool rpe_check_undo_layout(rpe_check_correction *correction)
{
    const rpe_check_settings *settings = correction->settings;
    char layout[RPE_CHECK_LETTERS + 1];
    rpe_check_subject *subject = &correction->subject;
    rpe_check_layout_text(correction->variant, layout);
    if (strcmp(layout, settings->layout) == 0 ||
        rpe_check_subject_view(subject, settings, layout, NULL) != RPE_OK)
        return false;
    double factor = pow((double)subject->realizations * (double)subject->kernel->features, 0.25);
    subject->factor[0] = subject->factor[1] = settings->scaled ? factor : 1;
    rpe_check_detail(correction, "%s", layout);
    return true;
}

/* ---- heads ---- */

static bool head_has(const rpe_check_correction *correction, int side)
{
    return correction->variant == 0 || (int)correction->variant == side + 1;
}

/* Whether the codes of a head pass, read from where the maps say. */
static bool head_fits(rpe_check_correction *correction, size_t head)
{
    double p = 0;
    size_t features = correction->kernel->features;
    const rpe_check_feature looked_at[2] = {{.head = head}, {.head = head, .feature = features - 1}};
    if (correction->status == RPE_OK)
        correction->status =
            rpe_check_screen(correction, looked_at, features > 1 ? 2 : 1, &p, correction->error);
    return correction->status == RPE_OK && p >= correction->settings->level;
}

static void head_read(rpe_check_correction *correction, size_t head, size_t from)
{
    for (int side = 0; side < 2; side++)
        if (correction->map[side][RPE_CHECK_HEAD] != NULL)
            correction->map[side][RPE_CHECK_HEAD][head] = from;
}

/* Each head that does not fit where it is takes the place of another such that nothing else took; whether all find one. */
static bool heads_match(rpe_check_correction *correction, bool *taken, size_t *moved)
{
    size_t heads = correction->kernel->heads;
    for (size_t h = 0; h < heads; h++)
        taken[h] = head_fits(correction, h);
    for (size_t h = 0; h < heads; h++)
        moved[h] = !taken[h];
    for (size_t h = 0; h < heads && correction->status == RPE_OK; h++) {
        bool found = !moved[h];
        for (size_t from = 0; from < heads && !found; from++) {
            if (taken[from] || from == h)
                continue;
            head_read(correction, h, from);
            found = head_fits(correction, h);
            taken[from] = found;
        }
        if (!found)
            return false;
    }
    return correction->status == RPE_OK;
}

#define HEADS_SAID_MOST 8

static void heads_say(rpe_check_correction *correction, const size_t *moved)
{
    static const char *const sides[] = {"", " of the queries", " of the keys"};
    const size_t *map =
        correction->map[correction->variant == 2 ? RPE_SIDE_KEY : RPE_SIDE_QUERY][RPE_CHECK_HEAD];
    size_t said = 0;
    rpe_check_detail(correction, "%s are in another order:", sides[correction->variant]);
    for (size_t h = 0; h < correction->kernel->heads; h++)
        if (moved[h] && said++ < HEADS_SAID_MOST)
            rpe_check_detail(correction, "%s %zu lies at %zu", said > 1 ? "," : "", h, map[h]);
    if (said > HEADS_SAID_MOST)
        rpe_check_detail(correction, ", and %zu more", said - HEADS_SAID_MOST);
}

bool rpe_check_undo_heads_permuted(rpe_check_correction *correction)
{
    size_t heads = correction->kernel->heads, *moved = NULL;
    bool *taken = NULL, fits = false;
    if (heads < 2 || correction->report->failing < 2)
        return false;
    for (int side = 0; side < 2; side++)
        if (head_has(correction, side) && rpe_check_map_make(correction, side, RPE_CHECK_HEAD, heads) == NULL)
            return false;
    for (size_t h = 0; h < heads; h++)
        head_read(correction, h, h);
    moved = rpe_memory_allocate(heads, sizeof *moved);
    taken = rpe_memory_allocate(heads, sizeof *taken);
    if (moved == NULL || taken == NULL)
        correction->status = rpe_error_memory(correction->error, "an order of heads", heads, sizeof *moved);
    else
        fits = heads_match(correction, taken, moved);
    if (fits)
        heads_say(correction, moved);
    rpe_memory_free(taken);
    rpe_memory_free(moved);
    return fits;
}

/* ---- positions ---- */

/* Position p of one side is read `ahead` further on the axis, modulo its extent; `fewer` positions are left there. */
static bool positions_shift(rpe_check_correction *correction, int side, size_t axis, size_t ahead,
                            size_t fewer)
{
    rpe_positions *positions = &correction->subject.side[side].positions, all = *positions;
    size_t extent[RPE_AXES_MAX];
    memcpy(extent, all.extent, sizeof extent);
    extent[axis] -= fewer;
    if (rpe_positions_make(positions, all.axes, extent, "codes", NULL) != RPE_OK)
        return false;
    size_t *map = rpe_check_map_make(correction, side, RPE_CHECK_POSITION, positions->count);
    for (size_t p = 0; map != NULL && p < positions->count; p++) {
        ptrdiff_t place[RPE_AXES_MAX];
        size_t flat = 0;
        rpe_positions_coordinates(positions, p, place);
        for (size_t i = 0; i < all.axes; i++) {
            size_t at = (size_t)place[i] + (i == axis ? ahead : 0);
            flat = flat * all.extent[i] + at % all.extent[i];
        }
        map[p] = flat;
    }
    return map != NULL;
}

/* The variant: side, and all axes or one of several. */
bool rpe_check_undo_reversed(rpe_check_correction *correction)
{
    int side = (int)(correction->variant % 2) == 0 ? RPE_SIDE_KEY : RPE_SIDE_QUERY;
    size_t which = correction->variant / 2;
    const rpe_positions *positions = &correction->subject.side[side].positions;
    if (which > 0 && (positions->axes < 2 || which > positions->axes))
        return false;
    if (positions->count < 2)
        return false;
    size_t *map = rpe_check_map_make(correction, side, RPE_CHECK_POSITION, positions->count);
    for (size_t p = 0; map != NULL && p < positions->count; p++) {
        ptrdiff_t place[RPE_AXES_MAX];
        size_t flat = 0;
        rpe_positions_coordinates(positions, p, place);
        for (size_t i = 0; i < positions->axes; i++) {
            size_t at = (size_t)place[i];
            flat = flat * positions->extent[i] +
                   (which == 0 || which == i + 1 ? positions->extent[i] - 1 - at : at);
        }
        map[p] = flat;
    }
    rpe_check_detail(correction, "%s", side_names[side]);
    if (which > 0)
        rpe_check_detail(correction, ", along axis %zu,", which);
    return map != NULL;
}

/* What a variant of `rolled` and `late` says: an axis, a side, and late or early.  Late first: what early leaves out
   besides could hide it. */
typedef struct move {
    size_t axis;
    int side;
    bool late;
} move;

static bool move_of(const rpe_check_correction *correction, move *made)
{
    size_t kind = correction->variant % 4;
    *made = (move){.axis = correction->variant / 4, .side = (int)(kind % 2), .late = kind < 2};
    const rpe_check_side *side = correction->subject.side;
    return made->axis < correction->kernel->axes && side[0].positions.extent[made->axis] > 2 &&
           side[1].positions.extent[made->axis] > 2;
}

static void move_say(rpe_check_correction *correction, const move *made)
{
    rpe_check_detail(correction, "%s are %s by one position%s (row n holds the code of n%s1)",
                     side_names[made->side], made->late ? "late" : "early", rpe_check_axis_text(made->axis),
                     made->late ? "-" : "+");
}

bool rpe_check_undo_rolled(rpe_check_correction *correction)
{
    move made;
    if (!move_of(correction, &made))
        return false;
    size_t extent = correction->subject.side[made.side].positions.extent[made.axis];
    move_say(correction, &made);
    return positions_shift(correction, made.side, made.axis, made.late ? 1 : extent - 1, 0);
}

/* Whether the row that was lost, the first or the last on the axis, is 0. */
static bool lost_is_zero(const rpe_check_correction *correction, const move *made)
{
    const rpe_check_side *side = &correction->read->side[made->side];
    size_t end = side->positions.extent[made->axis] - 1;
    const rpe_kernel *kernel = correction->kernel;
    for (size_t p = 0; p < side->positions.count; p++) {
        ptrdiff_t place[RPE_AXES_MAX];
        rpe_positions_coordinates(&side->positions, p, place);
        if ((size_t)place[made->axis] != (made->late ? 0 : end))
            continue;
        for (size_t f = 0; f < kernel->heads * kernel->features; f++)
            for (size_t r = 0; r < correction->read->realizations; r++) {
                double code = rpe_check_code(side, p, f / kernel->features, f % kernel->features, r);
                if (code < 0 || code > 0)
                    return false;
            }
    }
    return true;
}

/* late: row p + 1 holds the code of p.  early: row p - 1 does, and there is none for 0; so the other side begins at 1, too */
bool rpe_check_undo_late(rpe_check_correction *correction)
{
    move made;
    if (!move_of(correction, &made))
        return false;
    move_say(correction, &made);
    rpe_check_detail(correction, ", and their %s row is %s", made.late ? "first" : "last",
                     lost_is_zero(correction, &made) ? "0" : "none of theirs");
    if (made.late)
        return positions_shift(correction, made.side, made.axis, 1, 1);
    return positions_shift(correction, made.side, made.axis, 0, 1) &&
           positions_shift(correction, !made.side, made.axis, 1, 1);
}
