/* compare of codes: with a kernel the bound of form 15 decides.  Codes are made here by their definition, in double, and in float with
   the phases in float too: right ones are within at every length, wrong ones are not. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stream.h"
#include "file/npy.h"
#include "rpe_test.h"

#define TEXT_CAPACITY 16384

enum { H = 2, D = 3, K = 4, P = 5, R = 4, LENGTH_MAX = 4096, CODES_MAX = LENGTH_MAX * H * D * R };

static char text[TEXT_CAPACITY];

static int compare(const char *words)
{
    char line[TEXT_CAPACITY];
    FILE *stream = fopen("stdout", "w+");
    assert_non_null(stream);
    snprintf(line, sizeof line, "compare %s", words);
    int status = rpe_test_program_run(line, fileno(stream), STDERR_FILENO);
    rewind(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return status;
}

/* ---- kernels and their codes ---- */

typedef struct parameters {
    double frequency[H][D][K], phase[H][D][K], gain[H][D][K], gate[H][D], filter[H][D][P];
    bool conv, gated;
} parameters;

static double sines[H][D][2 * K][R], samples[H][D][LENGTH_MAX + P][R], gates[H][D][R];

static void noise_draw(void)
{
    const rpe_stream stream = {.seed = 3};
    rpe_stream_normals(stream, 0, H * D * 2 * K * R, &sines[0][0][0][0]);
    rpe_stream_normals((rpe_stream){.seed = 4}, 0, H * D * (LENGTH_MAX + P) * R, &samples[0][0][0][0]);
    rpe_stream_normals((rpe_stream){.seed = 5}, 0, H * D * R, &gates[0][0][0]);
}

static parameters parameters_make(bool conv, bool gated)
{
    parameters made = {.conv = conv, .gated = gated};
    for (size_t h = 0; h < H; h++)
        for (size_t d = 0; d < D; d++) {
            made.gate[h][d] = gated ? 0.2 + 0.5 * fabs(rpe_test_number(6, h * D + d)) : 0.0;
            for (size_t k = 0; k < K; k++) {
                size_t at = (h * D + d) * K + k;
                made.frequency[h][d][k] = 0.5 * fabs(rpe_test_number(7, at));
                made.phase[h][d][k] = 3.0 * rpe_test_number(8, at);
                made.gain[h][d][k] = 0.2 + fabs(rpe_test_number(9, at));
            }
            for (size_t p = 0; p < P; p++)
                made.filter[h][d][p] = rpe_test_number(10, (h * D + d) * P + p);
        }
    return made;
}

static void list_print(FILE *stream, const char *key, const double *values, size_t last)
{
    fprintf(stream, ",\"%s\":[", key);
    for (size_t h = 0; h < H; h++) {
        fprintf(stream, "%s[", h == 0 ? "" : ",");
        for (size_t d = 0; d < D; d++) {
            fprintf(stream, "%s%s", d == 0 ? "" : ",", last > 1 ? "[" : "");
            for (size_t k = 0; k < last; k++)
                fprintf(stream, "%s%.17g", k == 0 ? "" : ",", values[(h * D + d) * last + k]);
            fprintf(stream, "%s", last > 1 ? "]" : "");
        }
        fprintf(stream, "]");
    }
    fprintf(stream, "]");
}

static void kernel_write(const parameters *of)
{
    FILE *stream = fopen("K.json", "w");
    assert_non_null(stream);
    fprintf(stream, "{\"type\":\"%s\"", of->conv ? "conv" : "sine");
    if (of->conv) {
        list_print(stream, "query_filter", &of->filter[0][0][0], P);
        list_print(stream, "key_filter", &of->filter[0][0][0], P);
    } else {
        list_print(stream, "frequency", &of->frequency[0][0][0], K);
        list_print(stream, "phase", &of->phase[0][0][0], K);
        list_print(stream, "gain", &of->gain[0][0][0], K);
    }
    if (of->gated)
        list_print(stream, "gate", &of->gate[0][0], 1);
    fprintf(stream, "}");
    assert_int_equal(fclose(stream), 0);
}

static double code(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    double sum = 0.0;
    for (size_t p = 0; of->conv && p < P; p++)
        sum += of->filter[h][d][p] * samples[h][d][m + p][r];
    for (size_t k = 0; !of->conv && k < K; k++) {
        double phase = 2.0 * 3.14159265358979323846 * of->frequency[h][d][k] * (double)m + of->phase[h][d][k];
        sum +=
            of->gain[h][d][k] * (cos(phase) * sines[h][d][2 * k][r] + sin(phase) * sines[h][d][2 * k + 1][r]);
    }
    return sqrt(1.0 - of->gate[h][d]) * sum + sqrt(of->gate[h][d]) * gates[h][d][r];
}

/* The same, every operation in float, in the order of PyTorch's released code: 2 pi f first. */
static float float_code(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    float sum = 0.0F, gate = (float)of->gate[h][d];
    for (size_t p = 0; of->conv && p < P; p++)
        sum += (float)of->filter[h][d][p] * (float)samples[h][d][m + p][r];
    for (size_t k = 0; !of->conv && k < K; k++) {
        float turn = (float)(2.0 * 3.14159265358979323846) * (float)of->frequency[h][d][k];
        float phase = turn * (float)m + (float)of->phase[h][d][k];
        sum += (float)of->gain[h][d][k] * cosf(phase) * (float)sines[h][d][2 * k][r] +
               (float)of->gain[h][d][k] * sinf(phase) * (float)sines[h][d][2 * k + 1][r];
    }
    return sqrtf(1.0F - gate) * sum + sqrtf(gate) * (float)gates[h][d][r];
}

typedef float (*element)(const parameters *of, size_t m, size_t h, size_t d, size_t r);

static void codes_write(const char *path, size_t length, const parameters *of, element made)
{
    rpe_array array = {0};
    rpe_error error = {""};
    const size_t shape[] = {length, H, D, R};
    rpe_test_ok(rpe_array_create(&array, made == NULL ? RPE_DOUBLE : RPE_SINGLE, 4, shape, path, &error),
                &error);
    for (size_t i = 0; i < rpe_array_count(&array); i++) {
        size_t r = i % R, d = i / R % D, h = i / (R * D) % H, m = i / (R * D * H);
        if (made == NULL)
            ((double *)array.values)[i] = code(of, m, h, d, r);
        else
            ((float *)array.values)[i] = made(of, m, h, d, r);
    }
    rpe_test_ok(rpe_npy_write(path, &array, &error), &error);
    rpe_array_destroy(&array);
}

/* ---- right codes ---- */

static const struct {
    const char *name;
    bool conv, gated;
} kernels[] = {
    {"sine", false, false}, {"gated sine", false, true}, {"conv", true, false}, {"gated conv", true, true}};

static void test_right_codes(void **state)
{
    (void)state;
    size_t beyond_flat = 0;
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        for (size_t length = 512; length <= LENGTH_MAX; length *= 2) {
            parameters of = parameters_make(kernels[i].conv, kernels[i].gated);
            kernel_write(&of);
            codes_write("ref.npy", length, &of, NULL);
            codes_write("mine.npy", length, &of, float_code);
            if (compare("ref.npy mine.npy --kernel K.json") != 0)
                fail_msg("%s, N = %zu: %s", kernels[i].name, length, text);
            assert_non_null(strstr(text, "bound of codes (form 15)       within: 0 of"));
            beyond_flat += compare("ref.npy mine.npy --quiet") == 1;
            assert_int_equal(compare("mine.npy ref.npy --kernel K.json --quiet"), 0);
        }
    assert_true(beyond_flat >= 8); /* what the bound is for: phases of both sine kernels at every length */
}

/* ---- wrong codes ---- */

static float late_code(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    return float_code(of, m == 0 ? 0 : m - 1, h, d, r);
}

static float late_head(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    return h == 1 ? late_code(of, m, h, d, r) : float_code(of, m, h, d, r);
}

static float other_head(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    (void)h;
    return float_code(of, m, 0, d, r);
}

/* The fourth digit of one frequency, or of one tap. */
static float digit_off(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    parameters wrong = *of;
    wrong.frequency[1][2][1] *= 1.0 + 1e-4;
    wrong.filter[1][2][1] *= 1.0 + 1e-3;
    return h == 1 && d == 2 ? float_code(&wrong, m, h, d, r) : float_code(of, m, h, d, r);
}

static float gate_off(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    parameters wrong = *of;
    wrong.gate[0][1] += 1e-3;
    return float_code(&wrong, m, h, d, r);
}

/* One phase in the third digit, or one tap: told at the first positions, where the bound is small. */
static float phase_off(const parameters *of, size_t m, size_t h, size_t d, size_t r)
{
    parameters wrong = *of;
    wrong.phase[0][0][0] += 1e-3;
    wrong.filter[0][0][0] += 1e-3;
    return float_code(&wrong, m, h, d, r);
}

static void test_wrong_codes(void **state)
{
    (void)state;
    static const struct {
        element made;
        const char *what;
    } wrong[] = {{late_code, "late by 1"},
                 {late_head, "head 1 of 2: shifted"},
                 {other_head, "1 is the reference's 0"},
                 {digit_off, "head 1 of 2, feature 2 of 3"},
                 {phase_off, "head 0 of 2, feature 0 of 3"},
                 {gate_off, "feature 1 of 3"}};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        for (size_t length = 512; length <= (i == 0 ? LENGTH_MAX : 512); length *= 8)
            for (size_t j = 0; j < sizeof wrong / sizeof wrong[0]; j++) {
                parameters of = parameters_make(kernels[i].conv, kernels[i].gated);
                kernel_write(&of);
                codes_write("ref.npy", length, &of, NULL);
                codes_write("mine.npy", length, &of, wrong[j].made);
                if (compare("ref.npy mine.npy --kernel K.json") != 1 || strstr(text, wrong[j].what) == NULL)
                    fail_msg("%s, N = %zu, expected \"%s\": %s", kernels[i].name, length, wrong[j].what,
                             text);
            }
}

/* ---- layout and types ---- */

static void test_layout(void **state)
{
    (void)state;
    enum { LENGTH = 600 };
    parameters of = parameters_make(false, false);
    kernel_write(&of);
    codes_write("ref.npy", LENGTH, &of, NULL);
    codes_write("mine.npy", LENGTH, &of, float_code);
    static const char *const names[] = {"ref.npy", "mine.npy"};
    for (size_t i = 0; i < 2; i++) {
        rpe_array read = {0}, turned = {0};
        rpe_error error = {""};
        const size_t shape[] = {H, LENGTH, D, R};
        rpe_test_ok(rpe_npy_read(names[i], RPE_NPY_DOUBLE, &read, &error), &error);
        rpe_test_ok(rpe_array_create(&turned, RPE_DOUBLE, 4, shape, "turned", &error), &error);
        for (size_t n = 0; n < LENGTH; n++)
            for (size_t h = 0; h < H; h++)
                memcpy((double *)turned.values + (h * LENGTH + n) * D * R,
                       (double *)read.values + (n * H + h) * D * R, D * R * sizeof(double));
        rpe_test_ok(rpe_npy_write(names[i], &turned, &error), &error);
        rpe_array_destroy(&turned);
        rpe_array_destroy(&read);
    }
    assert_int_equal(compare("ref.npy mine.npy --kernel K.json --quiet"), 2);
    /* the file of MINE is in double now: that its numbers are single must be said */
    assert_int_equal(compare("ref.npy mine.npy --kernel K.json --layout hndr"), 1);
    assert_int_equal(compare("ref.npy mine.npy --kernel K.json --layout hndr --dtype float32"), 0);
    assert_non_null(strstr(text, "[2,600,3,4] read as N = 600 positions, H = 2 heads, D = 3, R = 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_right_codes), cmocka_unit_test(test_wrong_codes),
                                       cmocka_unit_test(test_layout)};
    if (chdir(rpe_test_directory("compare-codes")) != 0) {
        perror(RPE_TEST_PROGRAM);
        return 1;
    }
    noise_draw();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
