/* How one array comes from another: arrays changed by hand get their cause and where it is, damage gets none. */
#include "difference_arrays.h"

enum { LENGTH = 8, WEIGHTS = H * LENGTH * LENGTH };

static const rpe_axis_names weights = {
    .names = {"head", "query", "key"}, .plurals = {"heads", "queries", "keys"}, .head = 0};

/* The causes of the second array beside the first. */
static rpe_causes explain(size_t rank, const size_t *extent, double *first, double *second,
                          const rpe_axis_names *axes)
{
    rpe_array arrays[2] = {array_of(rank, extent, first), array_of(rank, extent, second)};
    const rpe_pair pair = {.arrays = {&arrays[0], &arrays[1]}, .limit = usual};
    rpe_difference found;
    rpe_causes causes;
    rpe_error error = {""};
    rpe_test_spoil(&causes, sizeof causes);
    rpe_test_ok(rpe_difference_find(&found, &pair, &error), &error);
    rpe_test_ok(rpe_causes_find(&causes, &pair, &found, axes, &error), &error);
    rpe_difference_destroy(&found);
    return causes;
}

static void expect(const rpe_causes *causes, const char *where, const char *what)
{
    const char *text = causes->count == 0 ? "nothing" : causes->text[0];
    if (causes->count == 0 || strncmp(text, where, strlen(where)) != 0 || strstr(text, what) == NULL)
        fail_msg("expected \"%s...%s\", found \"%s\"", where, what, text);
}

/* ---- vectors [N,H,D] ---- */

/* What MINE is at n, h, d; NAN: the reference. */
typedef double (*change)(size_t n, size_t h, size_t d);

static double zero(size_t n, size_t h, size_t d)
{
    (void)n, (void)d;
    return h == 2 ? 0.0 : NAN;
}

static double negated(size_t n, size_t h, size_t d)
{
    return -reference[at(n, h, d)];
}

static double negated_heads(size_t n, size_t h, size_t d)
{
    return h == 0 || h == 3 ? -reference[at(n, h, d)] : NAN;
}

static double alternating(size_t n, size_t h, size_t d)
{
    return n % 2 == 1 ? -reference[at(n, h, d)] : NAN;
}

static double half_head(size_t n, size_t h, size_t d)
{
    return h == 1 ? 0.5 * reference[at(n, h, d)] : NAN;
}

static double scaled(size_t n, size_t h, size_t d)
{
    return 1.41421356237 * reference[at(n, h, d)];
}

static double scaled_heads(size_t n, size_t h, size_t d)
{
    return (double)(h + 1) * reference[at(n, h, d)];
}

static double scaled_rows(size_t n, size_t h, size_t d)
{
    return (1.5 + rpe_test_number(77, n * H + h)) * reference[at(n, h, d)];
}

static double added(size_t n, size_t h, size_t d)
{
    return h == 3 ? reference[at(n, h, d)] - 0.25 : NAN;
}

static double late(size_t n, size_t h, size_t d)
{
    return n >= 1 ? reference[at(n - 1, h, d)] : 7.0 + (double)d;
}

static double late_by_two(size_t n, size_t h, size_t d)
{
    return h != 1 ? NAN : n >= 2 ? reference[at(n - 2, h, d)] : 0.0;
}

static double early(size_t n, size_t h, size_t d)
{
    return n + 1 < N ? reference[at(n + 1, h, d)] : 0.0;
}

static double rolled(size_t n, size_t h, size_t d)
{
    return reference[at((n + 3) % N, h, d)];
}

static double late_in_the_middle(size_t n, size_t h, size_t d)
{
    return n >= 3 && n < 7 ? reference[at(n - 1, h, d)] : NAN;
}

static double reversed(size_t n, size_t h, size_t d)
{
    return reference[at(N - 1 - n, h, d)];
}

static double reversed_features(size_t n, size_t h, size_t d)
{
    return h == 2 ? reference[at(n, h, D - 1 - d)] : NAN;
}

static double heads_exchanged(size_t n, size_t h, size_t d)
{
    static const size_t from[H] = {0, 3, 2, 1};
    return reference[at(n, from[h], d)];
}

static double head_copied(size_t n, size_t h, size_t d)
{
    return h == 3 ? reference[at(n, 0, d)] : NAN;
}

static double rows_permuted(size_t n, size_t h, size_t d)
{
    static const size_t from[N] = {3, 1, 7, 0, 5, 4, 8, 2, 6};
    return reference[at(from[n], h, d)];
}

/* The numbers of [H,N,D] in the shape [N,H,D]. */
static double reshaped(size_t n, size_t h, size_t d)
{
    size_t flat = at(n, h, d);
    return reference[at(flat / D % N, flat / (N * D), flat % D)];
}

/* One head, [N,D] as the numbers of [D,N]. */
static double head_transposed(size_t n, size_t h, size_t d)
{
    size_t flat = n * D + d;
    return h == 1 ? reference[at(flat % N, h, flat / N)] : NAN;
}

static double cut_to(double x, int bits)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    return ldexp(trunc(ldexp(fraction, bits)), exponent - bits);
}

static double nearest_to(double x, int bits)
{
    int exponent;
    double fraction = frexp(x, &exponent);
    return ldexp(rint(ldexp(fraction, bits)), exponent - bits);
}

static double to_bfloat16(size_t n, size_t h, size_t d)
{
    return nearest_to(reference[at(n, h, d)], 8);
}

static double cut_to_bfloat16(size_t n, size_t h, size_t d)
{
    return h == 0 ? cut_to(reference[at(n, h, d)], 8) : NAN;
}

static double to_float16(size_t n, size_t h, size_t d)
{
    return nearest_to(reference[at(n, h, d)], 11);
}

static void change_apply(change changed)
{
    for (size_t i = 0; i < COUNT; i++) {
        double number = changed(i / (H * D), i / D % H, i % D);
        mine[i] = isnan(number) ? reference[i] : number;
    }
}

static void test_vectors(void **state)
{
    (void)state;
    static const struct {
        change changed;
        const char *where, *what;
    } cases[] = {
        {zero, "in head 2 of 4: ", "0 throughout"},
        {negated, "everywhere: ", "the other sign"},
        {negated_heads, "in heads 0, 3 of 4: ", "the other sign"},
        {alternating, "everywhere: every other position, those with an odd number", "the other sign"},
        {half_head, "in head 1 of 4: ", "0.5 times the reference"},
        {scaled, "everywhere: ", "1.41421 times"},
        {scaled_heads, "in heads 1 to 3 of 4: each head", "a factor of its own, 2 to 4"},
        {scaled_rows, "everywhere: each row of features", "a factor of its own"},
        {added, "in head 3 of 4: ", "plus -0.25"},
        {late, "everywhere: shifted: every position is late by 1", "[i - 1]"},
        {late_by_two, "in head 1 of 4: shifted: every position is late by 2", "[i - 2]"},
        {early, "everywhere: shifted: every position is early by 1", "[i + 1]"},
        {rolled, "everywhere: shifted: every position is early by 3", "around the ends"},
        {late_in_the_middle, "in positions 3 to 6 of 9: shifted: every position is late by 1", "[i - 1]"},
        {reversed, "everywhere: reversed: ", "positions"},
        {reversed_features, "in head 2 of 4: reversed: ", "features"},
        {heads_exchanged, "in heads 1, 3 of 4: permuted: the heads",
         "1 is the reference's 3 and 3 is the reference's 1"},
        {head_copied, "in head 3 of 4: copied: the heads", "3 is the reference's 0"},
        {rows_permuted, "", "permuted: the positions are in another order, 0 is the reference's 3"},
        {reshaped,
         "everywhere: transposed: ", "positions and heads are swapped, and the shape is kept by a reshape"},
        {head_transposed, "in head 1 of 4: transposed: ", "positions and features are swapped"},
        {to_bfloat16, "everywhere: rounded: ", "bfloat16"},
        {cut_to_bfloat16, "in head 0 of 4: rounded: ", "bfloat16"},
        {to_float16, "everywhere: rounded: ", "in float16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            reference_fill(seed);
            change_apply(cases[i].changed);
            rpe_causes causes = explain(3, shape, reference, mine, &vectors);
            expect(&causes, cases[i].where, cases[i].what);
            assert_int_equal(causes.count, 1);
        }
}

/* Heads with an error each: each is told by itself, and one that is only damaged is left out. */
static void test_heads_apart(void **state)
{
    (void)state;
    reference_fill(1);
    for (size_t n = 0; n < N; n++)
        for (size_t d = 0; d < D; d++) {
            mine[at(n, 0, d)] = -reference[at(n, 0, d)];
            mine[at(n, 1, d)] = rpe_test_number(9, n * D + d);
            mine[at(n, 3, d)] = reference[at(N - 1 - n, 3, d)];
        }
    rpe_causes causes = explain(3, shape, reference, mine, &vectors);
    assert_int_equal(causes.count, 2);
    assert_int_equal(causes.heads, 3);
    assert_non_null(strstr(causes.text[0], "in head 0 of 4: MINE is the reference with the other sign"));
    assert_non_null(strstr(causes.text[1], "in head 3 of 4: reversed"));
}

/* With one number beside what the cause says, it is not named where that number is. */
static void test_one_number_off(void **state)
{
    (void)state;
    static const change changes[] = {negated, late, reversed, heads_exchanged, scaled, to_float16, reshaped};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        reference_fill(3);
        change_apply(changes[i]);
        mine[at(4, 1, 2)] += 1e-3;
        rpe_causes causes = explain(3, shape, reference, mine, &vectors);
        for (size_t j = 0; j < causes.count; j++) /* the other heads may be */
            if (strncmp(causes.text[j], "in head ", 8) != 0 || causes.text[j][8] == '1')
                fail_msg("change %zu: %s", i, causes.text[j]);
    }
}

/* ---- weights [H,N,N] ---- */

/* Softmax over the keys n <= m + reach of the same scores; a row that sees none is 0. */
static void weights_fill(double *out, size_t head, ptrdiff_t reach)
{
    for (size_t m = 0; m < LENGTH; m++) {
        double sum = 0.0, *row = out + (head * LENGTH + m) * LENGTH;
        for (size_t n = 0; n < LENGTH; n++) {
            bool sees = (ptrdiff_t)n <= (ptrdiff_t)m + reach;
            row[n] = sees ? exp(2.0 * rpe_test_number(11, (head * LENGTH + m) * LENGTH + n)) : 0.0;
            sum += row[n];
        }
        for (size_t n = 0; n < LENGTH && sum > 0.0; n++)
            row[n] /= sum;
    }
}

static void test_masks(void **state)
{
    (void)state;
    static const size_t square[] = {H, LENGTH, LENGTH};
    static const struct {
        ptrdiff_t reach[H];
        const char *where, *what;
    } cases[] = {
        {{-1, -1, -1, -1}, "everywhere: masked: ", "late by 1"},
        {{-2, -2, -2, -2}, "everywhere: masked: ", "late by 2"},
        {{1, 1, 1, 1}, "everywhere: masked: ", "early by 1"},
        {{0, 0, -1, 0}, "in head 2 of 4: masked: ", "late by 1, each query sees 1 key too few"},
        {{0, 2, 0, 0}, "in head 1 of 4: masked: ", "early by 2, each query sees 2 keys too many"},
        {{LENGTH, LENGTH, LENGTH, LENGTH}, "everywhere: masked: ", "only the reference has a causal mask"},
    };
    double exact[WEIGHTS], other[WEIGHTS];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t head = 0; head < H; head++) {
            weights_fill(exact, head, 0);
            weights_fill(other, head, cases[i].reach[head]);
        }
        rpe_causes causes = explain(3, square, exact, other, &weights);
        expect(&causes, cases[i].where, cases[i].what);
    }
    /* masked scores keep their numbers, whatever stands behind the mask */
    for (size_t i = 0; i < WEIGHTS; i++) {
        ptrdiff_t lag = (ptrdiff_t)(i % LENGTH) - (ptrdiff_t)(i / LENGTH % LENGTH);
        double score = rpe_test_number(5, i);
        exact[i] = lag <= 0 ? score : -1e9;
        other[i] = lag < 0 ? score : -1e9;
    }
    rpe_causes causes = explain(3, square, exact, other, &weights);
    expect(&causes, "everywhere: masked: ", "late by 1");
    for (size_t head = 0; head < H; head++)
        weights_fill(exact, head, 0);
    memcpy(other, exact, sizeof other);
    for (size_t m = 0; m < LENGTH; m++)
        for (size_t n = 0; n < LENGTH; n++)
            other[(2 * LENGTH + m) * LENGTH + n] = exact[(2 * LENGTH + n) * LENGTH + m];
    causes = explain(3, square, exact, other, &weights);
    expect(&causes, "in head 2 of 4: transposed: ", "queries and keys");
}

/* ---- damage ---- */

/* Numbers anywhere, of any size, and slices filled anew: nothing is named.  So it is where the array has few numbers only, as a
   mask of 0 and 1, in which many agree by chance. */
static void test_damage(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        reference_fill(seed);
        if (seed % 3 == 0)
            for (size_t i = 0; i < COUNT; i++)
                reference[i] = mine[i] = reference[i] > 0.0 ? 1.0 : 0.0;
        size_t changed = 1 + seed % 40, axis = seed % 4, slice = seed % shape[axis % 3];
        double size = pow(10.0, 2.0 * rpe_test_number(seed, COUNT));
        for (size_t i = 0; i < COUNT; i++) {
            const size_t index[] = {i / (H * D), i / D % H, i % D};
            bool hit = axis == 3 ? rpe_test_number(seed + 1, i) < 2.0 * (double)changed / COUNT - 1.0
                                 : index[axis] == slice;
            if (!hit)
                continue;
            mine[i] = seed % 3 == 0 ? (rpe_test_number(seed + 2, i) > 0.0 ? 1.0 : 0.0)
                                    : reference[i] + size * rpe_test_number(seed + 2, i);
        }
        rpe_causes causes = explain(3, shape, reference, mine, &vectors);
        if (causes.count > 0)
            fail_msg("seed %u: damage is explained: %s", (unsigned)seed, causes.text[0]);
    }
}

/* One or two numbers of any kind are explained by anything: nothing is named. */
static void test_few_numbers(void **state)
{
    (void)state;
    static const double numbers[] = {0.0, 0.5, -1.0};
    for (size_t i = 0; i < 3; i++)
        for (size_t count = 1; count <= 2; count++) {
            reference_fill(2);
            for (size_t j = 0; j < count; j++)
                mine[at(3, 1, j)] = numbers[i] * reference[at(3, 1, j)];
            assert_int_equal(explain(3, shape, reference, mine, &vectors).count, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),        cmocka_unit_test(test_heads_apart),
        cmocka_unit_test(test_one_number_off), cmocka_unit_test(test_masks),
        cmocka_unit_test(test_damage),         cmocka_unit_test(test_few_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
