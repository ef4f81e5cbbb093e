#include "method/position_rows.h"

static const size_t element = sizeof(double); /* at most */

static size_t numbers_of(const rpe_feature_form *form, size_t size)
{
    return form->layout == RPE_FORM_ALONE ? size : size / 2;
}

rpe_status rpe_position_form_make(rpe_position_form *made, const rpe_feature_form *form, size_t size,
                                  rpe_error *error)
{
    *made = (rpe_position_form){.form = *form};
    if (form->permutation != NULL)
        return rpe_cycles_make(&made->cycles, size, form->permutation, error);
    if (!form->turns)
        return RPE_OK;
    return form->angles != NULL ? rpe_turns_make(&made->turns, numbers_of(form, size), form->angles, error)
                                : rpe_turns_make(&made->turns, 1, &form->angle, error);
}

void rpe_position_form_destroy(rpe_position_form *form)
{
    rpe_turns_destroy(&form->turns);
    rpe_cycles_destroy(&form->cycles);
}

bool rpe_position_form_is_plain(const rpe_position_form *form, rpe_side side)
{
    return form->form.map == RPE_FORM_PLAIN && form->form.offset == 0 && form->form.reflected == NULL &&
           form->form.scale[side] == 1;
}

/* Mapped vectors, with cosines and sines of some positions or where elements come from. */
size_t rpe_position_rows_bytes(const rpe_position_form *form, size_t size)
{
    size_t table = rpe_workspace_bytes(RPE_LINEAR_POSITIONS * form->turns.numbers, element);
    size_t bytes = rpe_workspace_sum(rpe_workspace_bytes(RPE_LINEAR_POSITIONS * size, element),
                                     rpe_turns_bytes(&form->turns));
    bytes = rpe_workspace_sum(bytes, rpe_workspace_bytes(form->cycles.count, sizeof(size_t)));
    return rpe_workspace_sum(bytes, rpe_workspace_sum(table, table));
}
