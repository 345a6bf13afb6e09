# Mutants: every predicate of the statements is removed, one at a time, and a spec must fail.
FILES ?=

.PHONY: mutate
mutate: all ## break each statement in every way, one at a time: a spec must fail; FILES=src/sql/undo_ for some
	@tools/install-packages check
	@BUILD="$(BUILD)" tools/mutate $(FILES)
