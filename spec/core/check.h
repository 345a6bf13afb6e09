/* A C unit test is a program spec/core/NOUN_test.c:
 *
 *     #include "check.h"
 *     #include "mm/schema.h"
 *
 *     static void it_names_the_column_of_an_error(void)
 *     {
 *         ...
 *         CHECK(code == MM_INVALID);
 *         CHECK_TEXT(err.message, "a type was expected");
 *     }
 *
 *     int main(void)
 *     {
 *         RUN(it_names_the_column_of_an_error);
 *         return check_end();
 *     }
 *
 * It prints what failed and, as its last line, `N passed, N failed`. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int check_passed, check_failed;
static bool check_ok;

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) check_int((actual), (expected), #actual, __FILE__, __LINE__)
#define RUN(test) check_run(test, #test)

static inline bool check_that(bool is_true, const char *what, const char *file, int line)
{
    if (!is_true)
        printf("%s:%d: failed: %s\n", file, line, what);
    check_ok = check_ok && is_true;
    return is_true;
}

static inline bool check_text(const char *actual, const char *expected, const char *what, const char *file, int line)
{
    bool is_equal = actual != NULL && expected != NULL ? strcmp(actual, expected) == 0 : actual == expected;

    if (!check_that(is_equal, what, file, line))
        printf("    expected: %s\n    but it is: %s\n", expected ? expected : "NULL", actual ? actual : "NULL");
    return is_equal;
}

static inline bool check_int(int64_t actual, int64_t expected, const char *what, const char *file, int line)
{
    if (!check_that(actual == expected, what, file, line))
        printf("    expected: %" PRId64 "\n    but it is: %" PRId64 "\n", expected, actual);
    return actual == expected;
}

static inline void check_run(void (*test)(void), const char *name)
{
    check_ok = true;
    test();
    if (check_ok)
        check_passed++;
    else
        check_failed++;
    if (!check_ok)
        printf("not ok: %s\n", name);
}

static inline int check_end(void)
{
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed > 0;
}

#endif
