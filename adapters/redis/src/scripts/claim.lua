-- Claims a key. KEYS: the record. ARGV: fingerprint, lease in microseconds, retention in milliseconds.
-- Answers {1, fence, attempt}, {2, microseconds left}, {3} done, {4} conflict, {5} corrupt.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local record = redis.call('GET', KEYS[1])
local fence, attempt = now, 1
if record then
  if #record ~= 37 then return {5} end
  local state, print, newest, attempts, till = struct.unpack('>c1c16I8I4I8', record)
  if state == 'C' or state == 'R' or state == 'D' then
    if print ~= ARGV[1] then return {4} end
    if state == 'D' then return {3} end
    if state == 'C' and till > now then return {2, till - now} end
    attempt = math.min(attempts + 1, 4294967295)
  elseif state ~= 'F' then
    return {5}
  end
  fence = math.max(now, newest + 1)
end
redis.call('SET', KEYS[1], struct.pack('>c1c16I8I4I8', 'C', ARGV[1], fence, attempt, now + ARGV[2]), 'PX', ARGV[3])
return {1, fence, attempt}
