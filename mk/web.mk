# The page in a real browser; it leaves pictures of itself in build/screenshots.
.PHONY: check-web
check-web: ## specs of the page in Chromium; screenshots in build/screenshots
	@tools/install-packages web
	@$(MAKE) --no-print-directory -s -j2 all
	@BUILD=$(BUILD) spec/run-busted lua5.4 spec/web
