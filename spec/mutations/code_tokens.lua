-- The tokens of a file in Lua or C, without comments and preprocessor lines.
--
--   code_tokens.read(text, is_c) -> {{text=, from=, to=, depth=}...}
--      depth: how many parentheses, brackets and braces are around it; what opens or closes them is outside
local code_tokens = {}

local WORD, NUMBER, STRING = "^[%a_][%w_.:]*", "^%d[%w.]*", '^"[^"\n]*"'
local PATTERNS = {
   lua = {WORD, NUMBER, STRING, "^[<>=~]=", "^%.%.", "^:[%a_][%w_]*"},
   c = {"^[%a_][%w_.]*", NUMBER, '^"[^"\\\n]*"', '^"\\."[^"\n]*"', "^'[^'\n]*'", "^[<>=!]=", "^&&", "^||", "^%->",
      "^[+-]=", "^[+][+]", "^[-][-]"},
}
local SKIPPED = {lua = {"^%-%-[^\n]*", "^%s+"}, c = {"^/%*.-%*/", "^#[^\n]*", "^%s+"}}
local OPENS, CLOSES = {["("] = true, ["["] = true, ["{"] = true}, {[")"] = true, ["]"] = true, ["}"] = true}

local function longest(text, at, patterns)
   local best
   for _, pattern in ipairs(patterns) do
      local _, last = text:find(pattern, at)
      best = last and last > (best or 0) and last or best
   end
   return best
end

function code_tokens.read(text, is_c)
   local language, list, at, depth = is_c and "c" or "lua", {}, 1, 0
   while at <= #text do
      local skipped = longest(text, at, SKIPPED[language])
      if skipped then
         at = skipped + 1
      else
         local last = longest(text, at, PATTERNS[language]) or at
         local token = {text = text:sub(at, last), from = at, to = last}
         depth = depth - (CLOSES[token.text] and 1 or 0)
         token.depth, list[#list + 1], at = depth, token, last + 1
         depth = depth + (OPENS[token.text] and 1 or 0)
      end
   end
   return list
end

return code_tokens
