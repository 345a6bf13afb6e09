# What the tests of schemas need beyond the pattern rules.
$(BUILD)/test/schema_vectors.tsv: $(wildcard spec/data/schema_*_vectors.json spec/support/schema_vectors*.lua)
	@mkdir -p $(@D)
	lua5.4 spec/support/schema_vectors_tsv.lua > $@

$(BUILD)/test/schema_test: $(BUILD)/test/schema_vectors.tsv

$(BUILD)/test/schema_memory_test: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
