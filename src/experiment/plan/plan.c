#include "experiment/plan.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "experiment/plan/input_settings.h"
#include "quantity/measure/trials.h"

#define PILOT_MOST 1.0   /* seconds that one pilot may be expected to take */
#define PILOT_TRIALS 4   /* of a pilot that is expected to be short */
#define PILOT_SHORT 0.01 /* seconds a trial */
#define PILOT_POSITIONS                                                                                      \
    1024 /* on an axis, of a point that is tried on fewer positions; then a quarter of them, .. */
#define OPERATIONS 1e-9 /* seconds of one, before anything was tried */

size_t rpe_shard_block(const rpe_run_settings *settings, size_t index)
{
    return (settings->shard - 1 + index) % settings->shards;
}

/* ---- shapes ---- */

typedef struct shape {
    bool stages[RPE_STAGE_COUNT];
    size_t width, workspace_bytes;
} shape;

/* Measures that the method has the hook of; what they say of the oracle's numbers is known only when these are there. */
static void measures_take(shape *found, const rpe_point *point, const rpe_configuration *configuration,
                          const rpe_subject *subject, rpe_error *reason)
{
    for (size_t i = 0; i < configuration->measure_count; i++) {
        const rpe_measure *measure = configuration->measures[i];
        if (!point->measures[i] ||
            rpe_stage_supports(measure->stage, point->method, subject->problem, reason) != RPE_OK)
            continue;
        found->stages[measure->stage] = true;
        found->width += rpe_measure_values(measure, subject);
        size_t bytes = measure->workspace_bytes == NULL ? 0 : measure->workspace_bytes(subject);
        found->workspace_bytes = bytes > found->workspace_bytes ? bytes : found->workspace_bytes;
    }
}

/* The oracle's scores [H,M,N]; its outputs [M,H,N+V] and the marked values [N,H,N+V]; as doubles. */
static size_t oracle_bytes(const rpe_problem *problem, const bool stages[RPE_STAGE_COUNT])
{
    const size_t m = problem->queries.count, n = problem->keys.count;
    size_t numbers = stages[RPE_STAGE_ENCODE] ? m * n : 0;
    if (stages[RPE_STAGE_ATTEND])
        numbers += (m + n) * (n + problem->value_features);
    return problem->heads * numbers * sizeof(double);
}

/* Values on their way to the journal and from there to the .npy: a batch, a block of columns, and what is read at once. */
static size_t buffer_bytes(double values)
{
    static const double most[] = {1 << 18, 1 << 20, 1 << 16};
    double numbers = 0.0;
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++)
        numbers += i < 2 && values < most[i] ? values : most[i];
    return (size_t)numbers * sizeof(double);
}

/* Multiplications and additions, roughly: what the method says, what measuring costs, and what the oracle costs. */
static void work_guess(rpe_point_plan *plan, const rpe_point *point, const rpe_problem *problem,
                       const bool stages[RPE_STAGE_COUNT])
{
    const double m = (double)problem->queries.count, n = (double)problem->keys.count,
                 heads = (double)problem->heads, features = (double)problem->features,
                 values = (double)problem->value_features, realizations = (double)problem->realizations;
    double codes = 2.0 * (m + n) * features * realizations;
    plan->trial = heads * codes;
    plan->preparation = heads * m * n * features;
    if (stages[RPE_STAGE_CODES])
        plan->trial += heads * m * n * features * realizations;
    if (stages[RPE_STAGE_ENCODE])
        plan->trial += 2.0 * heads * m * n * realizations;
    if (stages[RPE_STAGE_ATTEND]) {
        plan->trial += heads * m * n * (realizations + n + values);
        plan->preparation += heads * m * n * (features + n + values);
    }
    if (point->method->cost != NULL)
        plan->trial += point->method->cost(problem).flops;
    plan->trial *= OPERATIONS;
    plan->preparation *= OPERATIONS;
}

static rpe_subject subject_of(const rpe_point *point, const rpe_problem *problem, const rpe_input *input)
{
    return (rpe_subject){.method = point->method,
                         .problem = problem,
                         .values = input->problem.value_features,
                         .selections = input->settings->selections,
                         .selection_count = input->settings->selection_count,
                         .fit = input->settings->fit != NULL ? &input->fit : NULL};
}

static rpe_status point_plan(rpe_point_plan *plan, const rpe_point *point,
                             const rpe_configuration *configuration, const rpe_input *input,
                             const rpe_run_settings *settings, size_t index, size_t *oracle, rpe_error *error)
{
    rpe_problem problem = rpe_point_problem(point, input);
    const rpe_subject subject = subject_of(point, &problem, input);
    shape found = {.width = 0};
    rpe_error reason = {""};
    rpe_status status = point->method->supports == NULL ? RPE_OK : point->method->supports(&problem, &reason);
    if (status == RPE_OK)
        measures_take(&found, point, configuration, &subject, &reason);
    rpe_trials_settings trials = {.method = point->method,
                                  .problem = &problem,
                                  .mark_values = true,
                                  .threads = settings->threads,
                                  .width = found.width,
                                  .workspace_bytes = found.workspace_bytes};
    memcpy(trials.stages, found.stages, sizeof trials.stages);
    if (status == RPE_OK && found.width > 0)
        status = rpe_trials_bytes(&trials, &plan->bytes, &reason);
    if (status != RPE_OK && status != RPE_ERROR_INPUT) {
        *error = reason;
        return status;
    }
    if (status == RPE_ERROR_INPUT || found.width == 0) {
        snprintf(plan->reason, sizeof plan->reason, "%s", reason.message);
        return RPE_OK;
    }
    const size_t shards = settings->shards;
    const rpe_trial_block block =
        rpe_trial_block_make(rpe_point_trials(point, &problem, found.stages),
                             shards > 0 ? rpe_shard_block(settings, index) : 0, shards);
    plan->trials = block.end - block.first;
    plan->width = found.width;
    *oracle = oracle_bytes(&problem, found.stages);
    work_guess(plan, point, &problem, found.stages);
    return RPE_OK;
}

/* ---- pilots ---- */

/* Points that differ in the number of realizations alone take times that grow alike. */
static bool is_like(const rpe_point *a, const rpe_point *b)
{
    return a->grid == b->grid && a->input == b->input && a->method == b->method &&
           rpe_points_agree(a, b, RPE_OPTION_realizations);
}

typedef struct pilot {
    double preparation, trial; /* seconds over guessed seconds */
    bool done;
} pilot;

static rpe_status pilot_run(pilot *tried, const rpe_point_plan *plan, const rpe_point *point,
                            const rpe_configuration *configuration, rpe_input *input, uint64_t seed,
                            rpe_error *error)
{
    rpe_point short_point = *point;
    rpe_result results[RPE_MEASURES_MAX] = {{0}};
    rpe_point_cost cost = {0};
    const rpe_point_settings settings = {.seed = seed, .threads = 1, .cost = &cost};
    short_point.trials = plan->trial < PILOT_SHORT ? PILOT_TRIALS : 1;
    rpe_status status = rpe_point_run(&short_point, configuration, input, &settings, results, error);
    for (size_t i = 0; i < configuration->measure_count; i++)
        rpe_result_destroy(&results[i]);
    tried->done = status == RPE_OK;
    tried->preparation = cost.preparation / plan->preparation;
    tried->trial = cost.trials / (double)short_point.trials / plan->trial;
    return status;
}

/* The pilot to be taken for a point: its own, the nearest of a point like it, or the last of any. */
static const pilot *pilot_of(const rpe_points *points, const pilot *pilots, size_t index)
{
    const pilot *best = NULL;
    double nearest = INFINITY;
    for (size_t i = 0; i < points->count; i++) {
        const rpe_point *a = &points->points[index], *b = &points->points[i];
        double distance = fabs(
            log((double)a->options[RPE_OPTION_realizations] / (double)b->options[RPE_OPTION_realizations]));
        distance += is_like(a, b) ? 0.0 : 1000.0 + (a->method == b->method ? 0.0 : 1000.0);
        if (pilots[i].done && distance < nearest) {
            nearest = distance;
            best = &pilots[i];
        }
    }
    return best;
}

/* The shortest point of every kind is tried, then the longest of every kind, as long as there is time. */
static rpe_status pilots_run(rpe_plan *plan, pilot *pilots, const rpe_points *points,
                             const rpe_configuration *configuration, rpe_input *const *inputs, uint64_t seed,
                             double seconds, rpe_error *error)
{
    rpe_status status = RPE_OK;
    for (int longest = 0; longest < 2; longest++)
        for (size_t i = 0; status == RPE_OK && i < points->count; i++) {
            const rpe_point_plan *own = &plan->points[i];
            bool extreme = own->trials > 0 && !pilots[i].done;
            for (size_t j = 0; extreme && j < points->count; j++) {
                const rpe_point_plan *other = &plan->points[j];
                double sign = longest ? -1.0 : 1.0;
                bool before =
                    sign * other->trial < sign * own->trial || (other->trial == own->trial && j < i);
                extreme = !(other->trials > 0 && is_like(&points->points[i], &points->points[j]) && before);
            }
            if (!extreme)
                continue;
            const pilot *known = pilot_of(points, pilots, i);
            double expected = known == NULL
                                  ? own->trial + own->preparation
                                  : known->trial * own->trial + known->preparation * own->preparation;
            if (expected > PILOT_MOST || expected > seconds)
                continue;
            double start = rpe_clock_seconds();
            status = pilot_run(&pilots[i], own, &points->points[i], configuration, inputs[i], seed, error);
            seconds -= rpe_clock_seconds() - start;
        }
    return status;
}

/* A point that is too long to be tried, on as few positions as are short enough: its times are in proportion to the guess, on
   few positions as on many. */
static rpe_status short_pilot_run(pilot *tried, const rpe_point *point,
                                  const rpe_configuration *configuration, const rpe_input *input,
                                  uint64_t seed, size_t positions, double most, rpe_error *error)
{
    rpe_input_settings settings;
    rpe_input small = {0};
    rpe_point_plan plan = {.trials = 1};
    shape found = {.width = 0};
    rpe_status status =
        rpe_input_settings_shorten(input->settings, &input->problem, positions, &settings, error);
    if (status == RPE_OK)
        status = rpe_input_load(&small, &settings, seed, error);
    if (status == RPE_OK) {
        const rpe_problem problem = rpe_point_problem(point, &small);
        const rpe_subject subject = subject_of(point, &problem, &small);
        rpe_error refused;
        measures_take(&found, point, configuration, &subject, &refused);
        work_guess(&plan, point, &problem, found.stages);
        if (plan.trial + plan.preparation <= most)
            status = pilot_run(tried, &plan, point, configuration, &small, seed, error);
    }
    rpe_input_destroy(&small);
    return status;
}

/* Where no point could be tried as it is. */
static rpe_status short_pilots_run(const rpe_plan *plan, pilot *pilots, const rpe_points *points,
                                   const rpe_configuration *configuration, rpe_input *const *inputs,
                                   uint64_t seed, double seconds, rpe_error *error)
{
    rpe_status status = RPE_OK;
    double start = rpe_clock_seconds();
    for (size_t i = 0; status == RPE_OK && i < points->count; i++) {
        const pilot *known = pilot_of(points, pilots, i);
        double left = seconds - (rpe_clock_seconds() - start);
        bool is_new = known == NULL || points->points[known - pilots].method != points->points[i].method;
        for (size_t positions = PILOT_POSITIONS; is_new && status == RPE_OK && plan->points[i].trials > 0 &&
                                                 !pilots[i].done && positions > 0 && left > 0;
             positions /= 4)
            status = short_pilot_run(&pilots[i], &points->points[i], configuration, inputs[i], seed,
                                     positions, left < PILOT_MOST ? left : PILOT_MOST, error);
    }
    return status;
}

static bool any_done(const pilot *pilots, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pilots[i].done)
            return true;
    return false;
}

/* ---- the whole ---- */

double rpe_point_plan_seconds(const rpe_point_plan *plan)
{
    return plan->trials == 0 ? 0.0 : plan->preparation + plan->trial * (double)plan->trials;
}

static void totals_set(rpe_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const rpe_point_plan *point = &plan->points[i];
        plan->applicable += point->reason[0] == '\0';
        plan->trials += (double)point->trials;
        plan->values += (double)point->trials * (double)point->width;
        if (point->bytes > plan->bytes) {
            plan->bytes = point->bytes;
            plan->largest = i;
        }
    }
}

/* Guesses become seconds; the trials of a point run side by side. */
rpe_status rpe_plan_time(rpe_plan *plan, const rpe_points *points, const rpe_configuration *configuration,
                         rpe_input *const *inputs, uint64_t seed, int threads, double pilot_seconds,
                         rpe_error *error)
{
    pilot *pilots = rpe_memory_allocate_zero(points->count, sizeof *pilots);
    if (pilots == NULL)
        return rpe_error_memory(error, "pilots", points->count, sizeof *pilots);
    rpe_status status = pilots_run(plan, pilots, points, configuration, inputs, seed, pilot_seconds, error);
    if (status == RPE_OK && !any_done(pilots, points->count))
        status = short_pilots_run(plan, pilots, points, configuration, inputs, seed, pilot_seconds, error);
    plan->seconds = 0.0;
    for (size_t i = 0; status == RPE_OK && i < points->count; i++) {
        rpe_point_plan *point = &plan->points[i];
        const pilot guess = {.preparation = 1, .trial = 1}, *found = pilot_of(points, pilots, i);
        const pilot *taken = found != NULL ? found : &guess;
        double side_by_side = (double)point->trials < threads ? (double)point->trials : threads;
        point->preparation *= taken->preparation;
        point->trial *= taken->trial / (side_by_side > 0.0 ? side_by_side : 1.0);
        plan->seconds += rpe_point_plan_seconds(point);
    }
    rpe_memory_free(pilots);
    return status;
}

rpe_status rpe_plan_make(rpe_plan *plan, const rpe_points *points, const rpe_configuration *configuration,
                         rpe_input *const *inputs, const rpe_run_settings *settings, rpe_error *error)
{
    rpe_plan made = {.count = points->count,
                     .seconds = NAN,
                     .points = rpe_memory_allocate_zero(points->count, sizeof *made.points)};
    if (made.points == NULL)
        return rpe_error_memory(error, "plan", points->count, sizeof *made.points);
    size_t held = rpe_memory_usage_now().current, oracle = 0;
    rpe_status status = RPE_OK;
    for (size_t i = 0; status == RPE_OK && i < points->count; i++) {
        rpe_point_plan *point = &made.points[i];
        size_t own = 0;
        /* The oracle's numbers of an input stay until the end. */
        if (i > 0 && inputs[i] != inputs[i - 1]) {
            held = rpe_workspace_sum(held, oracle);
            oracle = 0;
        }
        status = point_plan(point, &points->points[i], configuration, inputs[i], settings, i, &own, error);
        oracle = own > oracle ? own : oracle;
        const size_t buffers = buffer_bytes((double)point->trials * (double)point->width);
        if (point->trials > 0)
            point->bytes = rpe_workspace_sum(point->bytes, rpe_workspace_sum(held + buffers, oracle));
    }
    if (status == RPE_OK) {
        totals_set(&made);
        *plan = made;
    } else {
        rpe_plan_destroy(&made);
    }
    return status;
}

void rpe_plan_destroy(rpe_plan *plan)
{
    rpe_memory_free(plan->points);
    *plan = (rpe_plan){0};
}

rpe_status rpe_plan_check(const rpe_plan *plan, const rpe_points *points, const char *name, int threads,
                          rpe_error *error)
{
    char needed[RPE_AMOUNT_CAPACITY], there[RPE_AMOUNT_CAPACITY];
    size_t held = rpe_memory_usage_now().current, available = rpe_memory_available();
    if (plan->bytes <= held || plan->bytes - held <= available)
        return RPE_OK;
    return rpe_error_set(error, RPE_ERROR_MEMORY,
                         "%s: expected at least %s of memory for the point %s with %d threads, found %s",
                         name, rpe_bytes_text((double)(plan->bytes - held), needed),
                         points->points[plan->largest].coordinates, threads,
                         rpe_bytes_text((double)available, there));
}
