# pandwacht: one readable Makefile.
#
#   make            build/pandwacht, build/libcel.a, build/cel, build/partner
#   make run        the demo, from nothing        make stop    ends it
#   make test       everything CI runs            make test-unit T=facts/draft [SAN=1]   one test
#   make test-long  what takes too long for CI    make bench [T=cel]   measures, writes build/bench.json
#   make console    the analysts' console, build/web (needs Node; `make run` does it where it can)
#   make lint       layers, warnings of both compilers, format
#   make fuzz T=http TIME=60                      make install DESTDIR= PREFIX=/usr
#
# Rooms and what each may use are in tools/layers; every room is an archive, every unit test
# links only with the rooms its own room can reach.

ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
SAN     ?= 0
FUZZING ?= 0

# One line a file; V=1 shows the commands themselves. Under -s nothing is told but what goes wrong.
V       ?= 0
ifeq ($(V),0)
Q       := @
say      = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-5s %s\n' $(1) $(2))
endif

WARN   := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror
CFLAGS ?= -O2 -g
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LIBS   := -levent_core -lssl -lcrypto -lpq -ljansson -lcjose -lyaml -lcsv -lcurl -lm
B      := build

ifeq ($(SAN),1)
B      := build/san
CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
HARDEN :=
endif
ifeq ($(FUZZING),1)
B      := build/fuzz
CC     := $(CLANG)
CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
HARDEN :=
endif
ifeq ($(CC),clang)
ifeq ($(SAN)$(FUZZING),00)
B      := build/clang
endif
endif

GEN      := build/gen
INCLUDES := -Iinclude -I$(GEN) -I/usr/include/postgresql
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(HARDEN) $(INCLUDES) -MMD -MP
LDFLAGS += -Wl,--as-needed

.PHONY: all
all: $(B)/pandwacht build/libcel.a $(B)/cel $(B)/partner $(B)/demo-data

# Rooms -------------------------------------------------------------------------------------------
$(GEN)/rooms.mk: tools/layers tools/rooms-mk
	@mkdir -p $(@D)
	@tools/rooms-mk tools/layers > $@.new && mv $@.new $@
include $(GEN)/rooms.mk

# SQL files become a table: names and parameter types in a header, texts in one C file.
SQL_FILES := $(wildcard sql/migrations/*.sql) $(shell find sql/queries -name '*.sql' 2>/dev/null)
ifneq ($(wildcard tools/embed-sql),)
GENERATED := $(GEN)/pandwacht/sql.h
$(GEN)/pandwacht/sql.h: tools/embed-sql $(SQL_FILES)
	@mkdir -p $(GEN)/pandwacht
	@tools/embed-sql $(GEN)
$(GEN)/sql.c: $(GEN)/pandwacht/sql.h ;
$(B)/obj/sql.o: $(GEN)/sql.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
SQL_OBJECT := $(B)/obj/sql.o
endif

# The schemas of the API that no declaration gives, as octets in one C file.
$(GEN)/schemas.c: src/daemon/app/schemas.json
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; \
	   echo 'extern const char app_schemas_json[]; extern const size_t app_schemas_json_size;'; \
	   echo 'const char app_schemas_json[] = {'; od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '};'; \
	   echo 'const size_t app_schemas_json_size = sizeof app_schemas_json;'; } > $@
$(B)/obj/schemas.o: $(GEN)/schemas.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -I$(dir $<) -c -o $@ $<

define ROOM
OBJECTS_$(1) := $$(patsubst %.c,$(B)/obj/%.o,$$(wildcard $$(DIR_$(1))/*.c)) $(if $(filter db,$(1)),$(SQL_OBJECT)) $(if $(filter app,$(1)),$(B)/obj/schemas.o)
$(B)/lib/$(1).a: $$(OBJECTS_$(1))
	@mkdir -p $$(@D) && rm -f $$@
	@ar rcs $$@ $$(OBJECTS_$(1))
ALL_OBJECTS += $$(OBJECTS_$(1))
endef
$(foreach room,$(ROOMS),$(eval $(call ROOM,$(room))))

archives = $(foreach room,$(1),$(B)/lib/$(room).a)
link     = $(Q)$(CC) $(ALL_CFLAGS) -o $@ $(1) -Wl,--start-group $(2) -Wl,--end-group $(LDFLAGS) $(LIBS)

# Programs ----------------------------------------------------------------------------------------
ifneq ($(wildcard src/daemon/main.c),)
$(B)/pandwacht: $(B)/obj/src/daemon/main.o $(call archives,$(ROOMS))
	$(call say,LINK,$@)
	$(call link,$<,$(filter %.a,$^))
else
$(B)/pandwacht: $(call archives,$(ROOMS)) ;
endif

.PHONY: libcel.a
libcel.a: build/libcel.a
build/libcel.a: build/lib/cel.a
	@cp $< $@

PARTNER_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/partner/*.c))
ifneq ($(PARTNER_OBJECTS),)
$(B)/partner: $(PARTNER_OBJECTS) $(call archives,$(REACH_http) $(REACH_crypto))
	$(call say,LINK,$@)
	$(call link,$(PARTNER_OBJECTS),$(sort $(filter %.a,$^)))
else
$(B)/partner: ;
endif

DEMO_DATA_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/demo-data/*.c))
$(B)/demo-data: $(DEMO_DATA_OBJECTS) $(B)/lib/base.a
	$(call say,LINK,$@)
	$(call link,$(DEMO_DATA_OBJECTS),$(B)/lib/base.a)

CEL_OBJECTS := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tools/cel/*.c))
ifneq ($(CEL_OBJECTS),)
$(B)/cel: $(CEL_OBJECTS) $(B)/lib/cel.a
	$(call say,LINK,$@)
	$(call link,$(CEL_OBJECTS),$(B)/lib/cel.a)
else
$(B)/cel: ;
endif

# The console: TypeScript, typed by the API's own description -----------------------------------------
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
RULE_FILES  := $(shell find rules -name '*.yaml')

build/gen/openapi.json: build/pandwacht $(RULE_FILES)
	@build/pandwacht openapi rules >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
build/web/index.html: build/gen/openapi.json $(WEB_SOURCES)
	@tools/build-console
.PHONY: console
console:
	@tools/bootstrap console
	@$(MAKE) --no-print-directory build/web/index.html

# Unit tests: tests/unit/<path>/<room>/<name>_test.c links with what <room> can reach ---------------
UNIT_TESTS := $(shell find tests/unit -name '*_test.c' 2>/dev/null | sort)
UNIT_BINS  := $(patsubst tests/unit/%.c,$(B)/test/%,$(UNIT_TESTS))
ifneq ($(T),)
UNIT_BINS  := $(filter %/$(T)_test,$(UNIT_BINS))
endif

.SECONDEXPANSION:
room_of = $(notdir $(patsubst %/,%,$(dir $(1))))
$(B)/test/%_test: $(B)/obj/tests/unit/%_test.o $$(call archives,$$(REACH_$$(call room_of,$$*)))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(call link,$<,$(filter %.a,$^)) -lcmocka

.PHONY: unit-bins test-unit
unit-bins: $(UNIT_BINS)
test-unit: $(UNIT_BINS)
	@tools/run-unit $(UNIT_BINS)

# Fuzz targets: tests/fuzz/<room>_<what>_fuzz.c or <room>_fuzz.c; the corpora run as tests -----------
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
FUZZ_BINS    := $(patsubst %,$(B)/fuzz/%,$(FUZZ_TARGETS))
fuzz_room     = $(firstword $(subst _, ,$(1)))

$(B)/fuzz/%: $(B)/obj/tests/fuzz/%_fuzz.o $(B)/obj/tests/fuzz/corpus_main.o $$(call archives,$$(REACH_$$(call fuzz_room,$$*)))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(call link,$(filter %.o,$^),$(filter %.a,$^))
$(B)/libfuzzer/%: $(B)/obj/tests/fuzz/%_fuzz.o $$(call archives,$$(REACH_$$(call fuzz_room,$$*)))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(call link,$<,$(filter %.a,$^)) -fsanitize=fuzzer

.PHONY: fuzz-bins fuzz
fuzz-bins: $(FUZZ_BINS)
TIME ?= 60
fuzz:
	@$(MAKE) FUZZING=1 build/fuzz/libfuzzer/$(T)
	@mkdir -p build/fuzz/found/$(T) tests/fuzz/corpus/$(T)
	build/fuzz/libfuzzer/$(T) -max_total_time=$(TIME) -timeout=5 -rss_limit_mb=512 \
	    build/fuzz/found/$(T) tests/fuzz/corpus/$(T)

# A house as `make run` sets it up, stopped: integration tests start from copies of it.
$(B)/test-house/made: $(B)/pandwacht tools/demo tools/dev-ca tools/pg-cluster
	@[ ! -e $(@D)/postgres ] || tools/pg-cluster destroy $(@D)/postgres
	@rm -rf $(@D) && tools/demo up $(@D) && tools/pg-cluster stop $(@D)/postgres && touch $@

# The house as a whole --------------------------------------------------------------------------------
.PHONY: objects lint format run stop test test-long bench clean
objects: $(ALL_OBJECTS)

lint:
	@tools/lint

format:
	@find src include tests tools \( -name '*.c' -o -name '*.h' \) | xargs clang-format -i

run:
	@tools/bootstrap run
	@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) all
	@$(MAKE) --no-print-directory console || \
	    echo "The console is not built (that needs Node and the npm registry); the API and the demo work without it."
	@tools/demo run
stop:
	@tools/demo stop
test:
	@tools/bootstrap test
	@tools/run-tests $(T)
test-long:
	@tools/bootstrap test
	@tools/run-tests --long $(T)
bench:
	@tools/bootstrap bench
	@$(MAKE) --no-print-directory all
	@cd tests && ../tools/with-node node --import tsx bench/run.ts $(T)

# Under DESTDIR for packages; an /etc/pandwacht/pandwacht.yaml that is there is left alone.
PREFIX ?= /usr/local
LIB     = $(DESTDIR)$(PREFIX)/lib
SHARE   = $(DESTDIR)$(PREFIX)/share
.PHONY: install man deb
man: $(B)/pandwacht
	@tools/make-man $< build/man
install: all man
	install -D -m 0755 build/pandwacht $(DESTDIR)$(PREFIX)/bin/pandwacht
	install -D -m 0644 build/libcel.a $(LIB)/libcel.a
	install -D -m 0644 include/cel/cel.h $(DESTDIR)$(PREFIX)/include/cel/cel.h
	install -d $(SHARE)/pandwacht $(SHARE)/doc/pandwacht $(LIB)/systemd/system $(DESTDIR)/etc/pandwacht
	cp -R rules $(SHARE)/pandwacht/
	[ ! -e build/web/index.html ] || cp -R build/web $(SHARE)/pandwacht/console
	install -m 0644 README.md LICENSE docs/*.md $(SHARE)/doc/pandwacht/
	install -d $(SHARE)/man/man1 $(SHARE)/man/man5
	install -m 0644 build/man/*.1 $(SHARE)/man/man1/
	install -m 0644 build/man/*.5 $(SHARE)/man/man5/
	install -D -m 0644 packaging/pandwacht.bash $(SHARE)/bash-completion/completions/pandwacht
	sed 's,@PREFIX@,$(PREFIX),' systemd/pandwacht.service >$(LIB)/systemd/system/pandwacht.service
	install -D -m 0644 systemd/pandwacht.sysusers $(LIB)/sysusers.d/pandwacht.conf
	install -D -m 0644 systemd/pandwacht.tmpfiles $(LIB)/tmpfiles.d/pandwacht.conf
	[ -e $(DESTDIR)/etc/pandwacht/pandwacht.yaml ] || \
	    sed 's,@PREFIX@,$(PREFIX),' systemd/pandwacht.yaml >$(DESTDIR)/etc/pandwacht/pandwacht.yaml

# build/deb/pandwacht_VERSION_ARCH.deb
deb:
	@tools/bootstrap deb
	@dpkg-checkbuilddeps
	@debian/rules clean binary >build/deb.log 2>&1 || { tail -n 40 build/deb.log; exit 1; }
	@debian/rules clean >/dev/null 2>&1
	@ls build/deb/*.deb

clean:
	rm -rf build

.SECONDARY:
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
