-- SHA-256 in nginx, which is linked with OpenSSL.
local ffi = require("ffi")

ffi.cdef[[
unsigned char *SHA256(const unsigned char *data, size_t length, unsigned char *digest);
]]

local sha256 = {}

--- The 32 bytes.
---@param text string
---@return string
function sha256.binary(text)
   local digest = ffi.new("unsigned char[32]")
   ffi.C.SHA256(text, #text, digest)
   return ffi.string(digest, 32)
end

--- In lower-case hex.
---@param text string
---@return string
function sha256.hex(text)
   return (sha256.binary(text):gsub(".", function(byte)
      return ("%02x"):format(byte:byte())
   end))
end

return sha256
