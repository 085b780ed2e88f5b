# make demo, make test, make check, make lab: see README.md. Caches lie outside the checkout, keyed by content.
SHELL := /bin/bash
CACHE := $(or $(CERNVM_WEBAPI_CACHE),$(HOME)/.cache/cernvm-webapi-dev)
PYTHON_KEY := $(shell cat setup.cfg pyproject.toml host/cvmwebapi/__init__.py | cksum | cut -d' ' -f1)-$(shell pwd | cksum | cut -d' ' -f1)
VENV := $(CACHE)/venv-$(PYTHON_KEY)
LOWEST := $(CACHE)/lowest-$(PYTHON_KEY)
NODE := $(CACHE)/node-$(shell cat package.json package-lock.json | cksum | cut -d' ' -f1)
PY := $(VENV)/bin/python
STRYKER := $(CACHE)/stryker-$(shell cat tests/mutants/package.json tests/mutants/package-lock.json | cksum | cut -d' ' -f1)
LAB_BROWSER ?= chromium
# How many deliberate faults are tried at the same time.
MUTANTS_AT_ONCE ?= 2
# Unit tests that run side by side: they compute, where others wait (tests/whole.py).
WORKERS := $(or $(CERNVM_WEBAPI_TEST_WORKERS),2)

.PHONY: generate packages test check mutants mutants-js mutants-python demo lab benchmarks lowest tools browsers rig lint types unit clean node_modules

test: check browsers rig
	$(PY) -m tests.whole

check: lint types unit

lint: tools
	$(VENV)/bin/ruff check -q . && $(VENV)/bin/ruff format -q --check .
	npm run --silent lint

types: tools
	$(VENV)/bin/mypy
	npm run --silent types

unit: tools
	npm test --silent
	$(PY) -m pytest tests/unit -q -n $(WORKERS)

# The unit tests with the lowest versions of libraries that setup.cfg allows.
lowest: $(LOWEST)/ready
	$(LOWEST)/bin/python -m pytest tests/unit -q -n $(WORKERS)

$(LOWEST)/ready:
	@echo "Setting up the lowest versions of libraries in $(LOWEST)"
	rm -rf $(LOWEST) && mkdir -p $(CACHE) && python3 -m venv $(LOWEST)
	python3 -m tests.lowest >$(LOWEST)/lowest.txt
	$(LOWEST)/bin/pip install -q --disable-pip-version-check -e '.[test]' -c $(LOWEST)/lowest.txt
	touch $@

mutants: mutants-python mutants-js

# Deliberate faults in the JavaScript that guards people: prints those that none of its unit tests notices.
mutants-js: tools $(STRYKER)/ready
	$(PY) -m tests.mutants.javascript $(STRYKER) --at-once $(MUTANTS_AT_ONCE)

# The same in Python; PARTS="channel entry" for some of its parts only (tests/mutants/python).
mutants-python: tools
	$(VENV)/bin/pip install -q --disable-pip-version-check -e '.[mutants]'
	nice $(PY) -m tests.mutants.python $(PARTS) --processes $(MUTANTS_AT_ONCE)

generate: tools
	$(PY) -m installer.generate

demo: tools browsers rig
	$(PY) -m tests.lab.demo $(DEMO_ARGS)

lab: tools browsers rig
	exec $(PY) -m tests.lab.lab --browser $(LAB_BROWSER) $(if $(LAB_SITE),--site "$(LAB_SITE)")

packages: tools
	$(PY) -m installer.release dist --url $(or $(URL),https://example.org/cernvm-webapi)

benchmarks: tools browsers rig
	$(PY) -m pytest tests/benchmarks -s -q

tools: $(VENV)/ready node_modules

# Built in place and marked ready at the end: scripts of a virtual environment hold its path.
$(VENV)/ready:
	@echo "Setting up Python's tools in $(VENV)"
	rm -rf $(VENV) && mkdir -p $(CACHE) && python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -e '.[test]'
	touch $@

# Their folders are named by what these files hold: when the files were written is of no interest, and others may be at work there.
$(NODE)/ready:
	$(call install_by_npm,Node's tools,package.json package-lock.json)

$(STRYKER)/ready:
	$(call install_by_npm,Stryker,tests/mutants/package.json tests/mutants/package-lock.json)

# $(1): what it is; $(2): its two files
define install_by_npm
	@echo "Setting up $(1) in $(@D)"
	mkdir -p $(@D) && cp $(2) $(@D)/
	npm ci --prefix $(@D) --no-audit --no-fund --loglevel=error
	touch $@
endef

node_modules: $(NODE)/ready
	@[ "$$(readlink node_modules)" = "$(NODE)/node_modules" ] || { rm -rf node_modules; ln -s $(NODE)/node_modules node_modules; }

browsers: tools
	$(PY) -m tests.drivers.install

rig: tools
	$(PY) -m tests.rig ensure >/dev/null

clean:
	rm -rf build dist .demo .test-output node_modules
