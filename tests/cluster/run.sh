#!/usr/bin/env bash
# Try the cluster's laws on a Slurm that is started for it and stopped after it: run.sh PYTHON SNAKEMAKE (as root, Debian).
set -euo pipefail
[[ $# == 2 ]] || { sed -n 2p "$0" >&2; exit 2; }
python=$(realpath -s "$1")
SNAKEMAKE=$(realpath -s "$2")
export SNAKEMAKE
here=$(dirname "$(realpath "$0")")
cd "$here/../.."

if [[ $(id -u) != 0 ]]; then
  echo "test-cluster starts Slurm's daemons and must be run by root (a container will do)" >&2
  exit 1
fi
if ! command -v slurmctld slurmd munged srun >/dev/null; then
  echo "installing Slurm and MUNGE from Debian's packages"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
fi

folder=$(mktemp -d)
export TMPDIR=$folder/tmp # whatever the tests and the jobs put aside
mkdir "$TMPDIR"
running() { pgrep -af "$folder" | grep -v "^$$ " | grep -v ' pgrep ' || true; }
finish() {
  status=$?
  trap - EXIT
  "$here/slurm.sh" stop "$folder/slurm"
  for _ in $(seq 50); do [[ -z $(running) ]] && break; sleep 0.2; done
  left=$(running)
  if [[ -n $left ]]; then
    printf 'left running:\n%s\n' "$left" >&2
    status=1
  elif [[ $status == 0 ]]; then
    rm -rf "$folder"
  fi
  if [[ $status == 0 ]]; then
    echo "cluster: passed; Slurm is stopped, nothing is left running"
  else
    echo "cluster: FAILED; what Slurm and the tests wrote is in $folder" >&2
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$folder/slurm"
"$here/slurm.sh" start "$folder/slurm"
eval "$("$here/slurm.sh" env "$folder/slurm")"
echo "$(slurmctld -V) with $(sinfo -h -o '%D node, %c CPUs, %G'), Snakemake $("$SNAKEMAKE" --version)"
"$python" -m pytest -v --no-header -p no:cacheprovider --durations=0 --durations-min=1 --basetemp="$folder/houses" \
  tests/cluster/cluster.py -k "${LAWS:-}" # LAWS="slurm and gpu" tries one
