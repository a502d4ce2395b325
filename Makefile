# lad: logical anomaly detection.  `make help` lists the targets.
CC ?= cc
OUT := build/native
WARN := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wvla -Wundef
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=c11 $(CFLAGS) $(WARN) -ffp-contract=off -fno-math-errno -fno-trapping-math -Isrc -MMD -MP
LDLIBS = -lcjson -lm -lpthread

LIB_SRC := $(filter-out src/cli/% src/wasm/% %_wasm.c,$(wildcard src/*/*.c))
CLI_SRC := $(wildcard src/cli/*.c)
TEST_SRC := $(wildcard tests/*/*_test.c)
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(OUT)/%.o)
TEST_BIN := $(TEST_SRC:%.c=$(OUT)/%)

.PHONY: help native unit clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

native: build/lad ## build the command build/lad

build/lad: $(CLI_OBJ) $(OUT)/liblad.a
	$(CC) -o $@ $^ $(LDLIBS)
$(OUT)/liblad.a: $(LIB_OBJ)
	rm -f $@ && ar rcs $@ $^
$(OUT)/%_avx2.o: ALL_CFLAGS += -O3 -mavx2 -mfma
$(OUT)/%_avx512.o: ALL_CFLAGS += -O3 -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

unit: $(TEST_BIN) ## run the C tests; T=pattern picks some
	@set -e; for t in $(if $(T),$(foreach t,$(TEST_BIN),$(if $(findstring $(T),$(t)),$(t))),$(TEST_BIN)); do $$t; done
$(TEST_BIN): $(OUT)/%: $(OUT)/%.o $(OUT)/liblad.a
	$(CC) -o $@ $^ -lcmocka $(LDLIBS)

clean: ## remove everything that was built
	rm -rf build
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
