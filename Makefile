# lad: logical anomaly detection.  `make help` lists the targets.
#
# Variables: CC=clang  CFLAGS="-O3 -g"  WERROR=1 (warnings are errors)  SAN=address|undefined|thread
#            T=part-of-a-name (unit tests to run)  PORT=8080 (run)  JOBS=2 (parallel compilers of run and test)
#            V=1 (show commands)  A=arguments (reference)
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
OUT := build/native$(if $(SAN),-$(SAN))
DEPS := build/deps

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wvla -Wundef $(if $(WERROR),-Werror)
SAN_FLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_CFLAGS = -std=c11 $(CFLAGS) $(SAN_FLAGS) $(WARN) -ffp-contract=off -fno-math-errno -fno-trapping-math \
	-Isrc -isystem $(DEPS)/include -pthread
Q := $(if $(V),,@)
SAY = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),true,echo "  $(1)  $@")
LINK = $(CC) $(SAN_FLAGS) -pthread -o $@ $(filter %.o %.a,$^)

LIB_SRC := $(filter-out src/cli/% src/wasm/% %_wasm.c,$(wildcard src/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o) $(OUT)/cJSON.o
CLI_OBJ := $(patsubst %.c,$(OUT)/%.o,$(wildcard src/cli/*.c))
TEST_BIN := $(patsubst %.c,$(OUT)/%,$(wildcard tests/*/*_test.c))
TEST_RUN := $(if $(T),$(foreach t,$(TEST_BIN),$(if $(findstring $(T),$(t)),$(t))),$(TEST_BIN))

.PHONY: help native wasm site run test unit asan ubsan tsan fuzz bench models results reference format lint clean tests FORCE
help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

native: build/lad ## build the command build/lad
wasm: ## build both WASM flavours into build/wasm
	@build-scripts/setup.sh build
	@echo "  building build/wasm"
	@MAKEFLAGS= build-scripts/wasm.sh $(if $(V),,-s) -j$(JOBS) $(if $(WERROR),WERROR=1)
site: ## build the static site in build/site
	@build-scripts/setup.sh build
	@$(MAKE) --no-print-directory native wasm
	@build-scripts/site.sh
run: site ## install what is missing, build, and serve the page
	node build-scripts/serve.mjs --port $(or $(PORT),8080)
test: ## install what is missing, build, and run every test; ends with a count
	@build-scripts/setup.sh test
	@$(MAKE) --no-print-directory -j$(JOBS) native tests
	@$(MAKE) --no-print-directory site
	@build-scripts/test.sh $(TEST_BIN)
unit: $(TEST_RUN) ## run the C tests; T=name picks some
	@build-scripts/test.sh --unit $^
asan: ## run the C tests with AddressSanitizer
	@ASAN_OPTIONS=allocator_may_return_null=1 $(MAKE) --no-print-directory unit SAN=address CFLAGS="-O1 -g"
ubsan: ## run the C tests with UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory unit SAN=undefined CFLAGS="-O1 -g"
tsan: ## run the C tests with ThreadSanitizer
	@$(MAKE) --no-print-directory unit SAN=thread CFLAGS="-O1 -g"
fuzz: ## fuzz with clang; T=image_decode picks the target, TIME=60 the seconds
	@build-scripts/fuzz.sh $(or $(T),image_decode) $(or $(TIME),60)
bench: site ## measure layers, networks and training against other programs; BENCH="--sizes xs" picks
	@build-scripts/bench/install.sh
	node build-scripts/bench/bench.mjs $(BENCH)
models: native ## rebuild all that is shipped in models/ from seeds; takes up again what was stopped
	@build-scripts/models.sh
results: native ## measure the shipped models again: figures, model cards, the table of README.md
	@build-scripts/models.sh results
reference: native $(OUT)/tests/reference/dump ## compare with the same method in PyTorch; A="auroc 400 3" also trainings
	@build-scripts/reference.sh $(A)
format: ## format the C sources in place
	clang-format -i $(wildcard src/*/*.[ch] tests/*/*.[ch])
lint: ## check layers, text, headers, formatting and types
	@build-scripts/lint.sh
clean: ## remove everything that was built
	rm -rf build

tests: $(TEST_BIN)
build/lad: $(OUT)/lad
	$(Q)cp $< $@.new && mv $@.new $@ # a training that runs keeps the old one
$(OUT)/lad: $(CLI_OBJ) $(OUT)/liblad.a
	@$(call SAY,LD)
	$(Q)$(LINK) -lm
$(OUT)/liblad.a: $(LIB_OBJ)
	@$(call SAY,AR)
	$(Q)rm -f $@ && ar rcs $@ $^
$(TEST_BIN): $(OUT)/%: $(OUT)/%.o $(OUT)/liblad.a
	@$(call SAY,LD)
	$(Q)$(LINK) -lcmocka -lm

$(OUT)/tests/reference/dump: $(OUT)/tests/reference/dump.o $(OUT)/liblad.a
	@$(call SAY,LD)
	$(Q)$(LINK) -lm

# One instruction set for each object file: the rest of the program must run on any processor.  Kernels get -O3,
# but not with sanitizers, whose checks make that take minutes.
$(OUT)/%_avx2.o: ISA := $(if $(SAN),,-O3) -mavx2 -mfma
$(OUT)/%_avx512.o: ISA := $(if $(SAN),,-O3) -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma
# Pictures are made pixel by pixel: vectors pay here too.
$(OUT)/src/scene/%.o: ISA := $(if $(SAN),,-O3)
$(OUT)/src/image/encode.o $(OUT)/src/image/deflate.o: ISA := $(if $(SAN),,-O3)
# stb's shifts of negative numbers are not ours to correct; the other sanitizers stay on.
$(OUT)/src/image/stb.o: ISA := $(if $(SAN),$(if $(filter undefined,$(SAN)),-fno-sanitize=undefined),-O3)
$(OUT)/%.o: %.c $(OUT)/flags | $(DEPS)/ready
	@mkdir -p $(@D)
	@$(call SAY,CC)
	$(Q)$(CC) $(ALL_CFLAGS) $(ISA) -MMD -MP -c -o $@ $<
# Third-party source: its warnings are not ours.
$(OUT)/cJSON.o: $(OUT)/flags | $(DEPS)/ready
	@$(call SAY,CC)
	$(Q)$(CC) $(CFLAGS) $(SAN_FLAGS) -w -c -o $@ $(DEPS)/cjson/cJSON.c
$(DEPS)/ready:
	@build-scripts/deps.sh
# Changes only when the compiler or its flags do, so that CC=clang never mixes with objects of gcc.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@

.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
