/* rpebench encode: queries and keys with stochastic positional codes. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/command/data.h"
#include "cli/files.h"
#include "encoding/encoder.h"

enum { CODES = RPE_DATA_OPTION_COUNT, OUTPUT, OPTION_COUNT };

static const char *const written_files[] = {"queries.npy", "keys.npy", "query_codes.npy", "key_codes.npy",
                                            NULL};

static const rpe_option options[OPTION_COUNT] = {
    RPE_DATA_OPTIONS(true),
#define LINE_BOTH(name, kind, command) [RPE_DATA_##name] = RPE_DATA_LINE_##kind command,
#define LINE_ATTEND(name, kind, command)
#define RPE_POINT_OPTION(name, kind, cell, meaning, who, command, ...) LINE_##who(name, kind, command)
#define RPE_ROW_OPTION(name, ...)
#include "experiment/options.def"
#undef RPE_POINT_OPTION
#undef RPE_ROW_OPTION
    [CODES] = {.name = "codes",
               .help = "write query_codes.npy and key_codes.npy, [N,H,D,R] (in the order of --layout, r "
                       "last), too; without it those that an "
                       "earlier call wrote to DIR are removed",
               .type = RPE_OPTION_FLAG},
    [OUTPUT] = {.name = "output",
                .placeholder = "DIR",
                .help = "directory of queries.npy and keys.npy, [N,H,R]; it is created",
                .type = RPE_OPTION_PATH,
                .written = true,
                .files = written_files,
                .required = true},
};

/* One run: what its parts need. */
typedef struct encoding {
    const rpe_arguments *arguments;
    rpe_data data;
    rpe_draw draw;
    rpe_encoder *encoder;
    rpe_workspace *workspaces;
    rpe_files files;
} encoding;

static rpe_status encoder_make(encoding *run, rpe_error *error)
{
    const rpe_encoder_settings settings = {
        .kernel = run->data.kernel,
        .sampler = run->draw.sampler,
        .queries = run->data.query_positions,
        .keys = run->data.key_positions,
        .batch = run->data.batch,
        .realizations = run->draw.realizations,
        .precision = run->data.queries.precision,
        .shared_heads = run->draw.shared_heads,
    };
    rpe_status status = rpe_encoder_create(&run->encoder, &settings, error);
    if (status == RPE_OK && run->draw.sampler == NULL)
        status = rpe_encoder_noise_check(run->encoder, &run->draw.noise, run->draw.noise_path,
                                         run->draw.gate_path, error);
    if (status == RPE_OK)
        status = rpe_workspaces_create(&run->workspaces, run->arguments->threads,
                                       rpe_encoder_workspace_bytes(run->encoder), error);
    return status;
}

/* Stores queries.npy and keys.npy.  The inputs are released before the outputs are written. */
static rpe_status vectors_write(encoding *run, rpe_error *error)
{
    size_t shape[RPE_RANK_MAX], rank;
    rpe_data *data = &run->data;
    rpe_precision precision = data->queries.precision;
    const char *directory = run->arguments->values[OUTPUT].text;
    rpe_array queries = {0}, keys = {0};

    rank = rpe_data_output_shape(data, &data->query_positions, run->draw.realizations, shape);
    rpe_status status = rpe_array_create(&queries, precision, rank, shape, "encoded queries", error);
    rank = rpe_data_output_shape(data, &data->key_positions, run->draw.realizations, shape);
    if (status == RPE_OK)
        status = rpe_array_create(&keys, precision, rank, shape, "encoded keys", error);
    if (status == RPE_OK) {
        rpe_encoder_apply(run->encoder, &run->draw.noise, data->queries.values, data->keys.values,
                          queries.values, keys.values, run->arguments->threads, run->workspaces);
        rpe_array_destroy(&data->queries);
        rpe_array_destroy(&data->keys);
        status = rpe_directory_create(directory, error);
    }
    if (status == RPE_OK)
        status = rpe_data_output_lay_out(data, &data->query_positions, &queries, error);
    if (status == RPE_OK)
        status = rpe_files_store(&run->files, directory, "queries.npy", &queries, error);
    if (status == RPE_OK)
        status = rpe_data_output_lay_out(data, &data->key_positions, &keys, error);
    if (status == RPE_OK)
        status = rpe_files_store(&run->files, directory, "keys.npy", &keys, error);
    rpe_array_destroy(&keys);
    rpe_array_destroy(&queries);
    return status;
}

/* [M,H,D,R], an axis for each axis of the positions; a draw serves the whole batch, so there is no batch axis. */
static rpe_status codes_create(rpe_array *codes, const encoding *run, const rpe_positions *positions,
                               rpe_precision precision, const char *what, rpe_error *error)
{
    size_t shape[RPE_RANK_MAX], rank = 0;
    for (size_t i = 0; i < positions->axes; i++)
        shape[rank++] = positions->extent[i];
    shape[rank++] = run->data.heads;
    shape[rank++] = run->data.features;
    shape[rank++] = run->draw.realizations;
    return rpe_array_create(codes, precision, rank, shape, what, error);
}

static void codes_fill(const encoding *run, rpe_array *queries, rpe_array *keys)
{
    size_t heads = run->data.heads, features = run->data.features, realizations = run->draw.realizations;
    size_t bytes = realizations * rpe_precision_size(queries->precision);
    for (size_t head = 0; head < heads; head++) {
        for (size_t feature = 0; feature < features; feature++) {
            size_t first = (head * features + feature) * bytes;
            rpe_encoder_codes(run->encoder, &run->draw.noise, head, feature, (char *)queries->values + first,
                              (char *)keys->values + first, heads * features * realizations,
                              &run->workspaces[0]);
        }
    }
}

/* The files of --codes; without it those of an earlier call go, as they are not the codes of these vectors. */
static const char *const code_files[2] = {"query_codes.npy", "key_codes.npy"};

static rpe_status codes_replace(encoding *run, rpe_error *error)
{
    const char *directory = run->arguments->values[OUTPUT].text;
    rpe_status status = rpe_files_replace(&run->files, directory, code_files[0], error);
    return status == RPE_OK ? rpe_files_replace(&run->files, directory, code_files[1], error) : status;
}

/* In the layout of the inputs, the realizations last, as check reads them. */
static rpe_status codes_lay_out(const encoding *run, const rpe_positions *positions, rpe_array *codes,
                                rpe_error *error)
{
    char layout[RPE_LAYOUT_CAPACITY + 1] = "";
    size_t used = 0;
    for (const char *letter = run->data.layout; *letter != '\0'; letter++)
        if (*letter != 'b')
            layout[used++] = *letter;
    layout[used] = 'r';
    return rpe_layout_change(codes, RPE_DATA_LAYOUT_USUAL "r", layout, positions->axes, "codes", error);
}

static rpe_status codes_write(encoding *run, rpe_error *error)
{
    const char *directory = run->arguments->values[OUTPUT].text;
    rpe_precision precision = (rpe_precision)run->arguments->values[RPE_DATA_precision].count;
    rpe_array queries = {0}, keys = {0};
    rpe_status status =
        codes_create(&queries, run, &run->data.query_positions, precision, "query codes", error);
    if (status == RPE_OK)
        status = codes_create(&keys, run, &run->data.key_positions, precision, "key codes", error);
    if (status == RPE_OK) {
        codes_fill(run, &queries, &keys);
        status = codes_lay_out(run, &run->data.query_positions, &queries, error);
    }
    if (status == RPE_OK)
        status = codes_lay_out(run, &run->data.key_positions, &keys, error);
    if (status == RPE_OK)
        status = rpe_files_store(&run->files, directory, code_files[0], &queries, error);
    if (status == RPE_OK)
        status = rpe_files_store(&run->files, directory, code_files[1], &keys, error);
    rpe_array_destroy(&keys);
    rpe_array_destroy(&queries);
    return status;
}

/* An output directory that exists must be one that can be written to: said before the work is done. */
static rpe_status directory_check(const char *directory, rpe_error *error)
{
    struct stat found;
    if (stat(directory, &found) != 0)
        return RPE_OK;
    if (!S_ISDIR(found.st_mode))
        return rpe_error_set(error, RPE_ERROR_FILE, "%s: expected a directory, found a file", directory);
    char *path = rpe_path_join(directory, "queries.npy");
    if (path == NULL)
        return rpe_error_memory(error, "path", 1, sizeof "queries.npy");
    rpe_status status = rpe_files_path_check(path, error);
    rpe_memory_free(path);
    return status;
}

static void success_print(const encoding *run)
{
    char queries[RPE_SHAPE_CAPACITY], keys[RPE_SHAPE_CAPACITY], draw[RPE_DRAW_TEXT_CAPACITY];
    const rpe_data *data = &run->data;
    rpe_data_output_text(data, &data->query_positions, run->draw.realizations, queries);
    rpe_data_output_text(data, &data->key_positions, run->draw.realizations, keys);
    printf("encode: wrote queries.npy %s, keys.npy %s%s to %s, %s precision, %s\n", queries, keys,
           run->arguments->values[CODES].given ? ", query_codes.npy, key_codes.npy" : "",
           run->arguments->values[OUTPUT].text,
           rpe_precision_name((rpe_precision)run->arguments->values[RPE_DATA_precision].count),
           rpe_draw_text(&run->draw, draw));
}

static rpe_status encode_run(const rpe_arguments *arguments, rpe_error *error)
{
    encoding run = {.arguments = arguments};
    rpe_status status = rpe_draw_options_check(arguments, true, false, "", error);
    if (status == RPE_OK)
        status = directory_check(arguments->values[OUTPUT].text, error);
    if (status == RPE_OK)
        status = rpe_data_read(&run.data, arguments, NULL, error);
    if (status == RPE_OK)
        rpe_data_print(&run.data, arguments, NULL);
    if (status == RPE_OK)
        status = rpe_draw_read(&run.draw, arguments, run.data.kernel, error);
    if (status == RPE_OK)
        status = encoder_make(&run, error);
    if (status == RPE_OK)
        status = vectors_write(&run, error);
    if (status == RPE_OK)
        status = arguments->values[CODES].given ? codes_write(&run, error) : codes_replace(&run, error);
    if (status == RPE_OK)
        status = rpe_files_commit(&run.files, error);
    if (status == RPE_OK && !arguments->quiet)
        success_print(&run);
    rpe_files_discard(&run.files);
    rpe_workspaces_destroy(run.workspaces, arguments->threads);
    rpe_encoder_destroy(run.encoder);
    rpe_draw_destroy(&run.draw);
    rpe_data_destroy(&run.data);
    return status;
}

const rpe_command rpe_command_encode = {
    .name = "encode",
    .title = "queries and keys with stochastic positional codes",
    .description =
        "Replaces queries and keys of size D by vectors of size R whose scores q.k/sqrt(R) are unbiased "
        "estimates of\n"
        "the scores with the position kernel.  Noise is given (--noise) or drawn (--realizations).\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = encode_run,
};
