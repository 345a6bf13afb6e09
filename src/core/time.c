#include "mm/time.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_FROM_0000_03_01_TO_2000 = 730425, DAYS_IN_400_YEARS = 146097 };

typedef struct date {
    int64_t year;
    int month, day;
} date;

/* The Gregorian date of a day counted from 2000-01-01; a year is counted from March, so that leap
 * days end it. */
static date date_of(int64_t days)
{
    int64_t shifted = days + DAYS_FROM_0000_03_01_TO_2000;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_IN_400_YEARS - 1)) / DAYS_IN_400_YEARS;
    int64_t in_era = shifted - era * DAYS_IN_400_YEARS;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t from_march = (5 * in_year + 2) / 153;
    int month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);

    return (date){
        .year = year + era * 400 + (month <= 2),
        .month = month,
        .day = (int)(in_year - (153 * from_march + 2) / 5 + 1),
    };
}

void mm_time_format(int64_t time_us, char out[MM_TIME_TEXT_BYTES])
{
    const int64_t day_us = INT64_C(86400000000);

    if (time_us == MM_TIME_INFINITY || time_us == MM_TIME_MINUS_INFINITY) {
        strncpy(out, time_us > 0 ? "infinity" : "-infinity", MM_TIME_TEXT_BYTES);
        return;
    }
    int64_t days = time_us / day_us - (time_us % day_us < 0);
    uint64_t rest = (uint64_t)(time_us % day_us + (time_us % day_us < 0 ? day_us : 0));
    date at = date_of(days);
    snprintf(out, MM_TIME_TEXT_BYTES, "%04lld-%02d-%02dT%02u:%02u:%02u.%06uZ%s",
             (long long)(at.year > 0 ? at.year : 1 - at.year), at.month, at.day,
             (unsigned)(rest / INT64_C(3600000000)), (unsigned)(rest / 60000000 % 60),
             (unsigned)(rest / 1000000 % 60), (unsigned)(rest % 1000000), at.year > 0 ? "" : " BC");
}
