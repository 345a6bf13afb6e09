# The proxy with which specs cut connections.
CUTS_PROXY := $(BUILD)/test/cuts-proxy

tests: $(CUTS_PROXY)

$(CUTS_PROXY): spec/cuts/proxy.c spec/cuts/relay.c spec/cuts/relay.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $(filter %.c,$^) $(LDFLAGS)
