/* The parts of the connection that need no server: connection texts, times, conditional lines of
 * statements. */
#include "../../src/core/db.h"
#include "check.h"
#include "mm/sql.h"
#include "mm/time.h"

#include <stdlib.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const mm_sql *const files = mm_sql_files;
static const size_t *const file_count = &mm_sql_count;
static mm_code (*const expand_file)(const char *, const char *, char **,
                                    mm_error *) = mm_sql_expand;

/* A second copy of the expansion, over statements made up here. */
#define mm_sql_files own_files
#define mm_sql_count own_count
#define mm_sql_expand own_expand
#define mm_sql_params own_params
extern const mm_sql own_files[];
extern const size_t own_count;
mm_code own_expand(const char *name, const char *features, char **out, mm_error *err) MM_CHECK;
int own_params(const char *text);
#include "../../src/core/sql.c"

#define OTHER "-- not a condition, -- if seen\n"

const mm_sql own_files[] = {
    {"after", "select 1 -- if a\n, 2 -- unless a\n;\n"},
    {"before", "-- if a: select 1\n-- unless a: select 2\n;\n"},
    {"comment", "-- returns one\nselect 1 -- a remark\n  -- indented\n-- if\n-- if nothing more\n"},
    {"dots", "select 1 -- if blocks.insert_time\n, 2 -- if blocks\n"},
    {"first", "select 1 -- remark -- if a\n"},
    {"indented", "   -- if a: select 1\n   , 2   -- unless a\n"},
    {"no_end", "select 1 -- if a"},
};
const size_t own_count = COUNT(own_files);

static void check_conninfo(const char *from, const char *to)
{
    char *out = NULL;
    mm_error err = {0};

    check_case = from;
    CHECK_INT(mm_conninfo_normalize(from, &out, &err), MM_OK);
    CHECK_TEXT(out ? out : err.message, to);
    check_case = "";
    free(out);
}

static void check_refused(const char *from, const char *message)
{
    char untouched = 'x', *out = &untouched;
    mm_error err = {0};

    check_case = from;
    CHECK_INT(mm_conninfo_normalize(from, &out, &err), MM_INVALID);
    CHECK_TEXT(err.message, message);
    CHECK_TEXT(err.hint, strstr(message, "%XX")
                             ? ""
                             : "connections are keywords (host=db dbname=lake), URIs "
                               "(postgres://user@db/lake), or the name of a service");
    CHECK(out == &untouched);
    check_case = "";
}

static void texts_without_a_change(void)
{
    static const char *const texts[] = {
        "",
        "host=db dbname=lake",
        "dbname='a b' password='x@y/z?ssl-mode=1'",
        "postgres://",
        "postgres:///lake",
        "postgresql://user:secret@db:5432/lake?sslmode=require&application_name=x",
        "postgres://user@%2Ftmp%2Fsocket/lake",
        "postgres://one:1,two:2/lake?user=me@work",
        "postgres://[::1]:5432/lake?user=me@work",
        "postgres://[fe80::abcd]/lake?user=me@work",
        "postgres://db:5432/lake?user=me@work",
        "postgres://db/lake?options=-c%20geqo%3Doff",
    };

    for (size_t i = 0; i < COUNT(texts); i++)
        check_conninfo(texts[i], texts[i]);
}

static void names_of_services(void)
{
    check_conninfo("lake", "service='lake'");
    check_conninfo("bob's \\ lake", "service='bob\\'s \\\\ lake'");
    check_conninfo("''", "service='\\'\\''");
}

static void parameters_that_only_sqlx_knows(void)
{
    static const char *const pairs[][2] = {
        {"?ssl-mode=require", "?sslmode=require"},
        {"?ssl-root-cert=/a&ssl-cert=/b&ssl-key=/c", "?sslrootcert=/a&sslcert=/b&sslkey=/c"},
        {"?ssl-ca=/a", "?sslrootcert=/a"},
        {"?sslmode=disable&ssl-mode=require", "?sslmode=disable&sslmode=require"},
        {"?statement-cache-capacity=100", ""},
        {"?statement-cache-capacity=100&port=1", "?port=1"},
        {"?port=1&statement-cache-capacity=100&user=a", "?port=1&user=a"},
        {"?options[search_path]=x&options%5Bjit%5D=off", ""},
        {"?options=-c%20jit%3Doff", "?options=-c%20jit%3Doff"},
        {"?", ""},
        {"?&&port=1&", "?port=1"},
        {"?application_name=ssl-mode=x", NULL}, /* libpq refuses a second separator */
        {"?application_name=ssl-mode", "?application_name=ssl-mode"},
    };
    char from[128], to[128];

    for (size_t i = 0; i < COUNT(pairs); i++) {
        snprintf(from, sizeof from, "postgres://db/lake%s", pairs[i][0]);
        snprintf(to, sizeof to, "postgres://db/lake%s", pairs[i][1] ? pairs[i][1] : "");
        if (pairs[i][1])
            check_conninfo(from, to);
        else
            check_refused(from, "not a connection: extra key/value separator \"=\" in URI query "
                                "parameter: \"application_name\"");
    }
}

static void at_signs_in_passwords(void)
{
    check_conninfo("postgres://user:p@ss@db/lake", "postgres://user:p%40ss@db/lake");
    check_conninfo("postgres://me@work:@@@db", "postgres://me%40work:%40%40@db");
    check_conninfo("postgres://user:a@b@db?ssl-mode=require",
                   "postgres://user:a%40b@db?sslmode=require");
    check_conninfo("postgres://user:x@db/a@b", "postgres://user:x@db/a@b");
}

static void texts_that_are_refused(void)
{
    static const char cut[] =
        "not a connection: special characters in a password must be written as %XX, "
        "a slash as %2F";
    static const char hidden[] = "not a connection: libpq does not understand it";

    check_refused("hots=db", "not a connection: invalid connection option \"hots\"");
    check_refused("host=db lake",
                  "not a connection: missing \"=\" after \"lake\" in connection info string");
    check_refused("postgres://user@db/lake?no-such=1",
                  "not a connection: invalid URI query parameter: \"no-such\"");
    check_refused("host=db password=my secret", hidden);
    check_refused("postgres://user:100%secret@db", hidden);
    check_refused("postgres://db?password=100%secret", hidden);
    check_refused("postgres://user:sec/ret@db/lake", cut);
    check_refused("postgres://user:se?cret@db/lake", cut);
    check_refused("postgres://user:1a/secret@db/lake", cut);
}

/* What to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') gives, and " BC" where the
 * year is one; the first and last are the ends of timestamptz. */
static void times_as_postgresql_writes_them(void)
{
    static const struct {
        int64_t time_us;
        const char *text;
    } times[] = {
        {INT64_C(-211813488000000000), "4714-11-24T00:00:00.000000Z BC"},
        {INT64_C(-211813487999999999), "4714-11-24T00:00:00.000001Z BC"},
        {INT64_C(-211810204800000000), "4713-01-01T00:00:00.000000Z BC"},
        {INT64_C(-64497340800000001), "0045-02-28T23:59:59.999999Z BC"},
        {INT64_C(-63234993600000000), "0005-02-29T12:00:00.000000Z BC"},
        {INT64_C(-63113904000000000), "0001-01-01T00:00:00.000000Z BC"},
        {INT64_C(-63082281600000001), "0001-12-31T23:59:59.999999Z BC"},
        {INT64_C(-63082281600000000), "0001-01-01T00:00:00.000000Z"},
        {INT64_C(-62982576000000000), "0004-02-29T00:00:00.000000Z"},
        {INT64_C(-13165977600000000), "1582-10-15T00:00:00.000000Z"},
        {INT64_C(-12617596800000001), "1600-02-29T23:59:59.999999Z"},
        {INT64_C(-3155673600000001), "1899-12-31T23:59:59.999999Z"},
        {INT64_C(-3150576000000001), "1900-02-28T23:59:59.999999Z"},
        {INT64_C(-3150576000000000), "1900-03-01T00:00:00.000000Z"},
        {INT64_C(-946684800000001), "1969-12-31T23:59:59.999999Z"},
        {INT64_C(-946684800000000), "1970-01-01T00:00:00.000000Z"},
        {INT64_C(-1), "1999-12-31T23:59:59.999999Z"},
        {INT64_C(0), "2000-01-01T00:00:00.000000Z"},
        {INT64_C(1), "2000-01-01T00:00:00.000001Z"},
        {INT64_C(5097600000000), "2000-02-29T00:00:00.000000Z"},
        {INT64_C(848139630123456), "2026-11-16T10:20:30.123456Z"},
        {INT64_C(3160857599999999), "2100-02-28T23:59:59.999999Z"},
        {INT64_C(3160857600000000), "2100-03-01T00:00:00.000000Z"},
        {INT64_C(252455615999999999), "9999-12-31T23:59:59.999999Z"},
        {INT64_C(252455616000000000), "10000-01-01T00:00:00.000000Z"},
        {INT64_C(3092586393600000000), "100000-02-29T00:00:00.000000Z"},
        {INT64_C(9223371331199999999), "294276-12-31T23:59:59.999999Z"},
        {INT64_MAX, "infinity"},
        {INT64_MIN, "-infinity"},
    };
    char text[MM_TIME_TEXT_BYTES];

    for (size_t i = 0; i < COUNT(times); i++) {
        mm_time_format(times[i].time_us, text);
        CHECK_TEXT(text, times[i].text);
    }
}

/* Not times of PostgreSQL, but a damaged result could hold them. */
static void times_beyond_the_ends(void)
{
    char text[MM_TIME_TEXT_BYTES];

    mm_time_format(INT64_MAX - 1, text);
    CHECK_TEXT(text, "294277-01-09T04:00:54.775806Z");
    mm_time_format(INT64_MIN + 1, text);
    CHECK_TEXT(text, "290279-12-22T19:59:05.224193Z BC");
}

static void check_expansion(const char *name, const char *features, const char *expected)
{
    char *out = NULL;
    mm_error err = {0};

    check_case = name;
    CHECK_INT(own_expand(name, features, &out, &err), MM_OK);
    CHECK_TEXT(out ? out : err.message, expected);
    check_case = "";
    free(out);
}

static void conditional_lines(void)
{
    check_expansion("after", " a ", "select 1 \n;\n");
    check_expansion("after", " ", ", 2 \n;\n");
    check_expansion("before", " a ", " select 1\n;\n");
    check_expansion("before", " ", " select 2\n;\n");
    check_expansion("indented", " a ", " select 1\n");
    check_expansion("indented", " ", "   , 2   \n");
    check_expansion("no_end", " a ", "select 1 \n");
    check_expansion("no_end", " ", "");
}

static void comments_are_no_conditions(void)
{
    check_expansion("comment", " ", "select 1 -- a remark\n  -- indented\n");
    check_expansion("first", " ", "select 1 -- remark -- if a\n");
}

static void features(void)
{
    check_expansion("dots", " blocks ", ", 2 \n");
    check_expansion("dots", " blocks.insert_time ", "select 1 \n");
    check_expansion("dots", " not_blocks blocks.insert ", "");
    check_expansion("after", " b a c ", "select 1 \n;\n");
    check_expansion("after", "a", ", 2 \n;\n"); /* names stand between spaces */
    check_expansion("after", " a -a ", ", 2 \n;\n");
    check_expansion("after", " -a a ", ", 2 \n;\n");
    check_expansion("after", " a -ab ", "select 1 \n;\n");
}

static void statements_that_are_not_there(void)
{
    char untouched = 'x', *out = &untouched;
    mm_error err = {0};

    CHECK_INT(own_expand("nosuch", " ", &out, &err), MM_INVALID);
    CHECK_TEXT(err.message, "no statement is called \"nosuch\"");
    CHECK(out == &untouched);
}

static void parameters_of_statements(void)
{
    CHECK_INT(own_params("select 1"), 0);
    CHECK_INT(own_params("select $2::int, $1, $2"), 2);
    CHECK_INT(own_params("select $9, $12"), 12);
    CHECK_INT(own_params("do $$ begin end $$"), 0);
    CHECK_INT(own_params("$"), 0);
}

/* Every embedded statement, as the oldest and as the newest catalog takes it. */
static void every_statement_expands(void)
{
    static const char *const catalogs[] = {
        " ", " num_rows partition_format_version sort_order max_sort_key_time "
             "lakehouse_view_set_definitions settings"
             " migration blocks blocks.insert_time blocks.audience mmadmin items "};

    for (size_t i = 0; i < *file_count; i++)
        for (size_t j = 0; j < COUNT(catalogs); j++) {
            char *out = NULL;
            mm_error err = {0};
            check_case = files[i].name;
            CHECK_INT(expand_file(files[i].name, catalogs[j], &out, &err), MM_OK);
            CHECK(out && !strstr(out, "-- if ") && !strstr(out, "-- unless "));
            free(out);
        }
    check_case = "";
}

int main(void)
{
    texts_without_a_change();
    names_of_services();
    parameters_that_only_sqlx_knows();
    at_signs_in_passwords();
    texts_that_are_refused();
    times_as_postgresql_writes_them();
    times_beyond_the_ends();
    conditional_lines();
    comments_are_no_conditions();
    features();
    statements_that_are_not_there();
    parameters_of_statements();
    every_statement_expands();
    return check_end();
}
