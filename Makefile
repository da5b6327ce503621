# Makefile - builds the programs under build/ and runs everything (make help).
#
# GNU make, one makefile.  A flavour is one way of compiling: host is what runs,
# asan the same with sanitizers, fuzz what clang's fuzzer wants.

BACKENDS  = openssl gnutls mbedtls wolfssl nss bearssl boringssl
CC        = gcc
AR        = ar
PYTHON    = /usr/bin/python3
PREFIX    = /usr/local
DESTDIR   =
JOBS      = $(shell nproc)
FUZZ_SECONDS = 60
MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0) # a make below it has a part of these
MAKEFLAGS += -j$(JOBS)
endif
.DELETE_ON_ERROR:
ifndef V
.SILENT: # make V=1 shows every command
endif
.SECONDARY:

# What is missing is installed before anything is looked at (ci/packages.txt).
NEEDS_matrix   = run
NEEDS_mutants  = run
NEEDS_sanitize = run
NEEDS_bench    = run bench
NEEDS_unit     = run check
NEEDS_format   = run check
NEEDS_check    = run check eras period
NEEDS_fuzz     = run check
NEEDS := $(sort $(foreach goal,$(MAKECMDGOALS),$(NEEDS_$(goal))))
ifneq ($(NEEDS),)
ifneq ($(shell ci/install-deps $(NEEDS) >&2; echo $$?),0)
$(error without these packages it cannot go on)
endif
endif

# Warnings stop the build with the compiler that we know, and in CI.
WERROR := $(if $(CI)$(filter 12,$(shell $(CC) -dumpversion 2>/dev/null || :)),-Werror)

# The libraries that are here: "openssl 3.0.22 3.0.22-1~deb12u2 gnutls ...".
FOUND := $(shell ci/have $(BACKENDS) 2>/dev/null)
HAVE  := $(filter $(BACKENDS),$(FOUND))
VERSIONS = $(foreach b,$(HAVE),$(call upstream,$b))
upstream = $(word 2,$(shell ci/have $1 2>/dev/null))
ANDROID := /usr/lib/$(shell $(CC) -print-multiarch 2>/dev/null || :)/android

LIBS_openssl   = -lssl -lcrypto
LIBS_gnutls    = -lgnutls
LIBS_mbedtls   = -lmbedtls -lmbedx509 -lmbedcrypto
LIBS_wolfssl   = -lwolfssl
LIBS_nss      := $(if $(filter nss,$(HAVE)),$(shell pkg-config --libs nss))
LIBS_bearssl   = -lbearssl
LIBS_boringssl = -L$(ANDROID) -Wl,-rpath,$(ANDROID) -lssl -lcrypto

# Flags of one source file, by its path.  BoringSSL's headers and OpenSSL's have
# the same names: only this file sees the former, and no link has both.
CFLAGS_lib/tls/nss := $(patsubst -I%,-isystem %,\
    $(if $(filter nss,$(HAVE)),$(shell pkg-config --cflags nss)))
CFLAGS_lib/tls/bearssl := -DBEARSSL_VERSION='"$(call upstream,bearssl)"'
CFLAGS_lib/tls/boringssl := -isystem /usr/include/android \
    -DBORINGSSL_VERSION='"$(call upstream,boringssl)"'

COMMON = -std=c11 -D_GNU_SOURCE -Iinclude -Wall -Wextra -Wpedantic \
    -Wconversion -Wshadow
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=undefined
export LSAN_OPTIONS = suppressions=$(CURDIR)/tests/leaks.supp:print_suppressions=0
export UBSAN_OPTIONS = print_stacktrace=1
# Bound when it starts: or each forked child would look up every name anew.
CC_host = $(CC) $(COMMON) $(WERROR) -O2 -g -Wl,-z,now
CC_asan = $(CC) $(COMMON) $(WERROR) -O1 -g -fno-omit-frame-pointer $(SANITIZE)
CC_fuzz = clang $(COMMON) -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link

# What every program gets; the rest of lib/ reads and plays recorded hellos,
# which is the business of the replaying client (and needs libcrypto).
LIB_C    = $(patsubst %,lib/%.c,address children conduct facts flow lies options \
    program session smtp wire)
REPLAY_C = $(filter-out $(LIB_C),$(wildcard lib/*.c))
CLIENT_C = $(filter-out clients/replay.c,$(wildcard clients/*.c))
SERVER_C = $(filter-out servers/player.c,$(wildcard servers/*.c))
RELAY_C  = $(wildcard matrix/*.c)
TEST_C   = $(filter-out tests/test_backend.c,$(wildcard tests/test_*.c))
FUZZ_C   = $(wildcard tests/fuzz_*.c)
SHARED_C = $(filter-out $(FUZZ_C) tests/test_%,$(wildcard tests/*.c))
ALL_C    = $(wildcard clients/*.c servers/*.c lib/*.c lib/tls/*.c matrix/*.c \
    tests/*.c)
ALL_H    = $(wildcard include/*.h clients/*.h servers/*.h lib/*.h lib/tls/*.h \
    matrix/*.h tests/*.h)
ALL_PY   = matrix tests ci interop
SCRIPTS  = $(shell grep -rlE '^#!/bin/(ba)?sh' ci .ci)

# An era's folder is named host; ./interop --build build/asan finds its own.
HOST_host = build/host
HOST_asan = build/asan/host
HOST_fuzz = build/fuzz/host
# What plays recordings and scripts takes its primitives from libcrypto.
PLAYERS  = $(if $(filter openssl,$(HAVE)),client-replay server-player)
PROGRAMS = $(addprefix $(HOST_$1)/,relay $(PLAYERS) \
    $(HAVE:%=client-%) $(HAVE:%=server-%))
UNIT     = $(TEST_C:tests/%.c=build/asan/tests/%) $(if $(wildcard \
    tests/test_backend.c),$(HAVE:%=build/asan/tests/test_backend-%))
FUZZERS  = $(FUZZ_C:tests/%.c=build/fuzz/%)

build: $(call PROGRAMS,host) ## every program whose library is here
	ci/have $(BACKENDS) >/dev/null || test $$? = 1
.DEFAULT_GOAL = build

help: ## this text
	sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(filter-out %.d,$(MAKEFILE_LIST)) | \
	    expand -t 18

# $(1) flavour: objects, archives, programs, unit tests.
define flavour
build/$1/obj/%.o: %.c build/$1/flags
	mkdir -p $$(@D)
	echo '  cc    $$@'
	$$(CC_$1) $$(CFLAGS_$$*) -MMD -MP -c -o $$@ $$<

# Another compiler, flag or library version: everything again.
build/$1/flags: FORCE
	mkdir -p $$(@D)
	command -v $$(firstword $$(CC_$1)) >/dev/null || { echo >&2 'no compiler' \
	    '$$(firstword $$(CC_$1)) here; ci/install-deps installs it'; exit 1; }
	echo '$$(CC_$1) $$(FOUND)' | cmp -s - $$@ || \
	    echo '$$(CC_$1) $$(FOUND)' >$$@

$(call archive,$1,lib,$(LIB_C))
$(call archive,$1,replay,$(REPLAY_C))
$(call archive,$1,client,$(filter-out clients/client.c,$(CLIENT_C)))
$(call archive,$1,server,$(filter-out servers/server.c,$(SERVER_C)))
$(call archive,$1,shared,$(SHARED_C))
$(call archive,$1,relay,$(filter-out matrix/relay.c,$(RELAY_C)))
$(foreach b,$(HAVE),$(call programs,$1,$b))

# Plays recorded hellos: in the place of a library, what replays them.
$(HOST_$1)/client-replay: build/$1/obj/clients/client.o build/$1/client.a \
    build/$1/obj/clients/replay.o build/$1/replay.a build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^ -lcrypto

# Plays scripts: in the place of a library, what is wrong on purpose.
$(HOST_$1)/server-player: build/$1/obj/servers/server.o build/$1/server.a \
    build/$1/obj/servers/player.o build/$1/server.a build/$1/replay.a \
    build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$(filter %.o,$$^) build/$1/server.a build/$1/replay.a \
	    build/$1/lib.a -lcrypto

# Stands between a client and a server; it has no library at all.
$(HOST_$1)/relay: build/$1/obj/matrix/relay.o build/$1/relay.a \
    build/$1/replay.a build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^

build/$1/tests/%: build/$1/obj/tests/%.o build/$1/shared.a build/$1/client.a \
    build/$1/server.a build/$1/relay.a build/$1/replay.a build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^ -lcmocka -Wl,--as-needed -lssl -lcrypto
-include $(wildcard build/$1/obj/*.d build/$1/obj/*/*.d build/$1/obj/*/*/*.d)
endef

define archive # flavour, name, sources
build/$1/$2.a: $(3:%.c=build/$1/obj/%.o)
	rm -f $$@
	$$(AR) rcs $$@ $$^

endef

define programs # flavour, backend
$(HOST_$1)/client-$2: build/$1/obj/clients/client.o build/$1/client.a \
    build/$1/obj/lib/tls/$2.o build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^ $$(LIBS_$2)
$(HOST_$1)/server-$2: build/$1/obj/servers/server.o build/$1/server.a \
    build/$1/obj/lib/tls/$2.o build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^ $$(LIBS_$2)
build/$1/tests/test_backend-$2: build/$1/obj/tests/test_backend.o \
    build/$1/obj/lib/tls/$2.o build/$1/lib.a
	mkdir -p $$(@D)
	echo '  link  $$@'
	$$(CC_$1) -o $$@ $$^ $$(LIBS_$2) -lcmocka

endef

$(eval $(call flavour,host))
$(eval $(call flavour,asan))
$(eval $(call flavour,fuzz))

build/fuzz/fuzz_%: build/fuzz/obj/tests/fuzz_%.o build/fuzz/shared.a \
    build/fuzz/client.a build/fuzz/server.a build/fuzz/replay.a build/fuzz/lib.a
	echo '  link  $@'
	$(CC_fuzz) -fsanitize=fuzzer -o $@ $^ -Wl,--as-needed -lssl -lcrypto

matrix: build ## install what is missing, build, run, write RESULTS.md
	./interop run; ran=$$?; ./interop report && exit $$ran

mutants: build ## every fault of our own peers is found
	./interop mutants

sanitize: $(call PROGRAMS,asan) ## the matrix under ASan and UBSan
	./interop --build build/asan run

bench: build ## how fast, into README.md
	$(PYTHON) -m matrix.bench >build/bench.txt
	cat build/bench.txt
	$(PYTHON) ci/insert.py README.md bench build/bench.txt

unit: $(UNIT) ## the unit tests in C, under ASan and UBSan
	$(PYTHON) -m matrix.certificates build/certs
	failed=0; for test in $(UNIT); do \
	    CERTS=build/certs $$test || failed=1; done; exit $$failed

check: build $(UNIT) $(FUZZERS) ## everything that must hold, in one summary line
	$(PYTHON) -m pytest -q tests

fuzz: $(FUZZERS) ## each fuzz target for FUZZ_SECONDS (60)
	for target in $(FUZZERS:build/fuzz/fuzz_%=%); do \
	    mkdir -p build/fuzz/found/$$target && \
	    build/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) \
	        -artifact_prefix=build/fuzz/crash-$$target- \
	        build/fuzz/found/$$target tests/corpus/$$target || exit 1; \
	done

# One target a tool; tests/test_style.py runs them, each as one test.
LINT = clang-format clang-tidy cppcheck shellcheck black flake8 mypy
.PHONY: $(LINT:%=lint-%)

lint-clang-format:
	clang-format --dry-run -Werror $(ALL_C) $(ALL_H)

lint-clang-tidy: $(ALL_C:%.c=build/lint/%.tidy)

# Where it found something it says how it got there; that only by hand.
build/lint/%.tidy: %.c $(ALL_H) .clang-tidy build/host/flags
	mkdir -p $(@D)
	clang-tidy --quiet $< -- $(COMMON) $(CFLAGS_$*) >$@ 2>$@.err || \
	    { grep -h -E '(error|warning): ' $@ $@.err; exit 1; }

lint-cppcheck: build/host/flags
	mkdir -p build/lint/cppcheck
	cppcheck -q -j$(JOBS) --cppcheck-build-dir=build/lint/cppcheck \
	    --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem \
	    --suppress=funcArgOrderDifferent --error-exitcode=1 --std=c11 --template=gcc \
	    -Iinclude $(ALL_C)

lint-shellcheck:
	shellcheck $(SCRIPTS)

lint-black:
	$(PYTHON) -m black -q --check --diff $(ALL_PY)

lint-flake8:
	$(PYTHON) -m flake8 $(ALL_PY)

lint-mypy:
	$(PYTHON) -m mypy --no-error-summary $(ALL_PY)

DEVELOP = $(shell ci/install-deps --list develop)
print-%: # a variable, for the tests
	echo $($*)

format: ## clang-format and black over every file
	clang-format -i $(ALL_C) $(ALL_H)
	$(PYTHON) -m black -q $(ALL_PY)

LIBRARY = $(DESTDIR)$(PREFIX)/lib/starttls-interop
install: build ## under PREFIX (/usr/local) and DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBRARY)/host
	install build/host/client-* build/host/server-* build/host/relay $(LIBRARY)/host
	tar cf - --exclude=__pycache__ interop matrix vectors ci/eras.d LICENSE | tar xf - -C $(LIBRARY)
	install ci/installed $(DESTDIR)$(PREFIX)/bin/interop

clean: ## away with build/
	rm -rf build

-include ci/eras.mk

FORCE:
.PHONY: build help matrix mutants sanitize bench unit check fuzz format install
.PHONY: clean FORCE
