#!/bin/sh
# N shares of the trials by GNU parallel, as many at once as there are processors:
#   parallel.sh N EXPERIMENT OUTPUT [OPTION of rpebench run...]
# Several machines that share a file system: PARALLEL="--sshloginfile hosts --workdir ." parallel.sh ...
# Called once more it runs what is missing alone.  Afterwards: rpebench merge OUTPUT --output OUTPUT
set -eu
[ $# -ge 3 ] || { echo "usage: $0 N EXPERIMENT OUTPUT [OPTION...]" >&2; exit 2; }
shards=$1
experiment=$2
output=$3
shift 3
# {#} is the number of a job, {##} how many there are; -q keeps the words as they are.
seq "$shards" | parallel --plus -q -N 1 "${RPEBENCH:-rpebench}" run "$experiment" --output "$output" \
    --shard '{#}/{##}' --resume --threads "${RPEBENCH_THREADS:-1}" "$@" --quiet
