#!/bin/sh
# One share of the trials a rank of mpirun (Open MPI) or mpiexec (MPICH: MPIRUN=mpiexec.hydra), which only start the ranks:
#   mpirun.sh N EXPERIMENT OUTPUT [OPTION of rpebench run...]
# A rank that fails ends the others; called once more it runs what is missing alone.
# Afterwards: rpebench merge OUTPUT --output OUTPUT
set -eu
[ $# -ge 3 ] || { echo "usage: $0 N EXPERIMENT OUTPUT [OPTION...]" >&2; exit 2; }
ranks=$1
experiment=$2
output=$3
shift 3
exec "${MPIRUN:-mpirun}" -n "$ranks" "${RPEBENCH:-rpebench}" run "$experiment" --output "$output" --shard auto --resume \
    --threads "${RPEBENCH_THREADS:-1}" "$@"
