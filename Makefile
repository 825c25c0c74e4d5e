# Everything here sets up what it needs first: see scripts/setup.sh.
PREFIX ?= /usr/local
DESTDIR ?=
# Arguments of `make dev`.
ARGS ?= trace

DENO := $(CURDIR)/dist/tools/bin/deno
export PATH := $(CURDIR)/dist/tools/bin:$(PATH)

bin := $(DESTDIR)$(PREFIX)/bin/agentsight
bash_completion := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/agentsight
zsh_completion := $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_agentsight
fish_completion := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/agentsight.fish

.DEFAULT_GOAL := help
.PHONY: help demo test build install uninstall ok bench clean dev setup setup-test

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Watch a bundled sample agent at work (root)
	@$(DENO) task --quiet build
	@$(DENO) run -A samples/demo.ts

test: setup-test ## Run every test: real BPF, real TLS, a real browser (root)
	@$(DENO) task build
	@$(DENO) task test

build: setup ## Make the program, one file: dist/agentsight
	@$(DENO) task build
	@$(DENO) task dist

install: dist/agentsight ## Install it and its shell completions (PREFIX=/usr/local, DESTDIR)
	install -D -m 755 dist/agentsight $(bin)
	install -d $(dir $(bash_completion)) $(dir $(zsh_completion)) $(dir $(fish_completion))
	dist/agentsight complete bash > $(bash_completion)
	dist/agentsight complete zsh > $(zsh_completion)
	dist/agentsight complete fish > $(fish_completion)

uninstall: ## Remove what install put there; recordings are kept
	rm -f $(bin) $(bash_completion) $(zsh_completion) $(fish_completion)
	if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then rm -rf /var/cache/agentsight; fi

ok: setup-test ## Check format, lint, types and tests, as before a commit
	@$(DENO) task ok

bench: setup ## Measure the numbers of the README (root)
	@$(DENO) task build
	@$(DENO) task bench

dev: setup ## Build and run from source: make dev ARGS='trace --json'
	@$(DENO) task --quiet build
	@$(DENO) run -A main.ts $(ARGS)

clean: ## Remove what was built; the installed tools in dist/tools stay
	rm -rf artifacts
	if [ -d dist ]; then find dist -mindepth 1 -maxdepth 1 ! -name tools -exec rm -rf {} +; fi

dist/agentsight:
	$(MAKE) build

setup:
	@scripts/setup.sh build

setup-test:
	@scripts/setup.sh test
