/* rpebench report: a run as one HTML file. */
#include <stdio.h>

#include "cli/command.h"
#include "file/output.h"
#include "report/page.h"

enum { OUTPUT, BASELINE, VERIFICATION, MUTANTS, CALIBRATION, OPTION_COUNT };

static const rpe_option options[OPTION_COUNT] = {
    [OUTPUT] = {.name = "output",
                .placeholder = "FILE",
                .help = "the HTML file",
                .type = RPE_OPTION_PATH,
                .written = true,
                .required = true},
    [BASELINE] = {.name = "baseline",
                  .placeholder = "DIR",
                  .help = "results of an earlier run: what changed since",
                  .type = RPE_OPTION_PATH},
    [VERIFICATION] = {.name = "verification",
                      .placeholder = "FILE",
                      .help = "verify.json or verify.csv (default: that of RUN or a folder in it)",
                      .type = RPE_OPTION_PATH},
    [MUTANTS] = {.name = "mutants",
                 .placeholder = "FILE",
                 .help = "mutants.csv (default: likewise)",
                 .type = RPE_OPTION_PATH},
    [CALIBRATION] = {.name = "calibration",
                     .placeholder = "FILE",
                     .help = "calibration.json (default: likewise)",
                     .type = RPE_OPTION_PATH},
};

static rpe_status report_run(const rpe_arguments *arguments, rpe_error *error)
{
    const rpe_option_value *values = arguments->values;
    const rpe_page_settings settings = {.run = arguments->operands[0],
                                        .baseline = values[BASELINE].text,
                                        .verification = values[VERIFICATION].text,
                                        .mutants = values[MUTANTS].text,
                                        .calibration = values[CALIBRATION].text};
    rpe_output output = {0};
    rpe_faults faults = {0};
    rpe_status status = rpe_output_open(&output, values[OUTPUT].text, error);
    if (status == RPE_OK)
        status = rpe_page_write(&settings, &output, &faults, error);
    if (status == RPE_OK)
        status = rpe_output_commit(&output, error);
    rpe_output_discard(&output);
    if (status == RPE_OK && !arguments->quiet)
        printf("report %s\n", values[OUTPUT].text);
    return rpe_faults_end(&faults, stderr, status, error);
}

const rpe_command rpe_command_report = {
    .name = "report",
    .title = "a run as one HTML file: verdicts, pictures, tables, caveats",
    .description =
        "RUN is a directory of results (rpebench run), with or without verdicts, mutants and a calibration "
        "(rpebench\nverify) in it or in its folders.  The file needs nothing else: no network, no script.\n",
    .options = options,
    .option_count = OPTION_COUNT,
    .operand = "RUN",
    .operand_results = true,
    .operands_minimum = 1,
    .operands_maximum = 1,
    .run = report_run,
};
