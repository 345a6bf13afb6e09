/* Schemas: every error, word for word. */
#include "schema_check.h"

#include <openssl/err.h>
#include <openssl/provider.h>

typedef struct bad_text {
    const char *text;
    size_t length;
    const char *message;
} bad_text;

#define BAD(text, message)                                                                         \
    {                                                                                              \
        text, sizeof(text) - 1, "schema text, byte " message                                       \
    }
#define NAMED(name) SCHEMA_OPEN "Field { name: \"" name "\", data_type: Null }" SCHEMA_CLOSE
#define MAP(pairs) "Schema { fields: [], metadata: {" pairs "} }"

static const bad_text bad_texts[] = {
    /* the schema */
    BAD("", "1: expected \"Schema\", but the text ends"),
    BAD("schema", "1: expected \"Schema\", found: schema"),
    BAD("Schema", "7: expected \" { fields: \", but the text ends"),
    BAD("Schema { fields: ", "18: expected \"[\", but the text ends"),
    BAD("Schema { fields: {}, metadata: {} }", "18: expected \"[\", found: {}, metadata: {} }"),
    BAD("Schema { fields: [] }", "20: expected \", metadata: \", found:  }"),
    BAD("Schema { metadata: {}, fields: [] }",
        "7: expected \" { fields: \", found:  { metadata: {}, fields: [] }"),
    BAD("Schema { fields: [], metadata: {} } ", "36: expected the end of the text, found:  "),
    BAD("Schema { fields: [], metadata: {} }\n", "36: expected the end of the text, found: \\x0a"),
    BAD("Schema { fields: [], metadata: {} }\0", "36: expected the end of the text, found: \\x00"),
    BAD("Schema { fields: [], metadata: {} }, Schema { fields: [], metadata: {} }",
        "36: expected the end of the text, found: , Schema { fields: [], metadata: {} }"),
    BAD("Schema {\n    fields: [],\n    metadata: {},\n}",
        "7: expected \" { fields: \", found:  {\\x0a    fields: [],\\x0a    metadata: {},\\x0a}"),
    BAD("Schema { fields: [\0], metadata: {} }",
        "19: expected \"Field\", found: \\x00], metadata: {} }"),
    /* fields */
    BAD(SCHEMA_OPEN "Field { data_type: Null }; Field",
        "44: expected \", \" or \"]\", found: ; Field"),
    BAD(SCHEMA_OPEN "Field { data_type: Null }, ]", "46: expected \"Field\", found: ]"),
    BAD(SCHEMA_OPEN "Fields { data_type: Null }",
        "24: expected \" { name: \" or \" { data_type: \", found: s { data_type: Null }"),
    BAD(SCHEMA_OPEN "Field { nullable: true }",
        "24: expected \" { name: \" or \" { data_type: \", found:  { nullable: true }"),
    BAD(SCHEMA_OPEN "Field { name: \"a\" }", "36: expected \", data_type: \", found:  }"),
    BAD(SCHEMA_OPEN "Field { name: \"a\", name: \"b\", data_type: Null }",
        "36: expected \", data_type: \", found: , name: \"b\", data_type: Null }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, data_type: Null }",
        "42: expected \", nullable: \", \", dict_id: \", \", dict_is_ordered: \", \", metadata: \" "
        "or \" }\", found: , data_type: Null }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, nullable: true, nullable: true }",
        "58: expected \", dict_id: \", \", dict_is_ordered: \", \", metadata: \" or \" }\", found: "
        ", nullable: true }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, dict_id: 1, nullable: true }",
        "54: expected \", dict_is_ordered: \", \", metadata: \" or \" }\", found: , nullable: true "
        "}"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, metadata: {}, metadata: {} }",
        "56: expected \" }\", found: , metadata: {} }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, nullable: maybe }",
        "54: expected true or false, found: maybe }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, nullable: truest }",
        "54: expected true or false, found: truest }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, dict_is_ordered: 1 }",
        "61: expected true or false, found: 1 }"),
    BAD(SCHEMA_OPEN "Field { name: a, data_type: Null }",
        "33: expected a string in double quotes, found: a, data_type: Null }"),
    /* data types */
    BAD(FIELD("Int33"), "49: expected a data type, found: Int33 }], metadata: {} }"),
    BAD(FIELD("Int8x"), "49: expected a data type, found: Int8x }], metadata: {} }"),
    BAD(FIELD(""), "49: expected a data type, found:  }], metadata: {} }"),
    BAD(FIELD("Int8()"), "53: expected \", nullable: \", \", dict_id: \", \", dict_is_ordered: \", "
                         "\", metadata: \" or \" }\", found: () }], metadata: {} }"),
    BAD(FIELD("Timestamp"), "58: expected \"(\", found:  }], metadata: {} }"),
    BAD(FIELD("Timestamp(Seconds, None)"), "59: expected Second, Millisecond, Microsecond or "
                                           "Nanosecond, found: Seconds, None) }], metadata: {} }"),
    BAD(FIELD("Timestamp(Second,None)"), "65: expected \", \", found: ,None) }], metadata: {} }"),
    BAD(FIELD("Timestamp(Second, none)"),
        "67: expected None or Some(\"...\"), found: none) }], metadata: {} }"),
    BAD(FIELD("Timestamp(Second, Some(\"UTC\")"), "78: expected \")\", found:  }], metadata: {} }"),
    BAD(FIELD("Timestamp(Second, Some(UTC))"),
        "72: expected a string in double quotes, found: UTC)) }], metadata: {} }"),
    BAD(FIELD("Time32(Second, None)"), "62: expected \")\", found: , None) }], metadata: {} }"),
    BAD(FIELD("Interval(Second)"),
        "58: expected YearMonth, DayTime or MonthDayNano, found: Second) }], metadata: {} }"),
    BAD(FIELD("List(Int8)"), "54: expected \"Field\", found: Int8) }], metadata: {} }"),
    BAD(FIELD("List[Field { data_type: Int8 }]"),
        "53: expected \"(\", found: [Field { data_type: Int8 }] }], metadata..."),
    BAD(FIELD("FixedSizeList(Field { data_type: Int8 })"),
        "88: expected \", \", found: ) }], metadata: {} }"),
    BAD(FIELD("Struct(Field { data_type: Int8 })"),
        "56: expected \"[\", found: Field { data_type: Int8 }) }], metadata:..."),
    BAD(FIELD("Union([Field { data_type: Int8 }], Dense)"),
        "56: expected \"(\", found: Field { data_type: Int8 }], Dense) }], m..."),
    BAD(FIELD("Union([(0, Field { data_type: Int8 })])"),
        "87: expected \", \", found: ) }], metadata: {} }"),
    BAD(FIELD("Union([(128, Field { data_type: Int8 })], Dense)"),
        "57: expected an integer from -128 to 127, found: 128, Field { data_type: Int8 })], "
        "Dense)..."),
    BAD(FIELD("Union([], Thin)"), "59: expected Sparse or Dense, found: Thin) }], metadata: {} }"),
    BAD(FIELD("Dictionary(Int32)"), "65: expected \", \", found: ) }], metadata: {} }"),
    BAD(FIELD("Dictionary(Field { data_type: Int8 }, Utf8)"),
        "60: expected a data type, found: Field { data_type: Int8 }, Utf8) }], met..."),
    BAD(FIELD("Map(Field { data_type: Int8 }, 0)"),
        "80: expected true or false, found: 0) }], metadata: {} }"),
    /* numbers */
    BAD(FIELD("FixedSizeBinary(2147483648)"), "65: expected an integer from -2147483648 to "
                                              "2147483647, found: 2147483648) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(-2147483649)"),
        "65: expected an integer from -2147483648 to 2147483647, found: -2147483649) }], metadata: "
        "{} }"),
    BAD(FIELD("FixedSizeBinary(10000000000000000000)"),
        "65: expected an integer from -2147483648 to 2147483647, found: 10000000000000000000) }], "
        "metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(99999999999999999999999)"),
        "65: expected an integer from -2147483648 to 2147483647, found: 99999999999999999999999) "
        "}], metadata: {..."),
    BAD(FIELD("FixedSizeBinary(18446744073709551624)"),
        "65: expected an integer from -2147483648 to 2147483647, found: 18446744073709551624) }], "
        "metadata: {} }"), /* 2^64 + 8 */
    BAD(FIELD("FixedSizeBinary(08)"),
        "65: expected an integer from -2147483648 to 2147483647, found: 08) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(-0)"),
        "65: expected an integer from -2147483648 to 2147483647, found: -0) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(+8)"),
        "65: expected an integer from -2147483648 to 2147483647, found: +8) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(-)"),
        "65: expected an integer from -2147483648 to 2147483647, found: -) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary(8.0)"), "66: expected \")\", found: .0) }], metadata: {} }"),
    BAD(FIELD("FixedSizeBinary()"),
        "65: expected an integer from -2147483648 to 2147483647, found: ) }], metadata: {} }"),
    BAD(FIELD("Decimal128(256, 0)"),
        "60: expected an integer from 0 to 255, found: 256, 0) }], metadata: {} }"),
    BAD(FIELD("Decimal128(-1, 0)"),
        "60: expected an integer from 0 to 255, found: -1, 0) }], metadata: {} }"),
    BAD(FIELD("Decimal128(38, 128)"),
        "64: expected an integer from -128 to 127, found: 128) }], metadata: {} }"),
    BAD(FIELD("Decimal128(38, -129)"),
        "64: expected an integer from -128 to 127, found: -129) }], metadata: {} }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, dict_id: 9223372036854775808 }",
        "53: expected an integer from -2^63 to 2^63 - 1, found: 9223372036854775808 }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, dict_id: -9223372036854775809 }",
        "53: expected an integer from -2^63 to 2^63 - 1, found: -9223372036854775809 }"),
    BAD(SCHEMA_OPEN "Field { data_type: Null, dict_id: 10000000000000000000 }",
        "53: expected an integer from -2^63 to 2^63 - 1, found: 10000000000000000000 }"),
    /* strings */
    BAD("Schema { fields: [Field { name: \"a", "35: expected a closing quote, but the text ends"),
    BAD("Schema { fields: [Field { name: \"a\\",
        "35: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}, "
        "found: \\"),
    BAD(NAMED("a\\x41"), "35: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a "
                         "character}, found: \\x41\", data_type: Null }], metadata: {} ..."),
    BAD(NAMED("\\u0041"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of "
                          "a character}, found: \\u0041\", data_type: Null }], metadata: {..."),
    BAD(NAMED("\\x{41}"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of "
                          "a character}, found: \\x{41}\", data_type: Null }], metadata: {..."),
    BAD(NAMED("\\u(41}"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of "
                          "a character}, found: \\u(41}\", data_type: Null }], metadata: {..."),
    BAD(NAMED("\\u{}"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a "
                        "character}, found: \\u{}\", data_type: Null }], metadata: {} ..."),
    BAD(NAMED("\\u{d800}"),
        "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}, "
        "found: \\u{d800}\", data_type: Null }], metadata:..."),
    BAD(NAMED("\\u{dfff}"),
        "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}, "
        "found: \\u{dfff}\", data_type: Null }], metadata:..."),
    BAD(NAMED("\\u{110000}"),
        "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}, "
        "found: \\u{110000}\", data_type: Null }], metadat..."),
    BAD(NAMED("\\u{0000041}"),
        "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a character}, "
        "found: \\u{0000041}\", data_type: Null }], metada..."),
    BAD(NAMED("\\u{4G}"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of "
                          "a character}, found: \\u{4G}\", data_type: Null }], metadata: {..."),
    BAD(NAMED("\\u{41"), "34: expected an escape: \\\" \\\\ \\' \\t \\n \\r \\0 or \\u{number of a "
                         "character}, found: \\u{41\", data_type: Null }], metadata: {}..."),
    BAD(NAMED("line\nfeed"), "38: expected an escape for a control character, found: \\x0afeed\", "
                             "data_type: Null }], metadata: {}..."),
    BAD(NAMED("nul\0"), "37: expected an escape for a control character, found: \\x00\", "
                        "data_type: Null }], metadata: {} }"),
    BAD(NAMED("\x7f"), "34: expected an escape for a control character, found: \\x7f\", data_type: "
                       "Null }], metadata: {} }"),
    BAD(NAMED("\xff"), "34: expected UTF-8, found: \\xff\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\x80"), "34: expected UTF-8, found: \\x80\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\xc3"), "34: expected UTF-8, found: \\xc3\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\xc0\xaf"),
        "34: expected UTF-8, found: \\xc0\\xaf\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\xe0\x80\xaf"),
        "34: expected UTF-8, found: \\xe0\\x80\\xaf\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\xed\xa0\x80"),
        "34: expected UTF-8, found: \\xed\\xa0\\x80\", data_type: Null }], metadata: {} }"),
    BAD(NAMED("\xf4\x90\x80\x80"),
        "34: expected UTF-8, found: \\xf4\\x90\\x80\\x80\", data_type: Null }], metadata: {} ..."),
    BAD(NAMED("\xc3\xa9\xc3\xa9") "\xc3\xa9",
        "75: expected the end of the text, found: \\xc3\\xa9"),
    /* metadata */
    BAD(MAP("\"a\": 1"), "38: expected a string in double quotes, found: 1} }"),
    BAD(MAP("\"a\""), "36: expected \": \", found: } }"),
    BAD(MAP("\"a\" : \"b\""), "36: expected \": \", found:  : \"b\"} }"),
    BAD(MAP("\"a\": \"b\","), "41: expected \", \" or \"}\", found: ,} }"),
    BAD(MAP("\"a\": \"1\", \"b\": \"2\", \"a\": \"3\""),
        "53: expected a metadata key that was not there before, found: \"a\": \"3\"} }"),
    BAD(MAP("\"A\": \"1\", \"\\u{41}\": \"2\""),
        "43: expected a metadata key that was not there before, found: \"\\u{41}\": \"2\"} }"),
    BAD(MAP("\"\": \"\", \"\": \"\", \"\": \"\""),
        "41: expected a metadata key that was not there before, found: \"\": \"\", \"\": \"\"} }"),
};

static void test_errors(void)
{
    for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
        check_case = bad_texts[i].text;
        CHECK_TEXT(parse_error(bad_texts[i].text, bad_texts[i].length), bad_texts[i].message);
    }
    check_case = "";
}

/* As under FIPS: with another provider loaded, the default one is not. Errors of the host stay in
 * OpenSSL's queue, others are not added. */
static void test_no_siphash(void)
{
    OSSL_PROVIDER *null = OSSL_PROVIDER_load(NULL, "null");
    mm_schema *schema = PARSE(FIELD("Int8"));
    uint8_t hash[MM_SCHEMA_HASH_BYTES];
    mm_error err = {0};

    ERR_raise(ERR_LIB_USER, 1);
    unsigned long of_host = ERR_peek_error();
    CHECK_INT(mm_schema_hash(schema, 59, hash, &err), MM_INVALID);
    CHECK_TEXT(err.message, "this OpenSSL has no SipHash: its default provider is not loaded");
    CHECK(ERR_get_error() == of_host);
    CHECK(ERR_get_error() == 0);
    mm_schema_free(schema);
    OSSL_PROVIDER_unload(null);
}

int main(void)
{
    test_errors();
    test_no_siphash();
    return check_end();
}
