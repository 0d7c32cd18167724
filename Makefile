# The commands of GravRelief. Each makes what it needs under build/ and nowhere else.
SYSTEM_PYTHON ?= /usr/bin/python3
export GRAVRELIEF_HOME ?= $(CURDIR)/build/engine-home
export UV_CACHE_DIR ?= $(CURDIR)/build/cache

AS_ROOT = $(shell test "$$(id -u)" = 0 || echo sudo)

SECONDS ?= 600

.PHONY: demo test fuzz lint bench science package floors lock test-matrix bare-roots trust clean python

# The tutorial through qgis_process, from nothing: files and summary.json in build/demo.
demo: python
	@$(SYSTEM_PYTHON) tools/system.py qgis
	@$(SYSTEM_PYTHON) -m plugin.engine --setup
	@$(SYSTEM_PYTHON) tools/demo.py

# Engine, plugin in a real QGIS, windows under Xvfb.
test: python
	@$(SYSTEM_PYTHON) tools/system.py qgis tests
	@$(SYSTEM_PYTHON) -m plugin.engine --setup
	@$(SYSTEM_PYTHON) -m tools.dev_environment
	@$(SYSTEM_PYTHON) tools/run_tests.py

# The property tests again and again, drawing anew each time, for so many seconds; a find ends it and says how to repeat it.
fuzz: python
	@$(SYSTEM_PYTHON) tools/system.py python
	@$(SYSTEM_PYTHON) -m tools.dev_environment
	@$(SYSTEM_PYTHON) tools/fuzz.py --seconds $(SECONDS)

lint: python
	@$(SYSTEM_PYTHON) tools/system.py python
	@$(SYSTEM_PYTHON) -m tools.dev_environment
	build/dev/bin/ruff check .
	build/dev/bin/ruff format --check .
	build/dev/bin/mypy
	build/dev/bin/flake8 --select QGS __init__.py plugin ui

# Times the engine and the plugin: build/bench.json, a table, docs/speed.png and docs/speed_cv.png. Let the machine do nothing else.
bench: python
	@$(SYSTEM_PYTHON) tools/system.py qgis
	@$(SYSTEM_PYTHON) -m plugin.engine --setup
	@$(SYSTEM_PYTHON) tests/benchmarks/bench.py

# Relief errors beside the tutorial's method, on two reliefs of known truth: build/science.json and a table.
science: python
	@$(SYSTEM_PYTHON) tools/system.py python
	@$(SYSTEM_PYTHON) -m tools.dev_environment
	@build/dev/bin/python -m tests.benchmarks.science

# Cancels, kills, full disks and the like by the hundred (or KINDS="kill_qgis temp" alone): build/trust.json and a table. The full
# disks are small ones of its own, which root alone can mount; without root those kinds are skipped.
trust: python
	@$(SYSTEM_PYTHON) tools/system.py qgis
	@$(SYSTEM_PYTHON) -m plugin.engine --setup
	@$(SYSTEM_PYTHON) tools/trust.py $(KINDS)

package: python
	@$(SYSTEM_PYTHON) tools/system.py python
	@$(SYSTEM_PYTHON) -m tools.dev_environment
	@$(SYSTEM_PYTHON) tools/package.py

# Draws the floors of the engine below the table of its rooms, in docs/develop.md.
floors: python
	@$(SYSTEM_PYTHON) tools/floors.py

# Renews every lock file; index settings of the machine are used, and never written down.
lock: python
	@$(SYSTEM_PYTHON) tools/system.py python
	@$(SYSTEM_PYTHON) -m tools.lock

# The plugin's tests on QGIS 3.40 and 3.44 (or QGIS=3.44 alone), in Debian 13 roots under build/roots (as root).
test-matrix: python
	@$(SYSTEM_PYTHON) tools/system.py debootstrap
	@$(SYSTEM_PYTHON) tools/test_matrix.py $(QGIS)

# README's two commands on bare Debian 13 and 12 (or DEBIAN=13 alone), in new roots under build/roots (as root).
bare-roots: python
	@$(SYSTEM_PYTHON) tools/system.py debootstrap
	@$(SYSTEM_PYTHON) tools/bare_roots.py $(DEBIAN)

python:
	@test -x $(SYSTEM_PYTHON) || $(AS_ROOT) sh -c \
	  'apt-get update -qq && apt-get install --yes -qq --no-install-recommends python3'

clean:
	rm -rf build
