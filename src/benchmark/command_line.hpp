/* Options: ours are taken out, the rest is the library's. */
#ifndef RPE_BENCHMARK_COMMAND_LINE_HPP
#define RPE_BENCHMARK_COMMAND_LINE_HPP

#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "settings.hpp"

namespace rpe_benchmark
{

inline const char usage[] =
    "usage: rpebench-benchmark [--output FILE.json] [--length N] [--realizations R] [--projections F] "
    "[--threads T] [--kernels FOLDER] [--benchmark_filter=REGEX] [--benchmark_min_time=SECONDS] "
    "[--benchmark_list_tests] [--benchmark_repetitions=n] ...\n"
    "shares of GEMM among other work: --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true, "
    "and their medians; "
    "rates are measured again every two seconds\n";

[[noreturn]] inline void wrong_option(const std::string &message)
{
    throw std::invalid_argument(message + "; see --help");
}

inline size_t count_read(const std::string &name, const std::string &text, size_t most)
{
    char *end = nullptr;
    const unsigned long long number = std::strtoull(text.c_str(), &end, 10);
    if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0])) || *end != '\0' || number < 1 ||
        number > most)
        wrong_option(name + ": expected a number from 1 to " + std::to_string(most) + ", found \"" + text +
                     "\"");
    return static_cast<size_t>(number);
}

/* False: help was asked for. */
inline bool options_read(int argc, char **argv, std::vector<char *> &rest)
{
    rest = {argv[0]};
    for (int i = 1; i < argc; i++) {
        const std::string name = argv[i];
        if (name == "--help" || name == "-h")
            return false;
        if (name.rfind("--benchmark_out", 0) == 0 || name.rfind("--benchmark_format", 0) == 0)
            wrong_option(name + ": expected --output FILE.json, which holds the provenance too");
        if (name.rfind("--benchmark_", 0) == 0 || name.rfind("--v=", 0) == 0) {
            rest.push_back(argv[i]);
            continue;
        }
        if (i + 1 == argc)
            wrong_option(name + ": expected an option with a value, found none");
        const std::string value = argv[++i];
        if (name == "--output")
            options.output = value;
        else if (name == "--kernels")
            options.kernels = value;
        else if (name == "--length")
            options.length = count_read(name, value, 1 << 24);
        else if (name == "--realizations")
            options.realizations = count_read(name, value, 1 << 20);
        else if (name == "--projections")
            options.projections = count_read(name, value, 1 << 20);
        else if (name == "--threads")
            options.threads = static_cast<int>(count_read(name, value, 1024));
        else
            wrong_option("unknown option " + name);
    }
    return true;
}

} // namespace rpe_benchmark

#endif
