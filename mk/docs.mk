# Documents that are made: completion with every build; the manual, the reference and the recordings by `make docs`, for
# they are kept in the repository.
VERBS := $(sort $(wildcard scripts/*.lua))
BASH_COMPLETION := $(BUILD)/share/bash-completion/completions/mmlua
ZSH_COMPLETION := $(BUILD)/share/zsh/site-functions/_mmlua
MANUAL := $(BUILD)/share/man/man1/mmlua.1
MADE_DOCS := $(BASH_COMPLETION) $(ZSH_COMPLETION) $(MANUAL)
MMLUA = LUA_INIT= LUA_INIT_5_4= $(BUILD)/bin/mmlua

all: $(MADE_DOCS)

$(BASH_COMPLETION): maker = tools/make-bash-completion
$(ZSH_COMPLETION): maker = tools/make-zsh-completion
$(BASH_COMPLETION) $(ZSH_COMPLETION): $(wildcard tools/make-*-completion lua/mm/cli/*.lua) $(VERBS) \
	    $(BUILD)/bin/mmlua | modules share
	@mkdir -p $(@D)
	@$(MMLUA) $(maker) $(VERBS) > $@

$(MANUAL): docs/mmlua.1
	@mkdir -p $(@D)
	@cp $< $@

.PHONY: docs
docs: all ## make the manual, the reference, the cookbook and the recordings again
	@mkdir -p $(BUILD)/docs
	$(MMLUA) tools/make-manual $(VERBS) > $(BUILD)/docs/mmlua.1
	$(MMLUA) tools/make-cookbook scripts/examples/*.lua > $(BUILD)/docs/cookbook.md
	$(MMLUA) tools/make-reference > $(BUILD)/docs/api.md
	$(MMLUA) tools/make-routes docs/http.md > $(BUILD)/docs/http.md
	LUA_PATH='./?.lua;;' $(MMLUA) tools/record-session $(BUILD) > $(BUILD)/docs/session.md
	LUA_PATH='./?.lua;;' $(MMLUA) tools/record-week $(BUILD) > $(BUILD)/docs/upgrade-week.md
	@cp $(BUILD)/docs/* docs && cp docs/mmlua.1 $(MANUAL)

.PHONY: install-docs
install: install-docs
install-docs: all
	@for file in $(MADE_DOCS:$(BUILD)/%=%); do \
		install -D -m 644 $(BUILD)/$$file "$(DESTDIR)$(PREFIX)/$$file" || exit 1; done

.PHONY: uninstall-docs
uninstall: uninstall-docs
uninstall-docs:
	@for file in $(MADE_DOCS:$(BUILD)/%=%); do rm -f "$(DESTDIR)$(PREFIX)/$$file"; done
