-- Times as a user gives them, made into the one form that mm uses: RFC 3339 in UTC with microseconds.
local errors = require("mm.errors")
local text = require("mm.text")

local time = {}

local days_before_month = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
local days_in_month = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

local function is_leap(year)
   return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function is_date(year, month, day)
   if year < 1 or month < 1 or month > 12 then
      return false
   end
   return day >= 1 and day <= days_in_month[month] + (month == 2 and is_leap(year) and 1 or 0)
end

-- Days since 0001-01-01.
local function day_number(year, month, day)
   local before = year - 1
   local leaps = math.floor(before / 4) - math.floor(before / 100) + math.floor(before / 400)
   local this_leap = month > 2 and is_leap(year) and 1 or 0
   return before * 365 + leaps + days_before_month[month] + this_leap + day - 1
end

local function date_of(days)
   local year = math.floor(days / 365.2425) + 1
   if day_number(year, 1, 1) > days then
      year = year - 1
   elseif day_number(year + 1, 1, 1) <= days then
      year = year + 1
   end
   local month = 12
   while day_number(year, month, 1) > days do
      month = month - 1
   end
   return year, month, days - day_number(year, month, 1) + 1
end

-- Seconds east of UTC.
local function offset_of(zone)
   if zone == "Z" or zone == "z" then
      return 0
   end
   zone = #zone == 3 and zone .. "00" or zone
   local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
   if not sign or tonumber(hours) > 23 or tonumber(minutes) > 59 then
      return nil
   end
   return (sign == "-" and -1 or 1) * (tonumber(hours) * 3600 + tonumber(minutes) * 60)
end

-- Seconds of the day, microseconds as six digits, seconds east of UTC.
local function clock_of(clock)
   local hour, minute, rest = clock:match("^(%d%d):(%d%d)(.*)$")
   if not hour then
      return nil
   end
   local second, after = rest:match("^:(%d%d)(.*)$")
   local fraction, zone = (after or rest):match("^%.(%d+)(.*)$")
   local offset = offset_of(zone or after or rest)
   if not offset or fraction and (not second or #fraction > 6) then
      return nil
   end
   hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second or 0)
   if hour > 23 or minute > 59 or second > 59 then
      return nil
   end
   return hour * 3600 + minute * 60 + second, ((fraction or "") .. "000000"):sub(1, 6), offset
end

local function canonical(year, month, day, clock)
   local seconds, microseconds, offset = clock_of(clock)
   if not seconds or not is_date(year, month, day) then
      return nil
   end
   local total = day_number(year, month, day) * 86400 + seconds - offset
   local rest = total % 86400
   year, month, day = date_of((total - rest) / 86400)
   if year < 1 or year > 9999 then
      return nil
   end
   return ("%04d-%02d-%02dT%02d:%02d:%02d.%sZ"):format(year, month, day, math.floor(rest / 3600),
      math.floor(rest / 60) % 60, rest % 60, microseconds)
end

--- The time in the form of mm: "2026-11-16" (its beginning in UTC), "2026-11-16T10:00Z", "2026-11-16 11:00:00.5+01:00",
--- "infinity" and "-infinity". A time of day without a zone is refused: it means something else to everybody.
---@param value string
---@return string|nil time, table|nil err
function time.normalize(value)
   if value == "infinity" or value == "-infinity" then
      return value
   end
   local year, month, day, rest = value:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
   local clock = rest == "" and "00:00Z" or rest and rest:match("^[Tt ](.+)$")
   local result = clock and canonical(tonumber(year), tonumber(month), tonumber(day), clock)
   if not result then
      return errors.fail("invalid", ("'%s' is not a time"):format(text.escape(value)), {
         hint = "times are 2026-11-16, 2026-11-16T10:00Z or 2026-11-16T11:00:00+01:00, of the years 1 to 9999; a time "
            .. "of day needs its zone",
      })
   end
   return result
end

--- Whole seconds since the beginning of the year 1, of a finite time in mm's form.
---@param value string
---@return integer
function time.seconds(value)
   local year, month, day, hour, minute, second = value:match("^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)")
   return day_number(tonumber(year), tonumber(month), tonumber(day)) * 86400 + hour * 3600 + minute * 60 + second
end

--- The time in mm's form at that many seconds since the beginning of the year 1.
---@param seconds integer
---@return string
function time.at(seconds)
   local rest = seconds % 86400
   local year, month, day = date_of((seconds - rest) / 86400)
   return ("%04d-%02d-%02dT%02d:%02d:%02d.000000Z"):format(year, month, day, math.floor(rest / 3600),
      math.floor(rest / 60) % 60, math.floor(rest % 60))
end

return time
