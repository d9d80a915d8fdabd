# Every target sets up .venv first; a second call finds it ready and goes on at once.
# Without make: `python -m course_lib.setup --lab`, and so on.

PYTHON ?= python3
SETUP := $(PYTHON) -m course_lib.setup

.PHONY: help setup lab test book data bench release lock clean
.DEFAULT_GOAL := help

help:  ## list these commands
	@grep -E '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*##/\t/'

setup:  ## make the environment .venv
	@$(SETUP)

lab:  ## set up everything, open JupyterLab (LAB_ARGS=--no-browser)
	@$(SETUP) --lab -- $(LAB_ARGS)

test:  ## library, contract, exercises, every notebook (TEST_ARGS=pytest for a part)
	@$(SETUP) --test -- $(TEST_ARGS)

book:  ## execute and rewrite all chapters canonically (BOOK_ARGS)
	@$(SETUP) --book -- $(BOOK_ARGS)

data:  ## render all sets of people (DATA_ARGS)
	@$(SETUP) --data -- $(DATA_ARGS)

bench:  ## measure rendering and library speed
	@$(SETUP) --bench -- $(BENCH_ARGS)

release:  ## the teacher's release, an nbgrader course (RELEASE_ARGS)
	@$(SETUP) --release -- $(RELEASE_ARGS)

lock:  ## renew requirements.lock from pyproject.toml (LOCK_ARGS=--upgrade)
	@$(SETUP) --lock -- $(LOCK_ARGS)

clean:  ## remove the environment and everything made (not the rendered people)
	rm -rf .venv .bootstrap .release build dist *.egg-info
	rm -rf .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
