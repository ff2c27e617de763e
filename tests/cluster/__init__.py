"""Many notebooks on a cluster, on a real Slurm; `make test-cluster` runs these files, `make test` does not."""
