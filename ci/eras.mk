# eras.mk - builds the programs of other eras (ci/eras.d): the same sources with
# this machine's compiler, against a suite that ci/eras unpacked, and run with
# that suite's own loader and libraries.  Included by the Makefile.
#
#	build/eras/ERA		the unpacked suite
#	build/ERA/client-LIBRARY, server-LIBRARY

eras: eras-install ## programs of other library generations (unpacks Debian suites)
	ci/eras; got=$$?; $(MAKE) era-programs && exit $$got

eras-install:
	ci/install-deps eras

matrix-all: build ## every era and period peer that can be had, in one matrix
	$(MAKE) eras || echo 'matrix-all: without those, which the matrix shows as not-run' >&2
	$(MAKE) period || echo 'matrix-all: without those, which the matrix shows as not-run' >&2
	./interop run --all; ran=$$?; ./interop report && exit $$ran

# Only those that are unpacked have rules: the others cost nothing.
ERAS := $(patsubst build/eras/%/.stamp,%,$(wildcard build/eras/*/.stamp))
ifneq ($(ERAS),)
ERA_ARCH := $(shell $(CC) -print-multiarch)
endif

era_root = $(CURDIR)/build/eras/$1
era_libs = $(filter $(BACKENDS),$(shell sed -n '1,/^\[peers\]/!s/ *=.*//p' \
    ci/eras.d/$1.era))
era_package = $(shell sed -n 's/ *$2: .*//p' ci/packages.txt)
era_version = $(shell sed -n 's/^$(call era_package,,$2) \([^ ]*\) .*/\1/p' \
    build/eras/$1/.packages)

# Libraries are looked for in the suite only: gcc's own search would find the
# host's.  RPATH and not RUNPATH, so that what a library needs is found so too.
# BoringSSL's libraries have the names of OpenSSL's: theirs is the first folder.
# -B is for the start files: with the host's no constructor would run on a glibc
# before 2.34, and nobody would say so.
comma := ,
era_cc = $(CC) $(COMMON) -O2 -g --sysroot=$(call era_root,$1)
era_dirs = $(addprefix $(call era_root,$1)/,\
    $(if $(filter boringssl,$2),usr/lib/$(ERA_ARCH)/android) \
    usr/lib/$(ERA_ARCH) lib/$(ERA_ARCH))
era_loader = $(firstword $(foreach d,lib64 lib,\
    $(wildcard $(call era_root,$1)/$d/ld-linux*.so.*)))
era_ld = -Wl,--allow-shlib-undefined -Wl,--disable-new-dtags \
    -Wl,--dynamic-linker=$(call era_loader,$1) \
    -B$(call era_root,$1)/usr/lib/$(ERA_ARCH) \
    $(foreach d,$(call era_dirs,$1,$2),-L$d -Wl$(comma)-rpath$(comma)$d)

# Where the Makefile's LIBS_ and CFLAGS_ have paths in them, these are the host's.
LIBS_era_nss       = -lssl3 -lsmime3 -lnss3 -lnssutil3 -lplds4 -lplc4 -lnspr4
# BoringSSL's libraries have a RUNPATH, and for what those need the RPATH does not
# count: so the program itself needs that.
LIBS_era_boringssl = -lssl -lcrypto -Wl,--no-as-needed -lm -l:libstdc++.so.6 \
    -l:libgcc_s.so.1
era_libs_of        = $(or $(LIBS_era_$1),$(LIBS_$1))
CFLAGS_era_nss     = -isystem =/usr/include/nss -isystem =/usr/include/nspr
CFLAGS_era_bearssl = -DBEARSSL_VERSION='"$(call era_version,$1,bearssl)"'
CFLAGS_era_boringssl = -isystem =/usr/include/android \
    -DBORINGSSL_VERSION='"$(call era_version,$1,boringssl)"'

define era # $(1) era
build/$1/obj/%.o: %.c build/$1/flags
	mkdir -p $$(@D)
	echo '  cc    $$@'
	$$(call era_cc,$1) -MMD -MP -c -o $$@ $$<
build/$1/obj/ci/eras.o: ci/eras.c build/$1/flags
	mkdir -p $$(@D)
	$$(call era_cc,$1) -DERA_ROOT='"$(call era_root,$1)"' \
	    -DERA_MODULES='"$(call era_root,$1)/usr/lib/$(ERA_ARCH)/ossl-modules"' \
	    -MMD -MP -c -o $$@ $$<

# Another compiler, flag or unpacking: everything again.
build/$1/flags: FORCE
	mkdir -p $$(@D)
	(echo '$$(call era_cc,$1) $$(call era_ld,$1)'; cat build/eras/$1/.stamp) >$$@.new
	cmp -s $$@.new $$@ && rm $$@.new || mv $$@.new $$@

$(call archive,$1,lib,$(LIB_C))
$(call archive,$1,client,$(filter-out clients/client.c,$(CLIENT_C)))
$(call archive,$1,server,$(filter-out servers/server.c,$(SERVER_C)))
$(foreach b,$(call era_libs,$1),$(call era_programs,$1,$b))
-include $(wildcard build/$1/obj/*/*.d build/$1/obj/*/*/*.d)
endef

define era_programs # era, library
build/$1/obj/lib/tls/$2.o: lib/tls/$2.c build/$1/flags
	mkdir -p $$(@D)
	echo '  cc    $$@'
	$$(call era_cc,$1) $$(call CFLAGS_era_$2,$1) -MMD -MP -c -o $$@ $$<
build/$1/client-$2: build/$1/obj/clients/client.o build/$1/client.a \
    build/$1/obj/lib/tls/$2.o build/$1/lib.a build/$1/obj/ci/eras.o
	echo '  link  $$@'
	$$(call era_cc,$1) -o $$@ $$^ $$(call era_ld,$1,$2) $$(call era_libs_of,$2)
build/$1/server-$2: build/$1/obj/servers/server.o build/$1/server.a \
    build/$1/obj/lib/tls/$2.o build/$1/lib.a build/$1/obj/ci/eras.o
	echo '  link  $$@'
	$$(call era_cc,$1) -o $$@ $$^ $$(call era_ld,$1,$2) $$(call era_libs_of,$2)

endef

$(foreach e,$(ERAS),$(eval $(call era,$e)))

# Of the eras that are unpacked; era-ERA is one.
era-programs: $(ERAS:%=era-%)
$(foreach e,$(ERAS),$(eval era-$e: $(foreach b,$(call era_libs,$e),\
    build/$e/client-$b build/$e/server-$b)))

period: period-install ## peers whose TLS library is in Node.js, Bun, Deno, Go and Java
	ci/period/get

period-install:
	ci/install-deps period

.PHONY: eras eras-install period period-install era-programs matrix-all
