# One command each: `make demo` to look at it, `make test` to trust it, `make all` is what CI runs.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-sqlite test-postgres test-redis test-browser all fmt lint types migrations deploy-check bench screenshots messages vendor-js
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
PORT ?= 8000
SERVE ?= 1
DATE ?=
SECONDS ?= 10
ARGS ?=

help: ## これを表示 / show this
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## .venv を作り、動かすのに要るものを入れる / what running needs
	@sh deploy/tools/setup.sh run

setup-dev: ## テストと検査に要るものも入れる / and what tests and checks need
	@sh deploy/tools/setup.sh dev

demo: setup ## 一日を最後まで動かして見せる (SERVE=0, PORT=, DATE=) / a whole day, then the pages
	@SERVE=$(SERVE) PORT=$(PORT) DATE=$(DATE) $(PY) -m deploy.tools.demo

test: setup-dev ## すべてのテスト: SQLite, PostgreSQL, Redis, ブラウザー / everything (ALLOW_MISSING=postgres,redis,osrm,browser)
	@$(PY) -m tests.run -- $(ARGS)

test-sqlite test-postgres test-redis test-browser: setup-dev
	@$(PY) -m tests.run $(@:test-%=%) -- $(ARGS)

all: lint types migrations deploy-check test ## 検査とテストのすべて（CIと同じ） / all checks, then all tests

fmt: setup-dev ## 書式を直す / format
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .
	@$(PY) -m djlint --reformat --quiet templates || true

lint: setup-dev ## ruff, djlint, import-linter
	@echo "━━ ruff ━━"
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@echo "━━ djlint ━━"
	@$(PY) -m djlint --lint --quiet templates
	@echo "━━ import-linter ━━"
	@.venv/bin/lint-imports

types: setup-dev ## mypy
	@echo "━━ mypy ━━"
	@$(PY) -m mypy

migrations: setup-dev ## マイグレーションの漏れ / missing migrations
	@echo "━━ migrations ━━"
	@$(PY) manage.py makemigrations --check --dry-run

deploy-check: setup-dev ## check --deploy を本番の設定で / with a server's settings
	@echo "━━ check --deploy ━━"
	@env -u DEBUG BASE_URL=https://foodbank.example ALLOWED_HOSTS=foodbank.example BEHIND_PROXY=1 \
	  SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  CONTACT_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  $(PY) manage.py check --deploy --fail-level WARNING

bench: ## 受付・注文・予約の速さと、計画をほかの解法と比べた表 / requests a second; the planner beside its peers, into docs/ (SECONDS=)
	@sh deploy/tools/setup.sh bench
	@$(PY) -m tests.bench
	@$(PY) -m tests.bench.planner --seconds $(SECONDS)

screenshots: setup-dev ## docs/screenshots を撮り直す / retake
	@TEST_SCREENSHOTS=docs/screenshots $(PY) -m tests.run browser -- -k screenshots

messages: setup-dev ## 訳文を集めて英語の訳を確かめる / collect the strings, check their English
	@$(PY) -m deploy.tools.messages

vendor-js: ## 画面用の外部ファイルを npm の版と比べる (Node が要る) / compare the vendored front-end files
	@sh deploy/tools/vendor_js.sh
