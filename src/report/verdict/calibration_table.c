/* A calibration as a table, CSV and JSON. */
#include "report/calibration.h"

#include <math.h>

#include "base/clock.h"
#include "file/csv.h"
#include "file/json.h"
#include "file/provenance.h"
#include "report/verdict_report.h"
#include "statistic/hypothesis.h"

#define BAND_LEVEL 0.05

static void claim_print(const rpe_calibration_claim *claim, double level, FILE *stream)
{
    char p[RPE_P_CAPACITY], adjusted[RPE_P_CAPACITY];
    fprintf(stream, "  %-7s %-24.24s %8zu %8.4f %8.4f  %-9s %-9s %7.4f  %.3g\n",
            claim->adjusted_p < level ? "FAILS" : "holds", claim->claim->name, claim->count, claim->distance,
            rpe_calibration_band(claim->count, BAND_LEVEL), rpe_p_text(claim->p, p),
            rpe_p_text(claim->adjusted_p, adjusted), claim->power, claim->claim->wanted_effect);
}

void rpe_calibration_table_print(const rpe_calibration *calibration,
                                 const rpe_verification_settings *settings, FILE *stream)
{
    size_t failed = 0;
    for (size_t i = 0; i < calibration->claim_count; i++)
        failed += calibration->claims[i].adjusted_p < settings->level ? 1 : 0;
    fprintf(
        stream,
        "calibration: are the p-values of each claim uniform?  %zu seeds from %llu%s, level %g by Holm\n\n"
        "  %-7s %-24s %8s %8s %8s  %-9s %-9s %7s  %s\n",
        calibration->seeds, (unsigned long long)settings->seed, settings->quick ? ", quick" : "",
        settings->level, "", "claim", "p-values", "distance", "95 %", "p", "adjusted", "power",
        "wanted effect");
    for (int fails = 1; fails >= 0; fails--)
        for (size_t i = 0; i < calibration->claim_count; i++)
            if ((calibration->claims[i].adjusted_p < settings->level) == (fails == 1))
                claim_print(&calibration->claims[i], settings->level, stream);
    fprintf(
        stream,
        "\n%zu of %zu claims have uniform p-values; %.1f s\n"
        "distance: largest difference between the distribution of the p-values and the uniform one;\n"
        "95 %%: what it stays below with that probability; power: of the weakest case, to see the wanted\n"
        "effect at the first step of Holm over the %zu p-values of one run; claims that are bounds, whose "
        "p-values\n"
        "are not uniform when they hold, are left out\n",
        calibration->claim_count - failed, calibration->claim_count, calibration->seconds,
        calibration->family);
}

/* difference: of the empirical distribution from the uniform one, before and after its step at p. */
rpe_status rpe_calibration_csv_write(const rpe_calibration *calibration, rpe_output *output, rpe_error *error)
{
    static const char *const names[] = {"claim", "case", "sampler", "method", "seed", "p", "below", "above"};
    enum { COLUMNS = sizeof names / sizeof names[0] };
    rpe_status status = rpe_csv_write_line(output, COLUMNS, names, error);
    for (size_t c = 0; c < calibration->claim_count; c++) {
        const rpe_calibration_claim *claim = &calibration->claims[c];
        for (size_t i = 0; status == RPE_OK && i < claim->count; i++) {
            const rpe_calibration_value *value = &calibration->values[claim->first + i];
            char seed[RPE_NUMBER_CAPACITY], p[RPE_NUMBER_CAPACITY], below[RPE_NUMBER_CAPACITY],
                above[RPE_NUMBER_CAPACITY];
            snprintf(seed, sizeof seed, "%llu", (unsigned long long)value->seed);
            const char *const cells[] = {
                claim->claim->name,
                value->case_name,
                value->sampler,
                value->method,
                seed,
                rpe_number_text(value->p, p),
                rpe_number_text((double)i / (double)claim->count - value->p, below),
                rpe_number_text((double)(i + 1) / (double)claim->count - value->p, above)};
            status = rpe_csv_write_line(output, COLUMNS, cells, error);
        }
    }
    return status;
}

static json_t *claim_make(const rpe_calibration_claim *claim, double level)
{
    return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "claim", claim->claim->name,
                     "verdict", claim->adjusted_p < level ? "fails" : "holds", "values", (int)claim->count,
                     "distance", rpe_json_real(claim->distance), "band",
                     rpe_json_real(rpe_calibration_band(claim->count, BAND_LEVEL)), "p",
                     rpe_json_real(claim->p), "adjusted_p", rpe_json_real(claim->adjusted_p), "power",
                     rpe_json_real(claim->power), "wanted_effect", rpe_json_real(claim->claim->wanted_effect),
                     "effect_unit", claim->claim->effect != NULL ? claim->claim->effect : "", "effect_error",
                     rpe_json_real(claim->effect_error));
}

rpe_status rpe_calibration_json_write(const rpe_calibration *calibration,
                                      const rpe_verification_settings *settings, rpe_output *output,
                                      rpe_error *error)
{
    char date[RPE_CLOCK_CAPACITY], seed[RPE_NUMBER_CAPACITY];
    json_t *claims = json_array();
    int failed = claims == NULL;
    for (size_t i = 0; !failed && i < calibration->claim_count; i++)
        failed = json_array_append_new(claims, claim_make(&calibration->claims[i], settings->level));
    if (failed) {
        json_decref(claims);
        return rpe_error_memory(error, "JSON of the calibration", 1, sizeof(json_t));
    }
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)settings->seed);
    return rpe_json_output(json_pack("{s:s, s:{s:s, s:i, s:b, s:f, s:i}, s:i, s:f, s:o, s:o}", "date",
                                     rpe_clock_date(date), "settings", "first_seed", seed, "seeds",
                                     (int)calibration->seeds, "quick", (int)settings->quick, "level",
                                     settings->level, "threads", settings->threads, "family",
                                     (int)calibration->family, "seconds", calibration->seconds, "claims",
                                     claims, "machine", rpe_provenance_machine()),
                           output, error);
}
