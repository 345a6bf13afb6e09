# Lua states and libraries whose allocations fail, for the specs of torture.
FAULTS := $(BUILD)/lib/lua/5.4/faults.so $(BUILD)/lib/lua/5.1/faults.so
FAULTS_SOURCES := spec/torture/faults.c spec/torture/states.c

tests: $(FAULTS)

$(BUILD)/lib/lua/5.4/faults.so: faults_packages = $(PKGS54)
$(BUILD)/lib/lua/5.1/faults.so: faults_packages = $(PKGSJIT)
$(FAULTS): $(FAULTS_SOURCES) spec/torture/faults.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(faults_packages)) -shared -o $@ $(FAULTS_SOURCES) $(LDFLAGS) -ldl

.PHONY: torture
torture: all tests ## proof under faults, more of it than `check` has time for; prints its figures
	@tools/torture
