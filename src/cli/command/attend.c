/* rpebench attend: attention outputs by any registered method. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/command/data.h"
#include "cli/files.h"
#include "cli/given_positions.h"
#include "encoding/encoder.h"
#include "experiment/point_option.h"
#include "file/npy.h"
#include "method/call.h"
#include "method/method.h"

enum {
    METHOD = RPE_DATA_OPTION_COUNT,
    VALUES,
/* Of options.def, what encode does not have. */
#define PLACE_BOTH(name)
#define PLACE_ATTEND(name) OPTION_##name,
#define RPE_POINT_OPTION(name, kind, cell, meaning, who, ...) PLACE_##who(name)
#define RPE_ROW_OPTION(name, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
    PROJECTION,
    QUERY_POSITIONS,
    KEY_POSITIONS,
    SEGMENTS,
    NORMALISE,
    COSINE,
    OUTPUT,
    OPTION_COUNT
};

static const char *method_name(size_t index)
{
    return index < rpe_method_count() ? rpe_method_at(index)->name : NULL;
}

static const rpe_option options[OPTION_COUNT] = {
    RPE_DATA_OPTIONS(false),
#define LINE_BOTH(name, kind, command) [RPE_DATA_##name] = RPE_DATA_LINE_##kind command,
#define LINE_ATTEND(name, kind, command) [OPTION_##name] = RPE_DATA_LINE_##kind command,
#define RPE_POINT_OPTION(name, kind, cell, meaning, who, command, ...) LINE_##who(name, kind, command)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
    [METHOD] = {.name = "method",
                .placeholder = "NAME",
                .help = "kind of attention",
                .type = RPE_OPTION_CHOICE,
                .choice = method_name,
                .required = true},
    [VALUES] = {.name = "values",
                .placeholder = "v.npy",
                .help = "values [N,H,V] or [B,N,H,V]",
                .type = RPE_OPTION_PATH,
                .required = true},
    [PROJECTION] = {.name = "projection",
                    .placeholder = "w.npy",
                    .help = "projections [F,S] instead of --features; S: R of encoded vectors, else D or "
                            "what the method makes of it",
                    .type = RPE_OPTION_PATH},
    [QUERY_POSITIONS] =
        {.name = "query-positions",
         .placeholder = "m.npy",
         .help = "positions of the queries [M] in the place of 0, 1, …; causal is by position then",
         .type = RPE_OPTION_PATH},
    [KEY_POSITIONS] = {.name = "key-positions",
                       .placeholder = "n.npy",
                       .help = "positions of the keys [N]",
                       .type = RPE_OPTION_PATH},
    [SEGMENTS] = {.name = "segments",
                  .placeholder = "s.npy",
                  .help = "segment of each token [N], numbers that never fall: it sees its own alone",
                  .type = RPE_OPTION_PATH},
    [NORMALISE] = {.name = "normalise",
                   .placeholder = "KAPPA",
                   .help = "scores KAPPA q.k/(|q||k|) in the place of q.k/sqrt(D)",
                   .type = RPE_OPTION_NUMBER,
                   .low = 0,
                   .high = 1e6},
    [COSINE] = {.name = "cosine",
                .placeholder = "KAPPA",
                .help = "another name of --normalise",
                .type = RPE_OPTION_NUMBER,
                .low = 0,
                .high = 1e6},
    [OUTPUT] = {.name = "output",
                .placeholder = "o.npy",
                .help = "outputs [M,H,V] or [B,M,H,V]",
                .type = RPE_OPTION_PATH,
                .written = true,
                .required = true},
};

/* One run: what its parts need. */
typedef struct attending {
    const rpe_arguments *arguments;
    const rpe_method *method;
    bool encodes;
    rpe_data data;
    rpe_draw draw;
    rpe_array projection; /* zeroed: not given */
    rpe_given_positions positions;
    rpe_problem problem;
    rpe_call call;
} attending;

static rpe_status projection_options_check(const attending *run, rpe_error *error)
{
    const rpe_option_value *features = &run->arguments->values[OPTION_projections];
    const rpe_option_value *projection = &run->arguments->values[PROJECTION];
    if (!rpe_method_projects(run->method) && (features->given || projection->given))
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--%s: expected only with a method that has random features, found method %s",
                             features->given ? "features" : "projection", run->method->name);
    if (features->given && projection->given)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--projection: expected without --features, found both");
    if (rpe_method_projects(run->method) && !features->given && !projection->given)
        return rpe_error_set(error, RPE_ERROR_INPUT,
                             "--features: expected --features F or --projection w.npy for method %s, found "
                             "neither",
                             run->method->name);
    return RPE_OK;
}

static rpe_status options_check(attending *run, rpe_error *error)
{
    char why[128];
    bool kernel = run->arguments->values[RPE_DATA_KERNEL].given;
    run->method = rpe_method_at(run->arguments->values[METHOD].count);
    run->encodes = kernel && run->method->encode != NULL;
    if (kernel)
        snprintf(why, sizeof why, "method %s", run->method->name);
    else
        snprintf(why, sizeof why, "no --kernel");
    rpe_status status = projection_options_check(run, error);
    if (status == RPE_OK)
        status = rpe_draw_options_check(run->arguments, run->encodes,
                                        run->arguments->values[OPTION_projections].given, why, error);
    return status;
}

/* Noise that is given must have the shape that the encoder asks for. */
static rpe_status noise_check(const attending *run, rpe_error *error)
{
    rpe_encoder *encoder = NULL;
    const rpe_encoder_settings settings = {
        .kernel = run->problem.kernel,
        .queries = run->problem.queries,
        .keys = run->problem.keys,
        .batch = run->problem.batch,
        .realizations = run->problem.realizations,
        .precision = run->problem.precision,
        .shared_heads = run->problem.shared_heads,
    };
    rpe_status status = rpe_encoder_create(&encoder, &settings, error);
    if (status == RPE_OK)
        status = rpe_encoder_noise_check(encoder, &run->draw.noise, run->draw.noise_path, run->draw.gate_path,
                                         error);
    rpe_encoder_destroy(encoder);
    return status;
}

static rpe_status projection_read(attending *run, rpe_error *error)
{
    const char *path = run->arguments->values[PROJECTION].text;
    if (path == NULL)
        return RPE_OK;
    rpe_status status = rpe_npy_read(path, RPE_NPY_DOUBLE, &run->projection, error);
    if (status == RPE_OK)
        run->draw.noise.projection = &run->projection;
    return status;
}

/* Given projections have the size of a vector as the attention sees it, of a problem that the method takes. */
static rpe_status projection_check(const attending *run, rpe_error *error)
{
    char found[RPE_SHAPE_CAPACITY];
    const rpe_array *projection = run->draw.noise.projection;
    const char *as = run->arguments->values[RPE_DATA_QUERIES].text;
    size_t size = rpe_method_size(run->method, &run->problem);
    if (projection == NULL || (projection->rank == 2 && projection->shape[1] == size))
        return RPE_OK;
    if (run->encodes)
        as = "encoded vectors have R";
    else if (size != run->problem.features)
        as = "the method makes of a vector";
    return rpe_error_set(error, RPE_ERROR_INPUT, "%s: expected shape [*,%zu] as %s, found %s",
                         run->arguments->values[PROJECTION].text, size, as,
                         rpe_shape_text(projection->rank, projection->shape, found));
}

/* The numbers of options.def on the command line. */
static void options_take(const attending *run, size_t numbers[RPE_OPTION_TOTAL])
{
#define NUMBER_COUNT(value) (value).count
#define NUMBER_FLAG(value) ((value).given ? 1 : 0)
#define NUMBER_PRECISION(value) (value).count
#define NUMBER_SAMPLER(value) (value).count
#define INDEX_BOTH(name) RPE_DATA_##name
#define INDEX_ATTEND(name) OPTION_##name
#define RPE_POINT_OPTION(name, kind, cell, meaning, who, ...)                                                \
    numbers[RPE_OPTION_##name] = NUMBER_##kind(run->arguments->values[INDEX_##who(name)]);
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
}

static rpe_status problem_make(attending *run, rpe_error *error)
{
    const rpe_data *data = &run->data;
    size_t numbers[RPE_OPTION_TOTAL];
    run->problem = (rpe_problem){
        .queries = data->query_positions,
        .keys = data->key_positions,
        .batch = data->batch,
        .heads = data->heads,
        .features = data->features,
        .value_features = data->value_features,
        .kernel = data->kernel,
    };
    options_take(run, numbers);
    rpe_problem_options_set(&run->problem, numbers);
    run->problem.sampler = run->draw.sampler; /* noise and projections may be given */
    run->problem.realizations = run->draw.realizations;
    if (run->draw.noise.projection != NULL)
        run->problem.projections = run->projection.rank == 2 ? run->projection.shape[0] : 1;
    rpe_status status = RPE_OK;
    if (run->encodes && run->draw.sampler == NULL)
        status = noise_check(run, error);
    if (status == RPE_OK)
        status = rpe_call_make(&run->call, run->method, &run->problem, run->arguments->threads, error);
    return status == RPE_OK ? projection_check(run, error) : status;
}

/* ", 256 projections of seed 1", ", 256 given projections", or nothing */
static const char *projection_text(const attending *run, char text[RPE_DRAW_TEXT_CAPACITY])
{
    text[0] = '\0';
    if (run->draw.noise.projection != NULL)
        snprintf(text, RPE_DRAW_TEXT_CAPACITY, ", %zu given projections", run->problem.projections);
    else if (rpe_method_projects(run->method))
        snprintf(text, RPE_DRAW_TEXT_CAPACITY, ", %zu projections of seed %" PRIu64, run->problem.projections,
                 run->draw.noise.stream.seed);
    return text;
}

static void success_print(const attending *run, const rpe_array *outputs)
{
    char shape[RPE_SHAPE_CAPACITY], draw[RPE_DRAW_TEXT_CAPACITY], projection[RPE_DRAW_TEXT_CAPACITY];
    printf("attend: wrote %s %s, method %s, %s precision%s%s%s\n", run->arguments->values[OUTPUT].text,
           rpe_shape_text(outputs->rank, outputs->shape, shape), run->method->name,
           rpe_precision_name(run->problem.precision), run->encodes ? ", " : "",
           run->encodes ? rpe_draw_text(&run->draw, draw) : "", projection_text(run, projection));
}

static rpe_status outputs_write(attending *run, rpe_error *error)
{
    size_t shape[RPE_RANK_MAX];
    const char *path = run->arguments->values[OUTPUT].text;
    rpe_data *data = &run->data;
    rpe_array outputs = {0};
    rpe_files files = {0};
    size_t rank = rpe_data_output_shape(data, &data->query_positions, data->value_features, shape);
    rpe_status status = rpe_array_create(&outputs, run->problem.precision, rank, shape, "outputs", error);
    if (status == RPE_OK) {
        const rpe_inputs inputs = {data->queries.values, data->keys.values, data->values.values};
        rpe_call_attend(&run->call, &run->draw.noise, &inputs, outputs.values);
        rpe_array_destroy(&data->queries);
        rpe_array_destroy(&data->keys);
        rpe_array_destroy(&data->values);
        status = rpe_method_outputs_check(&run->problem, outputs.values, path, error);
    }
    if (status == RPE_OK)
        status = rpe_data_output_lay_out(data, &data->query_positions, &outputs, error);
    if (status == RPE_OK)
        status = rpe_files_store(&files, NULL, path, &outputs, error);
    if (status == RPE_OK)
        status = rpe_files_commit(&files, error);
    if (status == RPE_OK && !run->arguments->quiet)
        success_print(run, &outputs);
    rpe_files_discard(&files);
    rpe_array_destroy(&outputs);
    return status;
}

static rpe_status positions_read(attending *run, rpe_error *error)
{
    const rpe_option_value *values = run->arguments->values;
    rpe_data *data = &run->data;
    rpe_status status =
        rpe_given_positions_read(&run->positions, values[QUERY_POSITIONS].text, values[KEY_POSITIONS].text,
                                 values[SEGMENTS].text, &data->query_positions, &data->key_positions, error);
    const rpe_option_value *kappa = &values[values[COSINE].given ? COSINE : NORMALISE];
    if (values[COSINE].given && values[NORMALISE].given)
        return rpe_error_set(error, RPE_ERROR_INPUT, "--cosine: expected without --normalise, found both");
    if (status == RPE_OK && kappa->given)
        status = rpe_vectors_normalise(&data->queries, kappa->number, "--normalise", error);
    if (status == RPE_OK && kappa->given)
        status = rpe_vectors_normalise(&data->keys, kappa->number, "--normalise", error);
    return status;
}

static rpe_status attend_run(const rpe_arguments *arguments, rpe_error *error)
{
    attending run = {.arguments = arguments};
    const char *values_path = arguments->values[VALUES].text;
    rpe_status status = options_check(&run, error);
    if (status == RPE_OK)
        status = rpe_files_path_check(arguments->values[OUTPUT].text, error);
    if (status == RPE_OK)
        status = rpe_data_read(&run.data, arguments, values_path, error);
    if (status == RPE_OK)
        rpe_data_print(&run.data, arguments, values_path);
    if (status == RPE_OK)
        status = positions_read(&run, error);
    if (status == RPE_OK && run.encodes)
        status = rpe_draw_read(&run.draw, arguments, run.data.kernel, error);
    if (status == RPE_OK)
        run.draw.noise.stream = rpe_draw_stream(arguments);
    if (status == RPE_OK)
        status = projection_read(&run, error);
    if (status == RPE_OK)
        status = problem_make(&run, error);
    if (status == RPE_OK)
        status = outputs_write(&run, error);
    rpe_call_end(&run.call);
    rpe_array_destroy(&run.projection);
    rpe_given_positions_destroy(&run.positions);
    rpe_draw_destroy(&run.draw);
    rpe_data_destroy(&run.data);
    return status;
}

const rpe_command rpe_command_attend = {
    .name = "attend",
    .title = "attention outputs by a method",
    .description = "Method explicit is the exact attention with the position kernel, quadratic in time.  "
                   "With a kernel the other\n"
                   "methods encode queries and keys first, with noise that is given (--noise) or drawn "
                   "(--realizations).  The\n"
                   "methods with random features need projections, given (--projection) or drawn by the "
                   "same seed (--features).\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = attend_run,
};
