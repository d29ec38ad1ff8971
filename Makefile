# Needs nothing but a shell, make and Python 3.11 or newer: everything else is fetched, locked, into .venv.
.POSIX:
.PHONY: help up test runtimes bench lint format
.SILENT:

BIN = .venv/bin

help:
	echo 'make up      start everything: PostgreSQL, sandbox data, web, dispatcher, jobs'
	echo 'make test    run every test, browser tests included (ARGS=tests/house for some)'
	echo 'make runtimes  the SDKs on other Pythons and Nodes, Deno and Bun'
	echo 'make lint    check formatting, rules, types and import layers'
	echo 'make format  put the code into shape'
	echo 'make bench   measure (ARGS=name for one benchmark)'

up:
	scripts/bootstrap run
	exec $(BIN)/revento up --with-parent $(ARGS)

test:
	scripts/bootstrap dev
	scripts/bootstrap browser
	scripts/bootstrap valkey
	scripts/bootstrap shells
	scripts/bootstrap node
	exec $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

runtimes:
	exec scripts/test-runtimes

bench:
	scripts/bootstrap dev
	exec $(BIN)/python -m bench $(ARGS)

lint:
	scripts/bootstrap dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright --level error

format:
	scripts/bootstrap dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
