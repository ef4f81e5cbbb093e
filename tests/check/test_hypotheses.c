/* From measurements to p-values, adjusted p-values and verdicts: by quadrature and by hand. */
#include "check_problem.h"

#include "check/check_hypotheses.h"
#include "check/check_score.h"
#include "statistic/hypothesis.h"
#include "theory/theory_codes.h"

static void expect_near(const char *what, double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-7 * fmax(wanted, 1e-3)))
        fail_msg("%s: expected %.12g, found %.12g", what, wanted, found);
}

/* 2 min(P(X <= x), P(X >= x)) of chi-squared with f >= 2 degrees of freedom: Simpson's rule over the density. */
static double chi_squared_by_quadrature(double x, double f)
{
    enum { STEPS = 20000 };
    double step = x / STEPS, sum = 0, constant = -0.5 * f * log(2) - lgamma(0.5 * f);
    for (size_t i = 0; i <= STEPS; i++) {
        double t = step * (double)i, weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
        double power = f > 2 ? (0.5 * f - 1) * log(t) : 0;
        sum += weight * exp(constant + power - 0.5 * t);
    }
    double below = sum * step / 3;
    return 2 * fmin(below, 1 - below);
}

static double normal_by_hand(double z)
{
    return erfc(fabs(z) / sqrt(2));
}

static double largest_of(double p, double count)
{
    return 1 - pow(1 - p, count);
}

static const rpe_check_finding *finding_named(const rpe_check_report *report, const char *hypothesis)
{
    for (size_t i = 0; i < report->finding_count; i++)
        if (strcmp(report->findings[i].hypothesis, hypothesis) == 0)
            return &report->findings[i];
    fail_msg("no hypothesis %s", hypothesis);
    return NULL;
}

static double p_of(const rpe_check_report *report, const char *hypothesis)
{
    return finding_named(report, hypothesis)->p;
}

/* Two features of rank 6 and 8 and one of rank 0, which must count nowhere; 20 realizations. */
static rpe_check_evidence evidence_of_three(rpe_check_feature features[3])
{
    rpe_check_evidence evidence = {.features = features, .count = 3, .distance = 0.05, .sample_count = 280};
    evidence.window.realizations = 20;
    features[0] = (rpe_check_feature){.rank = 6,
                                      .mean = 9.1,
                                      .squares = 131,
                                      .direction = 2.4,
                                      .directions = 3,
                                      .pair_sum = 21,
                                      .pairs = 15,
                                      .pair = 2.2,
                                      .shape = 1.7,
                                      .fourth = 390,
                                      .entries = 120,
                                      .excess = 0.4};
    features[1] = (rpe_check_feature){.rank = 8,
                                      .mean = 4.9,
                                      .squares = 138,
                                      .direction = 1.1,
                                      .directions = 4,
                                      .pair_sum = 30,
                                      .pairs = 28,
                                      .pair = 2.9,
                                      .shape = -0.2,
                                      .fourth = 440,
                                      .entries = 160,
                                      .excess = 0.6};
    features[2] = (rpe_check_feature){.mean = 99, .squares = 99, .directions = 9, .pairs = 9, .entries = 9};
    evidence.independence =
        (rpe_check_independence){.realizations = {.sum = 170, .count = 190, .largest = 2.8, .dimension = 14},
                                 .features = {.sum = 3, .count = 2, .largest = 1.6, .dimension = 120},
                                 .heads = {.sum = 9, .count = 4, .largest = 2.1, .dimension = 120},
                                 .gates = {.sum = 5, .count = 3, .largest = 1.9, .dimension = 20},
                                 .norms = {.sum = 5, .count = 3, .largest = 0.7, .dimension = 20},
                                 .spread = 31,
                                 .spread_freedom = 20,
                                 .neighbours = -1.3};
    evidence.copies = (rpe_check_copies){.compared = 3, .count = 1, .chance = 0.25};
    return evidence;
}

static void p_values_by_quadrature(void **state)
{
    (void)state;
    rpe_check_feature features[3];
    rpe_check_evidence evidence = evidence_of_three(features);
    rpe_check_report report = {0};
    rpe_check_judge(&report, &evidence, 0.05, false);
    struct {
        const char *hypothesis;
        double p;
    } wanted[] = {
        {"nothing outside the range of B", 1},
        {"mean of all directions", chi_squared_by_quadrature(14, 14)},
        {"variance of all directions", chi_squared_by_quadrature(269, 20 * 14)},
        {"variance of each feature",
         largest_of(fmin(chi_squared_by_quadrature(131, 120), chi_squared_by_quadrature(138, 160)), 2)},
        {"variance of each direction", largest_of(normal_by_hand(2.4), 7)},
        {"cross terms of all directions", chi_squared_by_quadrature(51, 43)},
        {"cross terms, the largest", largest_of(normal_by_hand(2.9), 43)},
        {"Gaussian shape", normal_by_hand(1.5 / sqrt(280 * rpe_check_shape_variance()))},
        {"no realization is a copy", 1 - exp(-0.25)},
        {"independence of realizations", chi_squared_by_quadrature(170, 190)},
        {"realizations, the closest two", largest_of(normal_by_hand(2.8), 190)},
        {"spread of the norms of realizations", chi_squared_by_quadrature(31, 20)},
        {"norms of neighbouring realizations", normal_by_hand(1.3)},
        {"independence of features", chi_squared_by_quadrature(3, 2)},
        {"features, the closest two", largest_of(normal_by_hand(1.6), 2)},
        {"independence of heads", chi_squared_by_quadrature(9, 4)},
        {"heads, the closest two features", largest_of(normal_by_hand(2.1), 4)},
        {"gate noise, the closest two features", largest_of(normal_by_hand(1.9), 3)},
        {"squared norms of features, the closest two", largest_of(normal_by_hand(0.7), 3)},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        expect_near(wanted[i].hypothesis, p_of(&report, wanted[i].hypothesis), wanted[i].p);
    assert_true(fabs(report.kurtosis - (830.0 / 280 - 3)) < 1e-12);
}

/* With noise of any kind the spread of variances is that of its fourth moment, and what is Gaussian alone has no p-value.
   E x^4 = 5: a square has variance 4 where the Gaussian's has 2, so scores shrink by sqrt 2. */
static void any_noise_by_hand(void **state)
{
    (void)state;
    rpe_check_feature features[3];
    rpe_check_evidence evidence = evidence_of_three(features);
    rpe_check_report report = {0}, gaussian = {0};
    features[0].fourth = features[1].fourth = 700;
    features[2].entries = 0;
    rpe_check_judge(&gaussian, &evidence, 0.05, false);
    rpe_check_judge(&report, &evidence, 0.05, true);
    double score = rpe_check_score_chi_squared(269, 280);
    expect_near("variance", p_of(&report, "variance of all directions"), normal_by_hand(score / sqrt(2)));
    expect_near("direction", p_of(&report, "variance of each direction"),
                largest_of(normal_by_hand(2.4 / sqrt(2)), 7));
    expect_near("mean", p_of(&report, "mean of all directions"), p_of(&gaussian, "mean of all directions"));
    static const char *const without[] = {"Gaussian distribution", "Gaussian shape",
                                          "no realization is a copy", "spread of the norms of realizations"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(isnan(p_of(&report, without[i])));
        assert_int_equal(finding_named(&report, without[i])->verdict, RPE_CHECK_NOT_APPLICABLE);
    }
}

/* Holm by hand.  One feature of rank 2 and one realization: chi-squared of 2 has Q(x) = exp(-x/2).  Seven findings have a
   p-value: 0.005, 0.01, 0.01, 0.03, 0.04, 0.04, 1.  Times 7, 6, 5, 4, 3, 2, 1, and no less than what is before:
   0.035, 0.06, 0.06, 0.12, 0.12, 0.12, 1.  Those without one count nowhere: of all, 0.005 would be 0.1. */
static void family_by_hand(void **state)
{
    (void)state;
    const double z3 = 2.1700903775845600, z05 = 2.8070337683438110; /* P(|Z| >= z) = 0.03, 0.005 */
    rpe_check_feature feature = {
        .rank = 2, .mean = 2 * log(200), .squares = 2 * log(50), .direction = z3, .directions = 1};
    rpe_check_evidence evidence = {.features = &feature, .count = 1, .distance = NAN};
    evidence.window.realizations = 1;
    evidence.independence.neighbours = NAN;
    evidence.independence.features = (rpe_check_pairs){
        .sum = z05 * z05, .count = 1, .largest = z05, .dimension = 50}; /* 2 Q = 2 P(|Z| >= z) */
    rpe_check_report report = {0};
    static const struct {
        const char *hypothesis;
        double p, adjusted;
    } wanted[] = {{"features, the closest two", 0.005, 0.035}, {"mean of all directions", 0.01, 0.06},
                  {"independence of features", 0.01, 0.06},    {"variance of each direction", 0.03, 0.12},
                  {"variance of all directions", 0.04, 0.12},  {"variance of each feature", 0.04, 0.12},
                  {"nothing outside the range of B", 1, 1}};
    static const struct {
        double level;
        size_t failing;
    } verdicts[] = {{0.03, 0}, {0.04, 1}, {0.07, 3}, {0.13, 6}};
    for (size_t v = 0; v < 4; v++) {
        size_t failing = 0, without = 0;
        rpe_check_judge(&report, &evidence, verdicts[v].level, false);
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
            const rpe_check_finding *finding = finding_named(&report, wanted[i].hypothesis);
            expect_near(wanted[i].hypothesis, finding->p, wanted[i].p);
            expect_near(wanted[i].hypothesis, finding->adjusted, wanted[i].adjusted);
        }
        for (size_t i = 0; i < report.finding_count; i++) {
            failing += report.findings[i].verdict == RPE_CHECK_FAILS;
            without += report.findings[i].verdict == RPE_CHECK_NOT_APPLICABLE;
            assert_int_equal(isnan(report.findings[i].p), isnan(report.findings[i].adjusted));
        }
        assert_int_equal(failing, verdicts[v].failing);
        assert_int_equal(without, report.finding_count - 7);
        assert_int_equal(report.draws, failing == 0);
    }
}

/* What a feature gives, from the whitened codes w by hand: sums, and correlations of pairs of directions over R about 0, with
   R - 1 degrees of freedom. */
static void feature_by_hand(void **state)
{
    static const shape s = {"conv", 1, {7}, {6}, 1, 2, {3}, 9, true, RPE_DOUBLE};
    enum { R = 9, CODES = 13 };
    (void)state;
    rpe_error error = {""};
    rpe_kernel *kernel = kernel_make(&s);
    codes drawn = codes_draw(&s, kernel, "gaussian", 5, false);
    rpe_check_subject subject = {.kernel = kernel, .factor = {1, 1}, .unit = 0x1p-53};
    rpe_check_settings settings = settings_of(kernel, &drawn);
    rpe_check_window window;
    rpe_test_ok(rpe_check_subject_view(&subject, &settings, "nhdr", &error), &error);
    rpe_test_ok(rpe_check_window_choose(&window, &subject, &error), &error);
    for (size_t d = 0; d < 2; d++) {
        double stacked[R * CODES], w[R * CODES], mean = 0, squares = 0, sum = 0, largest = 0;
        rpe_check_feature feature = {.feature = d};
        rpe_theory_codes law = {0};
        rpe_test_ok(rpe_check_feature_measure(&feature, &subject, &window, &error), &error);
        rpe_test_ok(rpe_theory_codes_create(&law, kernel, 0, d, &window.positions[0], &window.positions[1],
                                            1e-9, &error),
                    &error);
        for (size_t p = 0; p < CODES; p++)
            for (size_t r = 0; r < R; r++) {
                const double *side = drawn.side[p < 7 ? 0 : 1].values;
                stacked[r * CODES + p] = side[((p < 7 ? p : p - 7) * 2 + d) * R + r];
            }
        rpe_test_ok(rpe_theory_codes_whiten(&law, R, stacked, w, NULL, &error), &error);
        size_t rank = law.rank;
        for (size_t i = 0; i < rank; i++) {
            double total = 0;
            for (size_t r = 0; r < R; r++) {
                total += w[r * rank + i];
                squares += w[r * rank + i] * w[r * rank + i];
            }
            mean += total * total / R;
            for (size_t j = 0; j < i; j++) {
                double ij = 0, ii = 0, jj = 0;
                for (size_t r = 0; r < R; r++) {
                    ij += w[r * rank + i] * w[r * rank + j];
                    ii += w[r * rank + i] * w[r * rank + i];
                    jj += w[r * rank + j] * w[r * rank + j];
                }
                double c = ij / sqrt(ii * jj), t = c * sqrt((R - 1) / (1 - c * c));
                double score = rpe_quantile_normal(rpe_p_student(t, R - 1));
                sum += score * score;
                largest = fmax(largest, score);
            }
        }
        assert_int_equal(feature.rank, rank);
        assert_true(feature.pairs == (double)(rank * (rank - 1) / 2));
        expect_near("mean", feature.mean, mean);
        expect_near("squares", feature.squares, squares);
        expect_near("pairs", feature.pair_sum, sum);
        expect_near("the largest pair", feature.pair, largest);
        /* five tests of its own, by Holm */
        double each[] = {rpe_p_chi_squared(mean, (double)rank),
                         rpe_p_chi_squared(squares, (double)(R * rank)),
                         largest_of(normal_by_hand(feature.direction), (double)feature.directions),
                         rpe_p_chi_squared(sum, feature.pairs),
                         largest_of(normal_by_hand(largest), feature.pairs)},
               least = 1;
        for (size_t i = 0; i < 5; i++)
            least = fmin(least, each[i]);
        expect_near("p of the feature", rpe_check_feature_p(&feature, R, 1), fmin(1, 5 * least));
        rpe_theory_codes_destroy(&law);
    }
    codes_destroy(&drawn);
    rpe_kernel_destroy(kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_values_by_quadrature),
        cmocka_unit_test(any_noise_by_hand),
        cmocka_unit_test(family_by_hand),
        cmocka_unit_test(feature_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
