#!/usr/bin/env bash
# run.sh PROGRAM SOURCE ENGINE: an experiment in four shards by the engine's script of experiments/cluster, one of them lost and
# run again, joined, and compared with the run that was not split.  Exit status 77 with the reason where the engine is not here.
set -euo pipefail
program=$(realpath "$1")
scripts=$(realpath "$2")/experiments/cluster
kernels=$(realpath "$2")/experiments/data
engine=$3
scratch=$(mktemp -d)
export RPEBENCH=$program RPEBENCH_DATA=$scratch

skip() {
    echo "SKIPPED: $*"
    exit 77
}

fail() {
    echo "FAILED: $*"
    exit 1
}

need() {
    local name
    for name in "$@"; do
        command -v "$name" >/dev/null || skip "$name is not installed"
    done
}

# wait_for_line PATTERN FILE PID: until the process has written such a line; a failure where it ends without one.
wait_for_line() {
    grep -q -m 1 -e "$1" < <(tail -n +1 -f --pid="$3" "$2" 2>/dev/null)
}

mkdir -p "$scratch/experiments"
cat >"$scratch/experiments/cluster.json" <<TEXT
{"title": "Shards", "question": "Are four shards one run?", "measures": ["score_error", "output_error"],
 "grids": [{"name": "g", "inputs": [{"name": "sine", "kernel": "$kernels/sine_kernel.json", "queries": "$kernels/sine_queries.npy",
 "keys": "$kernels/sine_keys.npy", "values": "$kernels/sine_values.npy", "length": 12}], "methods": ["softmax"],
 "samplers": ["gaussian"], "realizations": [4, 16], "trials": {"minimum": 50}}]}
TEXT

# ---- the engines: all shards, and shard 2 again ----

parallel_all() { "$scripts/parallel.sh" 4 cluster "$1" --no-plot; }
parallel_again() { parallel_all "$1"; }

mpi_all() { "$scripts/mpirun.sh" 4 cluster "$1" --no-plot --quiet; }
mpi_again() { mpi_all "$1"; }

# A job that fails is seen by what it does not leave.
submit() { sbatch --wait --output="$scratch/job-%j.out" "$@" >/dev/null || true; }
array_all() { submit --array=1-4 "$scripts/slurm-array.sh" cluster "$1" --no-plot --quiet; }
array_again() { RPEBENCH_SHARDS=4 submit --array=2 "$scripts/slurm-array.sh" cluster "$1" --no-plot --quiet; }
srun_all() { submit --ntasks=2 "$scripts/slurm-srun.sh" cluster "$1" --no-plot --quiet; }
srun_again() { srun_all "$1"; }

# ---- what must hold ----

same() {
    local ending
    for ending in csv npy; do
        cmp "$scratch/whole/cluster.$ending" "$1/cluster.$ending" || fail "$1 is not the run that was not split"
    done
}

# check NAME SHARDS
check() {
    local output=$scratch/$1 lost=$scratch/$1/shard-2-of-$2 start=$SECONDS
    "$1_all" "$output" || fail "$1: $(cat "$scratch"/job-*.out 2>/dev/null)"
    rm -r "$lost" || fail "$1: there is no shard 2: $(ls "$output"; cat "$scratch"/job-*.out 2>/dev/null)"
    "$program" merge "$output" --output "$output" --quiet 2>"$scratch/refused" && fail "$1: a lost shard was not missed"
    grep -q 'no finished shard 2' "$scratch/refused" || fail "$1: $(cat "$scratch/refused")"
    "$1_again" "$output"
    "$program" merge "$output" --output "$output" --quiet || fail "$1: $(cat "$scratch"/job-*.out 2>/dev/null)"
    same "$output"
    echo "$1: $2 shards are the run that was not split ($((SECONDS - start)) s)"
}

# What a Slurm of one node leaves when it is not stopped: processes.
daemons=()
clean() {
    if [ ${#daemons[@]} -gt 0 ]; then
        scancel -u root 2>/dev/null || true
        kill "${daemons[@]}" 2>/dev/null || true
        wait "${daemons[@]}" 2>/dev/null || true
    fi
    rm -rf "$scratch"
}
trap clean EXIT

slurm_start() {
    local host port=$((20000 + $$ % 10000 * 2))
    host=$(hostname -s)
    [ "$(id -u)" = 0 ] || skip "a Slurm of its own is started by root alone"
    mkdir "$scratch/slurm" "$scratch/slurm/state" "$scratch/slurm/spool"
    export SLURM_CONF=$scratch/slurm/slurm.conf
    cat >"$SLURM_CONF" <<TEXT
ClusterName=shardtest
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$scratch/slurm/state
SlurmdSpoolDir=$scratch/slurm/spool
SlurmctldPidFile=$scratch/slurm/slurmctld.pid
SlurmdPidFile=$scratch/slurm/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
TEXT
    slurmctld -D >"$scratch/slurmctld.log" 2>&1 &
    daemons+=($!)
    slurmd -D >"$scratch/slurmd.log" 2>&1 &
    daemons+=($!)
    # The first job waits until the node is there.
    { wait_for_line 'Running as primary controller' "$scratch/slurmctld.log" "${daemons[0]}" &&
        wait_for_line 'slurmd started' "$scratch/slurmd.log" "${daemons[1]}" && srun --ntasks=1 true; } ||
        skip "the Slurm of one node does not come up here: $(tail -n 3 "$scratch/slurmd.log" "$scratch/slurmctld.log")"
}

case $engine in
parallel) need parallel ;;
openmpi)
    need mpirun.openmpi
    export MPIRUN=mpirun.openmpi OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
    ;;
mpich) need mpiexec.hydra && export MPIRUN=mpiexec.hydra ;;
slurm) need slurmctld slurmd sbatch srun && slurm_start ;;
*) fail "expected parallel, openmpi, mpich or slurm, found $engine" ;;
esac
"$program" run cluster --output "$scratch/whole" --no-plot --quiet

case $engine in
parallel) check parallel 4 ;;
openmpi | mpich) check mpi 4 ;;
slurm)
    check array 4
    check srun 2
    # Without srun a batch script has no place that is known.
    printf '#!/bin/sh\nexec "%s" run cluster --output "%s/none" --shard auto\n' "$program" "$scratch" >"$scratch/none.sh"
    submit --ntasks=2 "$scratch/none.sh"
    grep -q 'auto: expected the environment of' "$scratch"/job-*.out || fail "sbatch without srun: not refused"
    # A list of tasks, and one task alone.
    submit --array=0,5 "$scripts/slurm-array.sh" cluster "$scratch/none" --quiet
    grep -q 'evenly spaced' "$scratch"/job-*.out || fail "--array=0,5: not refused"
    submit --array=3 "$scripts/slurm-array.sh" cluster "$scratch/none" --quiet
    grep -q 'run again needs its' "$scratch"/job-*.out || fail "--array=3: not refused"
    [ ! -e "$scratch/none" ] || fail "a refused run left files"
    ;;
esac
