#!/bin/sh
# Go on after Snakemake was killed: cancel the jobs that it left in Slurm, free its lock, submit what is still to be run.
# Usage: notebooks/profiles/slurm/resume.sh [arguments of Snakemake], when no other Snakemake works in this folder.
set -eu
cd "$(dirname "$0")/../../.."
snakemake=${SNAKEMAKE:-.venv-cluster/bin/snakemake}
here=$(pwd -P)/.cache/cluster

orphans() { # jobs of this folder by their name
  squeue --me --noheader --format='%i|%j|%Z' | awk -F'|' -v here="$here" '$2 ~ /^model-answers_/ && $3 == here {print $1}'
}

for job in $(orphans); do
  echo "cancelling job $job, which was left running"
  scancel "$job"
done
while [ -n "$(orphans)" ]; do sleep 1; done
"$snakemake" --profile notebooks/profiles/slurm "$@" --unlock
exec "$snakemake" --profile notebooks/profiles/slurm "$@"
