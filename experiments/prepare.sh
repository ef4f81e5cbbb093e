# What experiments/reproduce, tests/run and .ci/run share: installing what is missing, and building.  POSIX sh, sourced; the
# caller has set `top` (the checkout) and `program` (its own name, for messages).
# RPEBENCH_PREFIX: a folder into which packages were unpacked by a user without root (see explain_packages).
# shellcheck shell=sh disable=SC2034,SC2154 # variables of the caller

LC_ALL=C
export LC_ALL
unset CDPATH

fail() {
    printf '%s: %s\n' "$program" "$*" >&2
    exit 1
}

wrong_option() {
    printf '%s: %s; see %s --help\n' "$program" "$*" "$program" >&2
    exit 2
}

processors() {
    nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}

# A foreground program gets Ctrl-C too and ends in its own way; then this shell ends instead of going on.
trap 'printf "\n%s: interrupted\n" "$program" >&2; exit 130' INT
trap 'exit 143' TERM

# ---------------------------------------------------------------------------------------------------- packages

use_prefix() {
    [ -d "$RPEBENCH_PREFIX/usr" ] || fail "RPEBENCH_PREFIX: expected a folder with usr/ inside, found $RPEBENCH_PREFIX"
    RPEBENCH_PREFIX=$(cd "$RPEBENCH_PREFIX" && pwd -P)
    if [ -x "$RPEBENCH_PREFIX/usr/bin/gnuplot-nox" ] && [ ! -e "$RPEBENCH_PREFIX/usr/bin/gnuplot" ]; then
        ln -s gnuplot-nox "$RPEBENCH_PREFIX/usr/bin/gnuplot"
    fi
    PATH=$PATH:$RPEBENCH_PREFIX/usr/bin
    CMAKE_PREFIX_PATH=$RPEBENCH_PREFIX/usr${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}
    # A development package whose library is installed on the system: its link leads there.
    for link in "$RPEBENCH_PREFIX"/usr/lib/*-*-*/lib*.so; do
        installed=${link#"$RPEBENCH_PREFIX"}
        if [ -L "$link" ] && [ ! -e "$link" ]; then
            ln -sf "${installed%/*}/$(basename "$(readlink "$link")")" "$link"
        fi
    done
    for folder in "$RPEBENCH_PREFIX"/lib/*-*-* "$RPEBENCH_PREFIX"/usr/lib/*-*-* \
        "$RPEBENCH_PREFIX"/usr/lib/*-*-*/openblas-serial; do
        [ -d "$folder" ] || continue
        LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
        CMAKE_LIBRARY_PATH=$folder${CMAKE_LIBRARY_PATH:+:$CMAKE_LIBRARY_PATH}
    done
    export PATH CMAKE_PREFIX_PATH CMAKE_LIBRARY_PATH LD_LIBRARY_PATH
}
if [ -n "${RPEBENCH_PREFIX:-}" ]; then
    use_prefix
fi

have_command() {
    for name in "$@"; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

# have_file PATTERN...: one of them matches below one of the prefixes that CMake searches.
have_file() (
    IFS=:
    for pattern in "$@"; do
        for prefix in ${CMAKE_PREFIX_PATH:-} /usr /usr/local; do
            for path in "$prefix"/$pattern; do
                [ ! -e "$path" ] || exit 0
            done
        done
    done
    exit 1
)

have_library() {
    have_file "lib/lib$1.so" "lib64/lib$1.so" "lib/*/lib$1.so"
}

# Whether what a package is needed for can be used, wherever it comes from.
package_usable() {
    case $1 in
    gcc) have_command "${CC:-cc}" gcc ;;
    libc6-dev) have_file include/stdio.h "include/*/stdio.h" ;;
    make) have_command ninja make ;;
    libgsl-dev) have_file include/gsl/gsl_cblas.h && have_library gsl && have_library gslcblas ;;
    # Debian's /usr/lib/*/libopenblas.so may be the threaded one, and threads are the program's own.
    libopenblas-serial-dev) have_file "lib/*/openblas-serial/libopenblas.so" lib/libopenblas.so lib64/libopenblas.so ;;
    librandom123-dev) have_file include/Random123/philox.h ;;
    libjansson-dev) have_file include/jansson.h && have_library jansson ;;
    libcmocka-dev) have_file include/cmocka.h && have_library cmocka ;;
    gnuplot-nox) have_command gnuplot ;;
    g++) have_command "${CXX:-c++}" g++ ;;
    libbenchmark-dev) have_file include/benchmark/benchmark.h && have_library benchmark ;;
    slurm-wlm) have_command slurmctld ;;
    openmpi-bin) have_command mpirun.openmpi ;;
    mpich) have_command mpiexec.hydra ;;
    libclang-rt-dev) [ -e "$(clang -print-file-name=libclang_rt.fuzzer-"$(uname -m)".a 2>/dev/null)" ] ;;
    python3-venv) python3 -c "import ensurepip, venv" 2>/dev/null ;;
    python3-numpy) python3 -c "import numpy" 2>/dev/null || /usr/bin/python3 -c "import numpy" 2>/dev/null ;;
    *) have_command "$1" ;;
    esac
}

packages_build="gcc libc6-dev cmake make libgsl-dev libopenblas-serial-dev librandom123-dev libjansson-dev"
packages_pictures="gnuplot-nox"
packages_tests="libcmocka-dev"
packages_benchmark="g++ libbenchmark-dev"

missing_packages() {
    missing=
    for package in "$@"; do
        package_usable "$package" || missing="$missing $package"
    done
    missing=${missing# }
}

explain_packages() {
    cat >&2 <<TEXT
$program: not installed here, and $1:

    $missing

With root, on Debian and Ubuntu:
    apt-get install --no-install-recommends $missing
TEXT
    unpackable=
    for package in $missing; do
        case $package in
        gcc | g++ | libc6-dev) echo "Without root: ask for $package, which works only where it is installed." >&2 ;;
        *) unpackable="$unpackable $package" ;;
        esac
    done
    [ -n "$unpackable" ] || return 0
    cat >&2 <<TEXT
Without root, unpack what can be unpacked into a folder of yours, and name it in RPEBENCH_PREFIX:
    mkdir -p packages && cd packages
    apt-get download \$(apt-get install --simulate --no-install-recommends$unpackable | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
    for file in *.deb; do dpkg -x "\$file" .; done
    RPEBENCH_PREFIX="\$PWD" "$top/$program"
TEXT
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"
}

# install_packages PACKAGE...: exactly the missing ones.  With nothing missing, no package manager is called.
install_packages() {
    missing_packages "$@"
    [ -n "$missing" ] || return 0
    if ! have_command apt-get; then
        explain_packages "there is no apt-get"
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        if ! have_command sudo || { ! sudo -n true 2>/dev/null && ! [ -t 0 ]; }; then
            explain_packages "this user is not root and sudo cannot be used"
            exit 1
        fi
    fi
    printf 'Installing (a minute or so): %s\n' "$missing"
    # shellcheck disable=SC2086 # split at spaces
    if ! apt install -y --no-install-recommends $missing >/dev/null 2>&1; then
        # No package lists yet, or old ones.
        apt update >/dev/null || fail "apt-get update failed; needed: $missing"
        apt install -y --no-install-recommends $missing >/dev/null || fail "apt-get install failed; needed: $missing"
    fi
    missing_packages "$@"
    [ -z "$missing" ] || fail "installed, but not found afterwards: $missing"
}

# ---------------------------------------------------------------------------------------------------- build

cache_value() {
    sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"
}

# build_project BUILD CMAKE-OPTION...: configures and builds; `build` is the absolute path afterwards.
build_project() {
    mkdir -p "$1" || fail "$1: cannot be created"
    build=$(cd "$1" && pwd -P)
    shift
    if [ -f "$build/CMakeCache.txt" ]; then
        # Of a checkout that has been moved or copied, or for a build tool that is gone: configure afresh.
        if [ "$(cache_value CMAKE_HOME_DIRECTORY)" != "$top" ] || [ "$(cache_value CMAKE_CACHEFILE_DIR)" != "$build" ] ||
            ! have_command "$(cache_value CMAKE_MAKE_PROGRAM)"; then
            rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
        fi
    fi
    if ! [ -f "$build/CMakeCache.txt" ] && have_command ninja && [ -z "${CMAKE_GENERATOR:-}" ]; then
        set -- -G Ninja "$@"
    fi
    cmake -S "$top" -B "$build" "$@" || fail "configuration failed"
    cmake --build "$build" --parallel "$(processors)" || fail "the build failed"
}
