#include <string.h>

#include "base/memory.h"
#include "quantity/claim/attention/small.h"

#define FRONT 5 /* tokens of another segment in front */

/* ---- positions that are given ---- */

static const double shifts[] = {1, 7, 2.5, 100};

/* The positions, each so much further on every axis. */
static rpe_status shift_moved(rpe_small *small, const rpe_positions *from, double by, rpe_positions *to,
                              rpe_error *error)
{
    double *given = rpe_small_array(small, from->count * from->axes, error);
    if (given == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < from->count; i++) {
        rpe_place place = rpe_positions_place(from, i);
        for (size_t axis = 0; axis < from->axes; axis++)
            given[i * from->axes + axis] = place.at[axis] + by;
    }
    *to = *from;
    to->given = given;
    return RPE_OK;
}

static rpe_status problem_moved(rpe_small *small, double by, rpe_problem *problem, rpe_error *error)
{
    rpe_status status = shift_moved(small, &small->problem.queries, by, &problem->queries, error);
    return status == RPE_OK ? shift_moved(small, &small->problem.keys, by, &problem->keys, error) : status;
}

/* On one axis the first are those of the grid, so that what is fast there is looked at, too. */
static rpe_status given_visit(rpe_small *small, rpe_error *error)
{
    rpe_problem first = small->problem, second = small->problem;
    double by = shifts[small->index / 2 % 4], *found = NULL;
    rpe_small_outcome outcome = {0};
    rpe_status status = RPE_OK;
    if (small->problem.kernel->type->whole)
        by = 2 * by;
    if (small->problem.keys.axes > 1)
        status = problem_moved(small, 0, &first, error);
    if (status == RPE_OK)
        status = problem_moved(small, by, &second, error);
    if (status == RPE_OK && small->subject->method->supports(&second, NULL) != RPE_OK)
        return RPE_OK; /* a precision that given positions are not attended to in */
    if (status == RPE_OK)
        status = rpe_small_run(small, &first, &small->inputs, &outcome, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, &second, &small->noise, &small->inputs, 1, &found, error);
    if (status == RPE_OK)
        rpe_small_judge(small, rpe_small_outputs(&first), found, outcome.outputs, 2, outcome.bounds);
    return status;
}

/* ---- tokens in front, which are of another segment ---- */

static rpe_status positions_extend(const rpe_positions *from, const size_t *segment, rpe_positions *to,
                                   rpe_error *error)
{
    size_t count = from->count + FRONT;
    rpe_status status = rpe_positions_make(to, 1, &count, "a small problem", error);
    to->segment = segment;
    return status;
}

/* [B,FRONT+count,width]: each item behind FRONT rows of ones. */
static double *rows_extend(rpe_small *small, size_t count, size_t width, const double *from, rpe_error *error)
{
    size_t batch = small->problem.batch, longer = count + FRONT;
    double *to = rpe_small_array(small, batch * longer * width, error);
    for (size_t i = 0; to != NULL && i < batch * longer * width; i++) {
        size_t row = i / width % longer, item = i / width / longer;
        to[i] = row < FRONT ? 1 : from[(item * count + row - FRONT) * width + i % width];
    }
    return to;
}

static rpe_status front_visit(rpe_small *small, rpe_error *error)
{
    static size_t segment[FRONT + RPE_SMALL_FAR];
    const rpe_problem *problem = &small->problem;
    rpe_problem longer = *problem;
    size_t row = problem->heads * problem->features, width = problem->heads * problem->value_features;
    size_t count = problem->keys.count;
    const rpe_inputs inputs = {rows_extend(small, count, row, small->inputs.queries, error),
                               rows_extend(small, count, row, small->inputs.keys, error),
                               rows_extend(small, count, width, small->inputs.values, error)};
    rpe_small_outcome outcome = {0};
    double *found = NULL;
    if (inputs.queries == NULL || inputs.keys == NULL || inputs.values == NULL)
        return RPE_ERROR_MEMORY;
    for (size_t i = 0; i < FRONT + RPE_SMALL_FAR; i++)
        segment[i] = i >= FRONT;
    rpe_status status = positions_extend(&problem->queries, segment, &longer.queries, error);
    if (status == RPE_OK)
        status = positions_extend(&problem->keys, segment, &longer.keys, error);
    if (status == RPE_OK)
        status = rpe_small_run(small, problem, &small->inputs, &outcome, error);
    if (status == RPE_OK)
        status = rpe_small_attend(small, &longer, &small->noise, &inputs, 1, &found, error);
    for (size_t item = 0; status == RPE_OK && item < problem->batch; item++)
        rpe_small_judge(small, count * width, found + (item * (count + FRONT) + FRONT) * width,
                        outcome.outputs + item * count * width, 2, outcome.bounds + item * count * width);
    return status;
}

/* ---- the claim ---- */

/* Whether the method takes the case's positions when they are given. */
static rpe_status takes_given(const rpe_case *subject, rpe_error *reason)
{
    static const double place[RPE_AXES_MAX];
    const size_t one[RPE_AXES_MAX] = {1, 1, 1};
    rpe_problem problem = subject->problem;
    rpe_status status = rpe_positions_make(&problem.queries, problem.queries.axes, one, "a position", reason);
    problem.queries.given = place;
    problem.keys = problem.queries;
    return status == RPE_OK ? subject->method->supports(&problem, reason) : status;
}

static rpe_status takes_segments(const rpe_case *subject, rpe_error *reason)
{
    static const size_t segment[1];
    const size_t one = 1;
    rpe_problem problem = subject->problem;
    if (problem.queries.axes != 1)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "segments lie on 1 axis");
    rpe_status status = rpe_positions_make(&problem.queries, 1, &one, "a position", reason);
    problem.queries.segment = segment;
    problem.keys = problem.queries;
    return status == RPE_OK ? subject->method->supports(&problem, reason) : status;
}

static rpe_status shift_visit(rpe_small *small, rpe_error *error)
{
    return takes_given(small->subject, NULL) == RPE_OK ? given_visit(small, error)
                                                       : front_visit(small, error);
}

static rpe_status shift_supports(const rpe_case *subject, rpe_error *reason)
{
    const rpe_kernel *kernel = subject->problem.kernel;
    if (kernel == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "there are no positions to be moved");
    if (kernel->type->absolute)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "a position %s is no function of the lag alone",
                             kernel->type->name);
    if (subject->method->encode != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "it holds in law: claim shift-invariance");
    if (subject->method->supports == NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s takes no other positions than 0, 1, ...",
                             subject->method->name);
    if (takes_given(subject, NULL) != RPE_OK && takes_segments(subject, NULL) != RPE_OK)
        return rpe_error_set(reason, RPE_ERROR_INPUT, "method %s takes no other positions than 0, 1, ...",
                             subject->method->name);
    if (takes_given(subject, NULL) != RPE_OK && subject->method->map != NULL &&
        subject->method->map->tilt != NULL)
        return rpe_error_set(reason, RPE_ERROR_INPUT,
                             "method %s fits its projections to all tokens, of other segments too",
                             subject->method->name);
    return rpe_supports_defined(subject, reason);
}

const rpe_claim rpe_claim_shift = {.name = "shift",
                                   .title = "Queries and keys that are moved together have the same outputs",
                                   .formula = "o(m + s, n + s) = o(m, n) for all s",
                                   .source = "spec 2; families 0 and J",
                                   .supports = shift_supports,
                                   RPE_SMALL_BOUNDS(shift_visit, .square = true)};
