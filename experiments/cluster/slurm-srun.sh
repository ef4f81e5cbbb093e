#!/bin/sh
# One share of the trials a task of one Slurm job:
#   sbatch --ntasks=64 slurm-srun.sh EXPERIMENT OUTPUT [OPTION of rpebench run...]
# Submitted once more it runs what is missing alone.  Afterwards: rpebench merge OUTPUT --output OUTPUT
#SBATCH --job-name=rpebench
set -eu
[ $# -ge 2 ] || { echo "usage: sbatch --ntasks=N $0 EXPERIMENT OUTPUT [OPTION...]" >&2; exit 2; }
experiment=$1
output=$2
shift 2
# -O: more tasks than processors wait for each other instead of for processors that do not come.
exec srun -O --kill-on-bad-exit=0 "${RPEBENCH:-rpebench}" run "$experiment" --output "$output" --shard auto --resume \
    --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"
