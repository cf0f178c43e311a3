# libslapi: see "make help".
# Variables: PREFIX (/usr/local), LIBDIR, DESTDIR for install; GO, CC, CFLAGS.

GO      ?= go
CC      ?= gcc
VERSION := $(shell cat VERSION)
SOMAJOR := 1
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
MANDIR  ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/libslapi
DOCDIR  ?= $(PREFIX)/share/doc/libslapi

B       := build
SO      := $(B)/lib/libslapi.so
ARCHIVE := $(B)/lib/libslapi.a
TOOLS   := slapacl slapadd slapauth slapbackup slapcat slapdn slapindex slapmodify slappasswd slapschema slaptest
STANDIN := libslapd.so.0 libslapi-2.4.so.2 libslapi-2.5.so.0 libslapi.so.0
SOURCES := go.mod $(wildcard go.sum) $(shell find cshim include libslapi server -name '*.go' -o -name '*.c' -o -name '*.h')
GOFLAGS_SO := -trimpath -ldflags "-X libslapi/server/daemon.Version=$(VERSION) -extldflags '-Wl,--version-script=$(CURDIR)/$(B)/libslapi.map -Wl,-soname,libslapi.so.$(SOMAJOR) -Wl,-z,defs'"
export CGO_ENABLED = 1

.PHONY: all lib archive server syncrepl standin plugins pc run test test-databases unit lint ctest scenarios probes clients conformance bench microbench soak bench-abi valgrind docs install clean help setup

all: lib archive server plugins syncrepl pc ## build everything into build/

lib: $(SO) standin ## build/lib/libslapi.so and the stand-in libraries
archive: $(ARCHIVE) ## build/lib/libslapi.a
server: $(B)/bin/slapid ## build/bin/slapid and the tool links

# The version script is written from libslapi.sym, the list of API names.
$(B)/libslapi.map: libslapi.sym
	@mkdir -p $(B)
	@{ echo 'LIBSLAPI_1 { global:'; sed -e 's/#.*//' -e '/^[[:space:]]*$$/d' -e 's/$$/;/' libslapi.sym; echo 'local: *; };'; } > $@

$(B)/lib/libslapi.so.$(VERSION): $(SOURCES) $(B)/libslapi.map
	@mkdir -p $(B)/lib
	$(GO) build -buildmode=c-shared $(GOFLAGS_SO) -o $@ ./libslapi
	@rm -f $(B)/lib/libslapi.so.$(VERSION).h $(B)/lib/libslapi.so.0.1.h

$(SO): $(B)/lib/libslapi.so.$(VERSION)
	@ln -sf libslapi.so.$(VERSION) $(B)/lib/libslapi.so.$(SOMAJOR)
	@ln -sf libslapi.so.$(SOMAJOR) $@

# In the archive every name but the API's is made local, so that it cannot
# clash with another Go archive or with the host program.
$(ARCHIVE): $(SOURCES) libslapi.sym
	@mkdir -p $(B)/lib $(B)/archive
	$(GO) build -buildmode=c-archive -trimpath -ldflags "-X libslapi/server/daemon.Version=$(VERSION)" -o $(B)/archive/full.a ./libslapi
	@rm -f $(B)/archive/*.o && cd $(B)/archive && ar x full.a && ld -r -o libslapi.o *.o && \
	  sed -e 's/#.*//' -e '/^[[:space:]]*$$/d' $(CURDIR)/libslapi.sym > keep.txt && \
	  objcopy --keep-global-symbols=keep.txt libslapi.o && rm -f $(CURDIR)/$@ && ar rcs $(CURDIR)/$@ libslapi.o && rm -f *.o full.a

# Empty libraries under the names that plug-in binaries ask for, so that the
# peers' own libraries are never mapped.
standin: $(STANDIN:%=$(B)/lib/standin/%)
$(B)/lib/standin/%: standin/standin.c
	@mkdir -p $(dir $@)
	$(CC) -shared -fPIC -o $@ $< -Wl,-soname,$*

$(B)/bin/slapid: cmd/slapid/main.c include/slapid.h $(SO)
	@mkdir -p $(B)/bin
	$(CC) -O2 -Wall $(SANITIZE) -Iinclude -o $@ cmd/slapid/main.c -L$(B)/lib -lslapi -Wl,-rpath,'$$ORIGIN/../lib'
	@for t in $(TOOLS); do ln -sf slapid $(B)/bin/$$t; done

syncrepl: ## build/bin/syncrepl, the command that follows a directory
	@mkdir -p $(B)/bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-X main.version=$(VERSION)" -o $(B)/bin/syncrepl ./cmd/syncrepl

PLUGIN_SRC := $(filter-out plugins/odbc/% plugins/eventnotification/%,$(wildcard plugins/*/*.c))
# The ODBC plug-in is built where unixODBC's header is (scripts/setup.sh databases).
ODBC := $(if $(wildcard /usr/include/sql.h),$(B)/plugins/odbc.so)
plugins: $(foreach s,$(PLUGIN_SRC),$(B)/plugins/$(notdir $(basename $(s))).so) $(ODBC) $(B)/plugins/eventnotification.so ## the C plug-ins that ship
$(B)/plugins/odbc.so: $(wildcard plugins/odbc/*.[ch]) include/slapi-plugin.h
	@mkdir -p $(B)/plugins
	$(CC) -shared -fPIC -O2 -Wall -Wextra -Iinclude -o $@ $(wildcard plugins/odbc/*.c) -lodbc -lpthread
# Without libcurl's header: commands only.
CURL := $(if $(wildcard /usr/include/curl/curl.h /usr/include/*/curl/curl.h),-lcurl,-DEVENTNOTIFICATION_NO_URL)
$(B)/plugins/eventnotification.so: plugins/eventnotification/eventnotification.c include/slapi-plugin.h
	@mkdir -p $(B)/plugins
	$(CC) -shared -fPIC -O2 -Wall -Wextra -Iinclude -o $@ $< $(CURL) -lpthread
define plugin_rule
$(B)/plugins/$(notdir $(basename $(1))).so: $(1) include/slapi-plugin.h
	@mkdir -p $(B)/plugins
	$(CC) -shared -fPIC -O2 -Wall -Wextra -Iinclude -o $$@ $(1)
endef
$(foreach s,$(PLUGIN_SRC),$(eval $(call plugin_rule,$(s))))

# slapi.pc names the folders of the installation, so it is made anew each time.
pc:
	@mkdir -p $(B)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCDIR@|$(INCDIR)|' -e 's|@VERSION@|$(VERSION)|' pkgconfig/slapi.pc.in > $(B)/slapi.pc

setup: ## install the Debian packages that the build needs
	@scripts/setup.sh build

run: ## set up, build, and start a server with sample data and a plug-in on ldap://127.0.0.1:3389
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory lib server plugins
	@scripts/run.sh

test: ## set up and run every test
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory all
	@scripts/test.sh

test-databases: ## databases elsewhere, on real database servers
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory all
	@scripts/test.sh databases

unit: ## Go tests with the race detector
	@scripts/test.sh unit

lint: ## format, vet, import rules
	@scripts/test.sh lint

ctest: all ## C tests, built as a stranger would
	@scripts/test.sh ctest

scenarios: lib server ## 389's plug-in binaries against the recorded dialogues
	@scripts/test.sh scenarios

probes: lib server ## the OpenLDAP-dialect probes
	@scripts/test.sh probes

conformance: lib server plugins ## one dialogue with every kind of database
	@scripts/test.sh conformance

clients: lib server ## ldap-utils against a dialogue recorded from slapd
	@scripts/test.sh clients

# SLAPID names another server's binary; then nothing is built but the load
# generator. The other variables are in docs/benchmarks.md.
bench: $(if $(SLAPID),,server) ## slapid beside slapd and ns-slapd: rates, latencies, CPU, memory
	@scripts/setup.sh test
	@mkdir -p $(B)
	@$(GO) build -o $(B)/bench ./bench && $(B)/bench

bench-abi: lib server ## ns per call of the plug-in API, in slapid and (PEERSLAPD, PEER389) in the peers
	@ctests/bench/run.sh

# The C side with the address sanitizer, in a tree of its own: first the object
# layer with its leaks, then whole servers. What Go alone points to looks leaked
# to it, so the servers run without the leak check.
ASANFLAGS := -fsanitize=address -fno-omit-frame-pointer
.PHONY: asan
ASANTESTS ?= openldap host mixed ibm gate
asan: ## the C tests and probes with all C built with -fsanitize=address
	@scripts/setup.sh test
	@ASAN=1 ctests/objects/run.sh
	@CGO_CFLAGS="-g -O1 $(ASANFLAGS)" CGO_LDFLAGS=-fsanitize=address $(MAKE) --no-print-directory B=$(B)/asan SANITIZE=-fsanitize=address lib server plugins
	@BUILD=$(CURDIR)/$(B)/asan ASAN_OPTIONS=detect_leaks=0:log_path=$(CURDIR)/$(B)/asan/report ctests/sanitize.sh $(ASANTESTS)

valgrind: ## the object layer's C tests under valgrind, with leaks
	@scripts/setup.sh test
	@VALGRIND=1 ctests/objects/run.sh

docs: include/slapi-plugin.h ## build/docs/slapi/*.md, the reference of the plug-in API
	@scripts/docs.sh $(B)/docs/slapi

microbench: ## Go benchmarks of codec, matching, store and database
	$(GO) test -run '^$$' -bench . -benchmem ./server/...

soak: ## the kill -9 test of the database, 200 times; the C side under the address sanitizer and valgrind
	LIBSLAPI_KILL_LOOPS=200 $(GO) test -run Kill -timeout 60m -v ./server/backend/...
	@$(MAKE) --no-print-directory asan valgrind

install: all docs ## install under DESTDIR and PREFIX
	install -d $(DESTDIR)$(LIBDIR)/libslapi/standin $(DESTDIR)$(LIBDIR)/libslapi/plugins $(DESTDIR)$(LIBDIR)/pkgconfig \
	  $(DESTDIR)$(INCDIR)/libslapi/dirsrv $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/schema $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(DOCDIR)
	install -m 755 $(B)/lib/libslapi.so.$(VERSION) $(DESTDIR)$(LIBDIR)/
	ln -sf libslapi.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libslapi.so.$(SOMAJOR)
	ln -sf libslapi.so.$(SOMAJOR) $(DESTDIR)$(LIBDIR)/libslapi.so
	install -m 644 $(ARCHIVE) $(DESTDIR)$(LIBDIR)/
	install -m 755 $(STANDIN:%=$(B)/lib/standin/%) $(DESTDIR)$(LIBDIR)/libslapi/standin/
	install -m 755 $(wildcard $(B)/plugins/*.so) $(DESTDIR)$(LIBDIR)/libslapi/plugins/
	install -m 644 $(B)/slapi.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	install -m 644 include/*.h $(DESTDIR)$(INCDIR)/libslapi/
	install -m 644 include/dirsrv/*.h $(DESTDIR)$(INCDIR)/libslapi/dirsrv/
	$(CC) -O2 -Wall -Iinclude -o $(DESTDIR)$(SBINDIR)/slapid cmd/slapid/main.c -L$(B)/lib -lslapi -Wl,-rpath,$(LIBDIR)
	for t in $(TOOLS); do ln -sf slapid $(DESTDIR)$(SBINDIR)/$$t; done
	install -m 755 $(B)/bin/syncrepl $(DESTDIR)$(BINDIR)/
	install -m 644 schema/*.schema $(DESTDIR)$(DATADIR)/schema/
	install -m 644 $(wildcard man/*.1) $(DESTDIR)$(MANDIR)/man1/
	install -m 644 $(wildcard man/*.8) $(DESTDIR)$(MANDIR)/man8/
	install -m 644 $(wildcard man/*.5) $(DESTDIR)$(MANDIR)/man5/
	install -d $(DESTDIR)$(DOCDIR)/slapi
	install -m 644 $(B)/docs/slapi/*.md $(DESTDIR)$(DOCDIR)/slapi/
	install -m 644 README.md LICENSE CHANGELOG.md docs/*.md $(DESTDIR)$(DOCDIR)/

clean: ## remove build/
	rm -rf $(B)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 14
