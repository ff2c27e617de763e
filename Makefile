# What people type. `make help` lists it; each target is idempotent, and installs nothing that is there.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
CLUSTER := .venv-cluster
PY := $(VENV)/bin/python
# torch is pinned in pyproject.toml and installed apart from the hashed locks: its wheels differ from machine to machine
# (a CPU build here, a CUDA build there), so no one hash is right everywhere.
TORCH := $(shell grep -oE 'torch==[0-9.]+' pyproject.toml)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
PORT ?= 8000
# a notice about the theme's successor would stand in every log
export NO_MKDOCS_2_WARNING := 1

.PHONY: help site serve schema lint check test test-cluster notebooks runs bench locks clean
help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- environments: a stamp is newer than the pins that were installed --------------------------------------------------
# What was pinned lies beside the packages and is renewed when it reads otherwise, whatever the times of the files are.
define renewed
@mkdir -p $(@D)
@cmp -s $< $@ || cp $< $@
endef
$(VENV)/pins/%.txt: %.txt FORCE
	$(renewed)
$(CLUSTER)/pins/%.txt: %.txt FORCE
	$(renewed)
$(VENV)/pins/torch: pyproject.toml FORCE
	@mkdir -p $(@D)
	@echo $(TORCH) | cmp -s - $@ || echo $(TORCH) > $@
FORCE:

$(VENV)/site.stamp: $(VENV)/pins/requirements.txt
	@echo "Installing the packages of the site into $(VENV); this takes a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	touch $@

$(VENV)/notebooks.stamp: $(VENV)/pins/requirements-notebooks.txt $(VENV)/pins/torch $(VENV)/site.stamp
	@echo "Installing the packages of the notebooks into $(VENV), torch among them; this takes some minutes."
	$(PIP) --require-hashes --no-deps -r requirements-notebooks.txt
	$(PIP) --no-deps $(TORCH)
	touch $@

$(VENV)/lab.stamp: $(VENV)/pins/requirements-lab.txt $(VENV)/notebooks.stamp
	@echo "Installing JupyterLab into $(VENV); this takes a minute or two."
	$(PIP) --require-hashes -r requirements-lab.txt
	touch $@

$(VENV)/test.stamp: $(VENV)/pins/requirements-test.txt $(VENV)/notebooks.stamp
	@echo "Installing the packages of the tests into $(VENV); this takes a minute or two."
	$(PIP) --require-hashes -r requirements-test.txt
	touch $@

$(CLUSTER)/stamp: $(CLUSTER)/pins/requirements-cluster.txt
	@echo "Installing snakemake into $(CLUSTER); this takes a minute or two."
	$(PYTHON) -m venv $(CLUSTER)
	$(CLUSTER)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	touch $@

# --- the site --------------------------------------------------------------------------------------------------------
site: $(VENV)/site.stamp ## Check the catalog and build the site into site/ (no torch needed).
	$(PY) -m scripts.build_site

serve: $(VENV)/site.stamp ## Serve the site, say where, and rebuild on every edit (PORT=8000).
	@$(PY) -m scripts.serve_site --port $(PORT)

schema: $(VENV)/site.stamp ## Write catalog/schema/ from the record types.
	$(PY) -m scripts.write_schema

# --- tests -----------------------------------------------------------------------------------------------------------
lint: $(VENV)/test.stamp ## Lint and check the formatting.
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

check: $(VENV)/test.stamp lint ## Every day, a few minutes: lint, catalog, unit tests (no browser, no notebook runs).
	$(PY) -m scripts.check_catalog
	$(PY) -m pytest -q -n auto -m "not browser and not slow"

test: $(VENV)/test.stamp lint ## Everything: environment with torch, browser, lint, all tests.
	$(PY) -m scripts.check_catalog
	bash scripts/install_browser.sh
	$(PY) -m pytest -q -n auto

test-cluster: $(VENV)/test.stamp $(CLUSTER)/stamp ## Try many notebooks on a real Slurm, started for it and stopped after (root, Debian).
	bash tests/cluster/run.sh $(PY) $(CLUSTER)/bin/snakemake

# --- notebooks -------------------------------------------------------------------------------------------------------
notebooks: $(VENV)/lab.stamp ## Open the essays in JupyterLab.
	cd notebooks && ../$(PY) -m jupyterlab --LabApp.app_settings_dir="$$PWD/.jupyterlab" $(LAB)

runs: $(VENV)/notebooks.stamp ## Rerun the notebooks whose runs are out of date (RUNS="ID --jobs 2 ...").
	$(PY) -m scripts.run_notebooks $(RUNS)

bench: $(VENV)/test.stamp ## Print how fast the build is, as ratios against plain MkDocs + Material.
	$(PY) -m tests.bench

# --- upkeep ----------------------------------------------------------------------------------------------------------
COMPILE := $(PY) -m uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	$(addprefix --find-links ,$(PIP_FIND_LINKS))
locks: $(VENV)/site.stamp ## Pin every package with its hash from the ranges in pyproject.toml.
	$(PIP) uv
	$(COMPILE) --universal --python-version 3.11 --group site -o requirements.txt
	$(COMPILE) --group notebooks -c requirements.txt --no-emit-package torch -o requirements-notebooks.txt
	$(COMPILE) --group lab -c requirements.txt -c requirements-notebooks.txt -o requirements-lab.txt
	$(COMPILE) --group test -c requirements.txt -c requirements-notebooks.txt -o requirements-test.txt
	$(COMPILE) --group cluster -o requirements-cluster.txt

clean: ## Remove what was built; the environment stays.
	rm -rf site site.* .cache .pytest_cache .ruff_cache
