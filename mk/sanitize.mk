# What the specs need besides when they run under sanitizers: a LuaJIT that can hold such modules (mmlua itself
# is the other interpreter), and modules with deliberate mistakes.
ifdef SANITIZE
.PHONY: sanitized
sanitized: all tests $(BUILD)/bin/luajit \
	$(BUILD)/lib/lua/5.4/sanitizer_probe.so $(BUILD)/lib/lua/5.1/sanitizer_probe.so

$(BUILD)/bin/luajit: spec/sanitize/luajit.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGSJIT)) -o $@ $< $(LDFLAGS) -Wl,-E $(call libs,$(PKGSJIT))

$(BUILD)/lib/lua/5.4/sanitizer_probe.so: spec/sanitize/probe.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGS54)) -shared -o $@ $< $(LDFLAGS)

$(BUILD)/lib/lua/5.1/sanitizer_probe.so: spec/sanitize/probe.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(call cflags,$(PKGSJIT)) -shared -o $@ $< $(LDFLAGS)
endif
