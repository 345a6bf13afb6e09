# The HTTP API, to look at.
LAKE ?=
PORT ?=

.PHONY: serve
serve: ## serve the HTTP API and its page for the demo lake, or LAKE=...; PORT=...; Ctrl-C ends it
	@tools/install-packages serve
	@$(MAKE) --no-print-directory -s -j2 all
	@exec $(BUILD)/bin/mmlua serve $(if $(LAKE),--lake '$(LAKE)') $(if $(PORT),--port $(PORT))
