# The tests of the connection include what knows libpq.
$(BUILD)/test/db_test: ALL_CFLAGS += $(call cflags,libpq)
