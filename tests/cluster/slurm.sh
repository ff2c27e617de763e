#!/usr/bin/env bash
# A real Slurm with one node for the tests, without systemd: slurm.sh start|stop|status|env FOLDER (root only).
set -euo pipefail
[[ $# == 2 ]] || { sed -n 2p "$0" >&2; exit 2; }
folder=$2
port=${SLURM_PORT:-16817}
host=$(hostname -s)
export SLURM_CONF=$folder/slurm.conf

alive() { # a zombie is not alive
  [[ -s $folder/$1.pid && $(ps -o stat= -o comm= -p "$(<"$folder/$1.pid")") =~ ^[^Z].*\ $1$ ]]
}

launch() { # in a session of its own, its number kept, its output in a file
  alive "$1" && return
  setsid "$@" >>"$folder/$1.out" 2>&1 </dev/null &
  echo $! >"$folder/$1.pid"
}

wait_for() {
  for _ in $(seq 100); do timeout 2 "$@" >/dev/null 2>&1 && return; sleep 0.2; done
  echo "timed out: $*; see $folder" >&2
  return 1
}

configure() {
  mkdir -p "$folder"/{state,spool,bin}
  chmod 711 "$folder"
  [[ -f $folder/munge.key ]] || (umask 077; head -c 1024 /dev/urandom >"$folder/munge.key")
  # Snakemake starts srun inside a job with an environment that lacks SLURM_CONF
  printf '#!/bin/sh\nSLURM_CONF=%q exec /usr/bin/srun "$@"\n' "$SLURM_CONF" >"$folder/bin/srun"
  chmod +x "$folder/bin/srun"
  printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$folder/cgroup.conf"
  printf 'NodeName=%s Name=gpu File=/dev/null\n' "$host" >"$folder/gres.conf" # a GPU to ask for, not to compute on
  cat >"$SLURM_CONF" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$folder/munge.sock
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SrunPortRange=$((port + 2))-$((port + 60))
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.self.pid
SlurmdPidFile=$folder/slurmd.self.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/ended-jobs.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=2
MailProg=/bin/true
ReturnToService=2
EnforcePartLimits=ALL
KillWait=3
MinJobAge=300
DefMemPerCPU=512
GresTypes=gpu
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(free_memory) Gres=gpu:1 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
}

free_memory() { # in MiB, with something left for the rest of the machine
  echo $(($(awk '/MemTotal/{print $2}' /proc/meminfo) / 1024 - 512))
}

start() {
  configure
  launch munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.sock" \
    --pid-file="$folder/munged.self.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
  wait_for munge -n -S "$folder/munge.sock"
  launch slurmctld -D -f "$SLURM_CONF"
  wait_for scontrol ping
  launch slurmd -D -f "$SLURM_CONF"
  wait_for bash -c "sinfo -h -o %T | grep -qE '^(idle|mixed|allocated)'"
}

stop() {
  if alive slurmctld; then # slurmstepd outlives slurmd: let the jobs end first
    timeout 5 scancel --user=root || true
    wait_for bash -c '[[ -z $(squeue -h) ]]' || true
  fi
  for name in slurmd slurmctld munged; do
    alive $name || continue
    kill "$(<"$folder/$name.pid")"
    for _ in $(seq 50); do alive $name || break; sleep 0.1; done
    if alive $name; then kill -9 "$(<"$folder/$name.pid")"; fi
    rm -f "$folder/$name.pid"
  done
}

status() {
  for name in munged slurmctld slurmd; do alive $name && echo "$name $(<"$folder/$name.pid")" || echo "$name down"; done
}

case $1 in
  start | stop | status) "$1" ;;
  env) printf 'export SLURM_CONF=%q PATH=%q:$PATH\n' "$SLURM_CONF" "$folder/bin" ;;
  *) sed -n 2p "$0" >&2; exit 2 ;;
esac
