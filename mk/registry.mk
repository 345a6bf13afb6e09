# Allocations go through the test, which makes each of them fail in turn.
$(BUILD)/test/registry_test: LDFLAGS += -Wl,--wrap=calloc
