# Rules of build-scripts/wasm.sh: the core compiled by emcc.
#   build/wasm/lad-simd.{mjs,wasm}                  WASM SIMD, one thread
#   build/wasm/lad-simd-mt.{mjs,wasm} + .worker.js  the same with threads (needs SharedArrayBuffer)
#   build/wasm/lad-relaxed.*, lad-relaxed-mt.*      both with the kernels' fused multiply-add of relaxed SIMD
# One object folder a flavour; header dependencies are tracked.  V=1 shows the commands.
EMCC ?= emcc
OUT := build/wasm
FLAVOURS := lad-simd lad-simd-mt lad-relaxed lad-relaxed-mt
DEPS := build/deps
Q := $(if $(V),,@)
SAY = $(if $(V),true,echo "  $(1)  $@")

WARN := -Wall -Wextra -Wconversion -Wshadow -Wmissing-prototypes -Wvla -Wundef $(if $(WERROR),-Werror)
# No SLP vectorisation: with SIMD, the LLVM of emcc 3.1.6 gets some ground-truth masks of the scenes wrong (the same
# sources give equal bytes with gcc, clang, and emcc without it).  The kernels write their vectors themselves.
CFLAGS := -std=c11 -O3 -msimd128 -fno-slp-vectorize $(WARN) -ffp-contract=off -fno-math-errno -fno-trapping-math -Isrc -isystem $(DEPS)/include
# Third-party sources are built with their own flags: their warnings are not ours.
DEPS_CFLAGS := -O2 -w

# Everything but what needs a file system or a processor's own instructions.
ROOMS := base kernels image nn model score scene eval api wasm
NATIVE := src/base/file.c %_avx2.c %_avx512.c
SRC := $(filter-out $(NATIVE),$(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c)))
KERNELS := isa_wasm isa_wasm_tall # what is compiled a second time, with relaxed SIMD
CJSON := $(DEPS)/cjson/cJSON.c

LDFLAGS := -O3 -msimd128 --no-entry -sMODULARIZE=1 -sEXPORT_ES6=1 -sEXPORT_NAME=createLad \
	-sENVIRONMENT=web,worker,node -sFILESYSTEM=0 -sDYNAMIC_EXECUTION=0 -sALLOW_MEMORY_GROWTH=1 \
	-sINITIAL_MEMORY=32MB -sMAXIMUM_MEMORY=1GB -sMEMORY_GROWTH_GEOMETRIC_STEP=0 -sINCOMING_MODULE_JS_API=instantiateWasm,ladWorkers \
	-sEXPORTED_FUNCTIONS=_malloc,_free -sEXPORTED_RUNTIME_METHODS=[] \
	-sNODEJS_CATCH_EXIT=0 -sNODEJS_CATCH_REJECTION=0 -Wno-pthreads-mem-growth \
	--extern-pre-js build-scripts/wasm-pre.js --post-js build-scripts/wasm-post.js

GLUE := build-scripts/wasm.mk build-scripts/wasm-pre.js build-scripts/wasm-post.js

.PHONY: all clean
.DELETE_ON_ERROR:
all: $(FLAVOURS:%=$(OUT)/%.mjs) $(OUT)/package.json

define flavour_rules
$(OUT)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	@$$(call SAY,EMCC)
	$$(Q)$$(EMCC) $$(CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(OUT)/$(1)/cJSON.o: $(CJSON)
	@mkdir -p $$(@D)
	@$$(call SAY,EMCC)
	$$(Q)$$(EMCC) $$(DEPS_CFLAGS) $(2) -c -o $$@ $$<
$(OUT)/$(1)/%_relaxed.o: src/kernels/%.c
	@mkdir -p $$(@D)
	@$$(call SAY,EMCC)
	$$(Q)$$(EMCC) $$(CFLAGS) -mrelaxed-simd $(2) -MMD -MP -c -o $$@ $$<
$(OUT)/$(1).mjs: $(SRC:%.c=$(OUT)/$(1)/%.o) $(OUT)/$(1)/cJSON.o $(GLUE)
	@$$(call SAY,LINK)
	$$(Q)$$(EMCC) $$(LDFLAGS) $(2) $(3) -o $$@ $$(filter %.o,$$^)
$(OUT)/$(1:lad-simd%=lad-relaxed%).mjs: $(SRC:%.c=$(OUT)/$(1)/%.o) $(KERNELS:%=$(OUT)/$(1)/%_relaxed.o) $(OUT)/$(1)/cJSON.o $(GLUE) build-scripts/relax-wasm.mjs
	@$$(call SAY,LINK)
	$$(Q)$$(EMCC) $$(LDFLAGS) -mrelaxed-simd $(2) $(3) -o $$@ $$(filter-out $(addprefix %/,$(KERNELS:=.o)),$$(filter %.o,$$^))
	$$(Q)node build-scripts/relax-wasm.mjs $$(@:.mjs=.wasm)
endef
$(eval $(call flavour_rules,lad-simd,,))
# Workers are started before the core runs, since a call into the core does not return to the event loop.
$(eval $(call flavour_rules,lad-simd-mt,-pthread,-sPTHREAD_POOL_SIZE="Module.ladWorkers"))

# Node would read the pthread worker, a classic script, as a module.
$(OUT)/package.json:
	@mkdir -p $(@D)
	$(Q)echo '{ "type": "commonjs" }' > $@

clean:
	rm -rf $(OUT)
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
