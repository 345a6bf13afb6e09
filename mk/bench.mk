PARTITIONS ?= 1000000

.PHONY: bench
bench: all ## speed against PostgreSQL itself, on a made-up lake of PARTITIONS=1000000
	@BUILD=$(abspath $(BUILD)) LUA_PATH='./?.lua;$(BUILD)/share/lua/5.4/?.lua;$(BUILD)/share/lua/5.4/?/init.lua;;' \
	    LUA_CPATH='$(BUILD)/lib/lua/5.4/?.so;;' lua5.4 spec/bench/bench.lua $(PARTITIONS)
