# `make help` lists the targets. Set-up is two commands: `make demo` and `make check`.
.DELETE_ON_ERROR:
.SUFFIXES:
VERSION := $(shell cat VERSION)
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC = cc
PKG_CONFIG ?= pkg-config
PKGS54 = lua5.4
PKGSJIT = luajit
PKGSCORE = libpq libcrypto

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wformat=2 -Wpointer-arith -Wcast-qual -Wvla -Wundef -Wnull-dereference
HARDENING = -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS ?= -O2 -g
ifdef SANITIZE
CFLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
HARDENING = -fstack-protector-strong
endif
ifdef WERROR
WARNINGS += -Werror
endif
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -fPIC -fvisibility=hidden $(WARNINGS) $(HARDENING) \
	$(CFLAGS) -Iinclude -DMM_VERSION='"$(VERSION)"'
LDFLAGS += -Wl,-z,relro,-z,now
ifdef SANITIZE
# What leaked from a module can be named only while the module stays loaded.
LDFLAGS += -fsanitize=address,undefined -Wl,-z,nodelete
endif

# What a recipe needs from pkg-config is asked when it runs.
cflags = $$($(PKG_CONFIG) --cflags $(1))
libs = $$($(PKG_CONFIG) --libs $(1))

CORE := $(patsubst src/core/%.c,$(BUILD)/obj/core/%.o,$(wildcard src/core/*.c)) $(BUILD)/obj/core/sql_files.o
BIND54 := $(patsubst src/lua/%.c,$(BUILD)/obj/lua54/%.o,$(wildcard src/lua/*.c))
BINDJIT := $(patsubst src/lua/%.c,$(BUILD)/obj/luajit/%.o,$(wildcard src/lua/*.c))
REPL := $(patsubst src/repl/%.c,$(BUILD)/obj/repl/%.o,$(wildcard src/repl/*.c))
SQL := $(wildcard src/sql/*.sql)
TESTS := $(patsubst spec/core/%_test.c,$(BUILD)/test/%_test,$(wildcard spec/core/*_test.c))

.PHONY: all
all: modules $(BUILD)/bin/mmlua share ## build into build/, laid out as an installation

.PHONY: modules
modules: $(BUILD)/lib/lua/5.4/mm/core.so $(BUILD)/lib/lua/5.1/mm/core.so

# Other flags, other objects.
FLAGS := $(CC) $(subst ','"'"',$(filter-out -Werror,$(ALL_CFLAGS))) $(LDFLAGS)
$(BUILD)/flags: always
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@
.PHONY: always
$(CORE) $(BIND54) $(BINDJIT) $(REPL) $(TESTS): $(BUILD)/flags

$(BUILD)/lib/lua/5.4/mm/core.so: $(CORE) $(BIND54)
	@mkdir -p $(@D)
	$(CC) -shared $(LDFLAGS) -o $@ $^ $(call libs,$(PKGSCORE))

$(BUILD)/lib/lua/5.1/mm/core.so: $(CORE) $(BINDJIT)
	@mkdir -p $(@D)
	$(CC) -shared $(LDFLAGS) -o $@ $^ $(call libs,$(PKGSCORE))

$(BUILD)/bin/mmlua: $(REPL)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -Wl,-E -o $@ $^ $(call libs,$(PKGS54) libedit) -lm -ldl

$(BUILD)/obj/core/%.o: src/core/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGSCORE)) -MMD -MP -c -o $@ $<

$(BUILD)/obj/core/sql_files.o: $(BUILD)/gen/sql_files.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/gen/sql_files.c: tools/embed-sql tools/expand-sql $(SQL) src/sql
	@mkdir -p $(@D)
	tools/embed-sql $(SQL) > $@

$(BUILD)/obj/lua54/%.o: src/lua/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGS54)) -MMD -MP -c -o $@ $<

$(BUILD)/obj/luajit/%.o: src/lua/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGSJIT)) -MMD -MP -c -o $@ $<

$(BUILD)/obj/repl/%.o: src/repl/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGS54) libedit) -MMD -MP -c -o $@ $<

$(BUILD)/test/%_test: spec/core/%_test.c $(CORE)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(CORE) $(LDFLAGS) $(call libs,$(PKGSCORE))

# In build/ the Lua parts are links to the source, so that an edit needs no build.
.PHONY: share
share:
	@mkdir -p $(BUILD)/share/mm $(BUILD)/share/lua/5.4 $(BUILD)/share/lua/5.1
	@for folder in lua scripts demo http; do ln -sfn $(CURDIR)/$$folder $(BUILD)/share/mm/$$folder; done
	@for version in 5.4 5.1; do ln -sfn ../../mm/lua/mm $(BUILD)/share/lua/$$version/mm; done

# The packages first, then another make, for only that one sees what they brought.
.PHONY: demo
demo: ## watch the real upgraded lake being mended, in a private PostgreSQL
	@tools/install-packages demo
	@$(MAKE) --no-print-directory -s -j2 all
	@$(BUILD)/bin/mmlua demo

.PHONY: check
check: ## all tests; the last line is `N passed, N failed`
	@tools/install-packages check
	@tools/check

.PHONY: lint
lint: all ## layers, sizes, formats, static analysis
	@tools/lint

.PHONY: format
format: ## format all C
	clang-format -i $$(git ls-files 'include/*.h' 'src/*.[ch]' 'spec/*.[ch]')

.PHONY: sanitize
sanitize: ## C tests and specs under ASan, UBSan and LeakSanitizer
	@tools/check sanitize

.PHONY: tests
tests: $(TESTS)

.PHONY: check-core
check-core: $(TESTS)
	@spec/run-core $(TESTS)

.PHONY: sql
sql: ## print src/sql/NAME.sql as a prepared statement for psql
	@tools/prepare-sql "$(NAME)"

.PHONY: install
install: all ## install below PREFIX, by default /usr/local; DESTDIR goes before it
	@tools/install-files "$(BUILD)" "$(DESTDIR)$(PREFIX)"

.PHONY: uninstall
uninstall: ## remove what install has put there
	@tools/install-files --remove "$(DESTDIR)$(PREFIX)"

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/test/*.d)
-include mk/*.mk
