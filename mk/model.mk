SEED ?= $(shell date +%s)
SEEDS ?= 1
STEPS ?= 3000
ONLY ?=
SHRINK ?= 60
MODEL_LUA ?= lua5.4

.PHONY: model
model: all ## random histories against a model: SEEDS=1 from SEED= on (else another each time), STEPS=3000 each
	@BUILD=$(abspath $(BUILD)) spec/run-lua $(MODEL_LUA) spec/model/main.lua $(SEED) $(SEEDS) $(STEPS) $(SHRINK) $(ONLY)
