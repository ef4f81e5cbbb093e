#!/bin/sh
# How often does `run --against` call a change?  Compares PROGRAM with OTHER so many times, each with another seed, and counts.
# Of a build with a copy of itself: the level, at most 5 of 40 at 5 %.  Of -O3 with -O1: the power, 10 of 10.
# Not a test: it takes some seconds of both processors a comparison, more on a busy machine.
set -eu
LC_ALL=C
export LC_ALL
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

usage() {
    cat <<TEXT
usage: tests/against/level.sh [--busy] PROGRAM [OTHER [COUNT]]
Runs \`PROGRAM run tests/against/small.json --against OTHER\` COUNT times and prints one line each, and how many call a change.
  --busy  keeps every processor busy meanwhile
  OTHER   another rpebench (default: a copy of PROGRAM)
  COUNT   comparisons (default 40)
TEXT
}

busy=no
case ${1:-} in
--help | -h) usage; exit 0 ;;
--busy) busy=yes; shift ;;
esac
if [ $# -lt 1 ] || [ $# -gt 3 ]; then
    usage >&2
    exit 2
fi
program=$1
count=${3:-40}

scratch=$(mktemp -d)
loops=
finish() {
    for loop in $loops; do kill "$loop" 2>/dev/null || true; done
    rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

other=${2:-$scratch/rpebench}
[ -n "${2:-}" ] || cp "$program" "$other"
if [ $busy = yes ]; then
    for processor in $(seq "$(nproc)"); do
        (while :; do :; done) &
        loops="$loops $!"
    done
    echo "kept busy: $processor processors"
fi

called=0
for seed in $(seq "$count"); do
    status=0
    "$program" run "$here/small.json" --against "$other" --seed "$seed" --quiet --output "$scratch" || status=$?
    [ $status -le 1 ] || exit $status
    called=$((called + status))
    # ratio, adjusted p of the points and of all of them together
    awk -F, -v seed="$seed" -v status=$status 'NR > 1 { row = row sprintf("  %.4f (p %.2g)", $6, $10) }
        END { print "seed " seed ": status " status row }' "$scratch/small-against.csv"
done
echo "$called of $count call a change"
