/* For C unit tests: checks that are counted, and told where they fail. A test's main ends with
 * `return check_end();`, whose last line is "N passed, N failed". */
#ifndef MM_SPEC_CHECK_H
#define MM_SPEC_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_passed, check_failed;
static const char *check_case = ""; /* set in a loop over cases: which one failed */

/* clang-format off */
#define CHECK(condition) check_that((condition), __FILE__, __LINE__, "%s", #condition)
#define CHECK_INT(actual, expected) check_int((actual), (expected), __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_bytes((actual), strlen(actual), (expected), strlen(expected), __FILE__, __LINE__)
#define CHECK_BYTES(actual, length, expected, expected_length) \
    check_bytes((actual), (length), (expected), (expected_length), __FILE__, __LINE__)
/* clang-format on */

__attribute__((format(printf, 4, 5))) static inline void
check_that(bool is_true, const char *file, int line, const char *format, ...)
{
    va_list args;

    if (is_true) {
        check_passed++;
        return;
    }
    check_failed++;
    va_start(args, format);
    fprintf(stderr, "%s:%d: %s%sfailed: ", file, line, check_case, *check_case ? ": " : "");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

static inline void check_int(long long actual, long long expected, const char *file, int line)
{
    check_that(actual == expected, file, line, "got %lld, expected %lld", actual, expected);
}

static inline void check_bytes(const void *actual, size_t length, const void *expected,
                               size_t expected_length, const char *file, int line)
{
    bool is_equal =
        length == expected_length && (length == 0 || memcmp(actual, expected, length) == 0);

    check_that(is_equal, file, line, "got\n  %.*s\nexpected\n  %.*s", (int)length,
               (const char *)actual, (int)expected_length, (const char *)expected);
}

static inline int check_end(void)
{
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed > 0;
}

#endif
