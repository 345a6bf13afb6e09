# Fuzzers: spec/fuzz/NAME_fuzz.c with libFuzzer, its words in NAME.dict, its seeds in the folder NAME.seeds.
FUZZ_CC ?= clang-14
FUZZ_SECONDS ?= 30
FUZZERS := $(patsubst spec/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard spec/fuzz/*_fuzz.c))

# One value per piece of memory, so that the sanitizer sees every end.
$(BUILD)/fuzz/%_fuzz: spec/fuzz/%_fuzz.c $(wildcard src/core/*.[ch] include/mm/*.h) $(BUILD)/gen/sql_files.c
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=c11 -D_POSIX_C_SOURCE=200809L -DSCHEMA_CHUNK_BYTES=1 $(WARNINGS) -O1 -g -fno-omit-frame-pointer \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Iinclude -DMM_VERSION='"$(VERSION)"' \
		$(call cflags,$(PKGSCORE)) -o $@ $(filter %.c,$^) $(call libs,$(PKGSCORE))

$(BUILD)/fuzz/schema.seeds: $(BUILD)/test/schema_vectors.tsv
	@rm -rf $@ && mkdir -p $@
	@awk -F '\t' '{ file = "$@/" NR; printf "%s", $$3 > file; close(file) }' $<

.PHONY: fuzz
fuzz: $(FUZZERS) $(FUZZERS:_fuzz=.seeds) ## fuzz for FUZZ_SECONDS (30) each; a crash fails
	@for fuzzer in $(FUZZERS); do \
		name=$$(basename $$fuzzer _fuzz); mkdir -p $(BUILD)/fuzz/$$name.corpus; \
		$$fuzzer -max_total_time=$(FUZZ_SECONDS) -timeout=5 -dict=spec/fuzz/$$name.dict -print_final_stats=1 \
			-artifact_prefix=$(BUILD)/fuzz/$$name- $(BUILD)/fuzz/$$name.corpus $(BUILD)/fuzz/$$name.seeds || exit 1; \
	done
