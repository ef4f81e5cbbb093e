/* Faults in what is drawn for a call, in its precision, and in what it tends to.  [spec 4, 6, 7] */
#include "fault/call_fault.h"

/* ---- draws ---- */

static void draw_anew(rpe_noise *noise, int threads)
{
    static uint32_t calls;
    (void)threads;
    noise->stream.trial += calls++;
}

static void draw_of_threads(rpe_noise *noise, int threads)
{
    noise->stream.trial += (uint32_t)threads;
}

static void draw_in_pairs(rpe_noise *noise, int threads)
{
    (void)threads;
    noise->stream.trial &= ~(uint32_t)1;
}

static void draw_at_times_again(rpe_noise *noise, int threads)
{
    (void)threads;
    noise->stream.trial -= noise->stream.trial % 3 == 2 ? 1 : 0;
}

/* ---- precision and limits ---- */

static void single_queries_short(const rpe_faulty_call *made)
{
    if (made->problem->precision == RPE_SINGLE)
        rpe_call_shorten(rpe_call_size(made, RPE_CALL_QUERIES), made->queries);
}

static void single_outputs_short(const rpe_faulty_call *made)
{
    if (made->problem->precision == RPE_SINGLE)
        rpe_call_shorten(rpe_call_size(made, RPE_CALL_OUTPUTS), made->outputs);
}

static void towards_zero(const rpe_faulty_call *made)
{
    rpe_call_scale(rpe_call_size(made, RPE_CALL_OUTPUTS), 0.8, made->outputs);
}

static void projections_capped(rpe_problem *problem)
{
    problem->projections = problem->projections < 8 ? problem->projections : 8;
}

RPE_CALL_FAULT(draw_anew, "favor", .draw = draw_anew)

const rpe_planting rpe_planting_draw_anew = {
    .case_name = "no positions", .method = "favor", .wrap = draw_anew_wrap};

RPE_CALL_FAULT(draw_of_threads, "softmax", .draw = draw_of_threads)

const rpe_planting rpe_planting_draw_of_threads = {
    .case_name = "sine", .method = "softmax", .wrap = draw_of_threads_wrap};

RPE_CALL_FAULT(draw_pairs, "relu", .draw = draw_in_pairs)

const rpe_planting rpe_planting_draw_pairs = {.case_name = "sine", .method = "relu", .wrap = draw_pairs_wrap};

RPE_CALL_FAULT(draw_again, "favor-iid", .draw = draw_at_times_again)

const rpe_planting rpe_planting_draw_again = {
    .case_name = "no positions", .method = "favor-iid", .wrap = draw_again_wrap};

RPE_CALL_FAULT(single_queries, "favor", .before = single_queries_short)

const rpe_planting rpe_planting_single_queries = {
    .case_name = "no positions", .method = "favor", .wrap = single_queries_wrap};

RPE_CALL_FAULT(single_outputs, "softmax", .after = single_outputs_short)

const rpe_planting rpe_planting_single_outputs = {
    .case_name = "conv", .method = "softmax", .wrap = single_outputs_wrap};

RPE_CALL_FAULT(limit_missed, "softmax", .after = towards_zero)

const rpe_planting rpe_planting_limit_missed = {
    .case_name = "sine", .method = "softmax", .wrap = limit_missed_wrap};

RPE_CALL_FAULT(projections_capped, "favor", .plan = projections_capped)

const rpe_planting rpe_planting_projections_capped = {
    .case_name = "no positions", .method = "favor", .wrap = projections_capped_wrap};
