#!/bin/sh
# One share of the trials a task of a Slurm array, from 1 or 0 without gaps:
#   sbatch --array=1-64 slurm-array.sh EXPERIMENT OUTPUT [OPTION of rpebench run...]
# A task that was lost is run again by its number, and by how many there were:
#   RPEBENCH_SHARDS=64 sbatch --array=17 slurm-array.sh EXPERIMENT OUTPUT
# (there the tasks count from 1).  Afterwards: rpebench merge OUTPUT --output OUTPUT
#SBATCH --job-name=rpebench
#SBATCH --ntasks=1
set -eu
[ $# -ge 2 ] || { echo "usage: sbatch --array=1-N $0 EXPERIMENT OUTPUT [OPTION...]" >&2; exit 2; }
experiment=$1
output=$2
shift 2
shard=auto
[ -z "${RPEBENCH_SHARDS:-}" ] || shard=$SLURM_ARRAY_TASK_ID/$RPEBENCH_SHARDS
exec "${RPEBENCH:-rpebench}" run "$experiment" --output "$output" --shard "$shard" --resume \
    --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"
