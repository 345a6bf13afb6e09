# The HTTP API, to look at.
LAKE ?=
PORT ?=

.PHONY: serve
serve: ## serve the HTTP API and its page for the demo lake, or LAKE=...; PORT=...; Ctrl-C ends it
	@tools/install-packages serve
	@$(MAKE) --no-print-directory -s -j2 all
	@exec $(BUILD)/bin/mmlua serve $(if $(LAKE),--lake '$(LAKE)') $(if $(PORT),--port $(PORT))

.PHONY: bench-http
bench-http: all ## 64 clients list while a retirement runs, on a made-up lake of PARTITIONS=200000
	@spec/run-lua lua5.4 spec/bench/http.lua $(if $(filter command line,$(origin PARTITIONS)),$(PARTITIONS))

.PHONY: check-api
check-api: all ## lint the OpenAPI document, and let schemathesis loose on a server (from PyPI; some minutes)
	@tools/check-api
