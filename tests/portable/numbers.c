/* Writes what the vectorized functions compute as doubles, to the file named: random numbers, then the encoded vectors and
   outputs of all methods.  Linked twice, with what the processor has and with what every processor has.
   File: the count of random numbers, these, then parts: precision (0 single, 1 double), count, numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "method/method.h"

enum { HEADS = 2, VALUES = 5, RANDOM = 5000 };

typedef struct writer {
    FILE *file;
    const rpe_method *method;
    rpe_problem problem;
} writer;

static void stop(const char *what)
{
    fprintf(stderr, "numbers: %s\n", what);
    exit(1);
}

static void put(FILE *file, size_t count, const double *values)
{
    if (fwrite(values, sizeof *values, count, file) != count)
        stop("cannot write");
}

static void put_random(FILE *file)
{
    static double values[4 * RANDOM];
    static float narrow[RANDOM];
    const double count = 4 * RANDOM;
    rpe_stream stream = {.seed = 3, .point = 1, .trial = 4, .purpose = 1};
    rpe_stream_normals(stream, 7, RANDOM, values);
    rpe_stream_signs(stream, 7, RANDOM, values + RANDOM);
    rpe_stream_normals_single(stream, 7, RANDOM, narrow);
    for (size_t i = 0; i < RANDOM; i++)
        values[2 * RANDOM + i] = narrow[i];
    rpe_stream_signs_single(stream, 7, RANDOM, narrow);
    for (size_t i = 0; i < RANDOM; i++)
        values[3 * RANDOM + i] = narrow[i];
    put(file, 1, &count);
    put(file, 4 * RANDOM, values);
}

static void *room(size_t count)
{
    void *made = rpe_memory_allocate_zero(count, sizeof(double));
    if (made == NULL)
        stop("out of memory");
    return made;
}

/* Inputs 0.5 x, x standard normal, in the problem's precision. */
static void *inputs_make(const rpe_problem *problem, size_t positions, size_t size, rpe_purpose purpose)
{
    size_t count = positions * problem->heads * size;
    double *values = room(count);
    rpe_stream_normals((rpe_stream){.seed = 5, .purpose = rpe_stream_purpose(purpose, 0)}, 0, count, values);
    for (size_t i = 0; i < count; i++) {
        float narrow = (float)(0.5 * values[i]);
        if (problem->precision == RPE_SINGLE)
            memcpy((char *)values + i * sizeof narrow, &narrow, sizeof narrow);
        else
            values[i] *= 0.5;
    }
    return values;
}

static void part_put(const writer *w, size_t count, void *values)
{
    double head[2] = {w->problem.precision == RPE_DOUBLE, (double)count};
    double *wide = room(count);
    for (size_t i = 0; i < count; i++)
        wide[i] = w->problem.precision == RPE_SINGLE ? (double)((float *)values)[i] : ((double *)values)[i];
    put(w->file, 2, head);
    put(w->file, count, wide);
    rpe_memory_free(wide);
}

static void method_put(const writer *w)
{
    const rpe_problem *p = &w->problem;
    void *plan = NULL;
    rpe_workspace workspace = {0};
    rpe_noise noise = {.stream = {.seed = 9, .point = 2}};
    if (w->method->supports != NULL && w->method->supports(p, NULL) != RPE_OK)
        return;
    if (w->method->plan(&plan, p, NULL) != RPE_OK ||
        rpe_workspace_create(&workspace, w->method->workspace_bytes(plan), NULL) != RPE_OK)
        stop("no plan");
    rpe_inputs inputs = {inputs_make(p, p->queries.count, p->features, RPE_PURPOSE_QUERIES),
                         inputs_make(p, p->keys.count, p->features, RPE_PURPOSE_KEYS),
                         inputs_make(p, p->keys.count, VALUES, RPE_PURPOSE_VALUES)};
    size_t encoded = p->queries.count * HEADS * p->realizations;
    size_t keys = p->keys.count * HEADS * p->realizations, outputs = p->queries.count * HEADS * VALUES;
    void *query_room = room(encoded), *key_room = room(keys), *output_room = room(outputs);
    if (w->method->encode != NULL) {
        w->method->encode(plan, &noise, &inputs, query_room, key_room, 1, &workspace);
        part_put(w, encoded, query_room);
        part_put(w, keys, key_room);
    }
    w->method->attend(plan, &noise, &inputs, output_room, 1, &workspace);
    part_put(w, outputs, output_room);
    void *owned[] = {(void *)inputs.queries,
                     (void *)inputs.keys,
                     (void *)inputs.values,
                     query_room,
                     key_room,
                     output_room};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++)
        rpe_memory_free(owned[i]);
    rpe_workspace_destroy(&workspace);
    w->method->plan_destroy(plan);
}

static void kernel_put(writer *w, const char *path)
{
    const size_t queries = 150, keys = 131;
    rpe_kernel *kernel = NULL;
    rpe_error error = {""};
    if (rpe_kernel_read(&kernel, path, &error) != RPE_OK)
        stop(error.message);
    w->problem = (rpe_problem){.batch = 1,
                               .heads = kernel->heads,
                               .features = kernel->features,
                               .value_features = VALUES,
                               .kernel = kernel,
                               .realizations = 24};
    if (kernel->heads != HEADS || rpe_positions_make(&w->problem.queries, 1, &queries, "M", NULL) != RPE_OK ||
        rpe_positions_make(&w->problem.keys, 1, &keys, "N", NULL) != RPE_OK)
        stop("unexpected kernel");
    for (size_t i = 0; i < rpe_method_count() * rpe_sampler_count() * 4; i++) {
        w->method = rpe_method_at(i / 4 / rpe_sampler_count());
        w->problem.sampler = rpe_sampler_at(i / 4 % rpe_sampler_count());
        w->problem.precision = i % 2 == 0 ? RPE_DOUBLE : RPE_SINGLE;
        w->problem.causal = i / 2 % 2 == 1;
        w->problem.projections = rpe_method_projects(w->method) ? 40 : 0;
        if (rpe_method_takes(w->method, kernel))
            method_put(w);
    }
    rpe_kernel_destroy(kernel);
}

int main(int count, char **arguments)
{
    writer w = {.file = count < 3 ? NULL : fopen(arguments[1], "wb")};
    if (w.file == NULL)
        stop("expected a file that can be written, then kernels");
    put_random(w.file);
    for (int i = 2; i < count; i++)
        kernel_put(&w, arguments[i]);
    if (fclose(w.file) != 0)
        stop("cannot write");
    return 0;
}
