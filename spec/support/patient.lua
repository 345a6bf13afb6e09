-- A healthy made-up lake, what spoils it, and what the doctor says to it. Times are long past, whatever the clock says, or
-- far ahead.
--
--   local patient = require("spec.support.patient").new()       with a stage, see stage.lua, of the newest catalog
--   patient.at(5, 30)                          a time
--   patient.row(path, from, to, fields)        a current partition of log_entries between two hours, as stage.lua has it
--   patient.block(hour, minute, events, options)                a source block, as SQL
--   patient.queue({path, expiration}, ...)     rows of the deletion queue, as SQL; false is NULL
--   patient:set(rows, sql)                     the healthy lake, and these
--   patient:findings([lake])                   what the doctor finds
--   patient:only(kind, [lake])                 that one finding, or it raises
--   patient.kinds(findings) -> list of kinds
--   patient.assert_finding({severity, count, message, meaning, hint, example =, time =}, finding)
local assert = require("luassert")
local stage = require("spec.support.stage")

local patient = {}
patient.__index = patient

patient.OLD, patient.NEW = "05", "07" -- of log_entries, before 0.28 and since 0.30
patient.AHEAD = "2999-01-01T00:00:00.000000Z"

function patient.new()
   return setmetatable({stage = stage.new("catalog-v10")}, patient)
end

function patient.at(hour, minute)
   return ("2020-01-01 %02d:%02d+00"):format(hour, minute or 0)
end

function patient.row(path, from, to, fields)
   local row = {path, patient.at(from), patient.at(to), patient.NEW}
   for name, value in pairs(fields or {}) do
      row[name] = value
   end
   return row
end

function patient.block(hour, minute, events, options)
   return stage.block(patient.at(hour, minute), events, options)
end

function patient.queue(...)
   local lines = {}
   for i, each in ipairs({...}) do
      lines[i] = ("insert into temporary_files values (%s, 100, %s);"):format(each[1] and "'" .. each[1] .. "'" or "null",
         each[2] and "'" .. each[2] .. "'" or "null")
   end
   return table.concat(lines, "\n")
end

function patient:set(rows, sql)
   local all = {patient.row("views/a", 0, 1), patient.row(false, 1, 2),
      patient.row("views/b", 2, 3, {view_set = "blocks", [4] = "05"})}
   for _, row in ipairs(rows or {}) do
      all[#all + 1] = row
   end
   self.stage:set(all, "delete from lakehouse_view_set_definitions where view_set_name <> 'log_stats';" .. (sql or ""))
end

function patient:findings(lake)
   return assert((lake or self.stage:open()):doctor())
end

function patient:only(kind, lake)
   local list = self:findings(lake)
   assert.are.same({kind}, {list[1] and list[1].kind, list[2] and list[2].kind})
   return list[1]
end

function patient.kinds(list)
   local words = {}
   for i, each in ipairs(list) do
      words[i] = each.kind
   end
   return words
end

function patient.assert_finding(expected, finding)
   assert.are.same({expected[1], expected[2], expected[3]}, {finding.severity, finding.count, finding.message})
   assert.are.equal(expected[4], finding.meaning)
   assert.are.equal(expected[5], finding.hint)
   assert.are.same({expected.example, expected.time}, {finding.example, finding.time})
end

return patient
