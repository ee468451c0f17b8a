-- Claims a key. KEYS: the record. ARGV: fingerprint, lease in microseconds, retention in milliseconds.
-- Answers {1, fence, attempt}, {2, microseconds left}, {3} done, {4} conflict, {5} corrupt.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local till = now + ARGV[2]
-- Most events are new. A full server refuses this and is asked for the record all the same: a duplicate needs no room.
local made = redis.pcall('SET', KEYS[1], struct.pack('>c1c16I8I4I8', 'C', ARGV[1], now, 1, till), 'PX', ARGV[3], 'NX')
if made and made.ok then return {1, now, 1} end
local record = redis.call('GET', KEYS[1])
if not record then return made end
if #record ~= 37 then return {5} end
local state, print, newest, attempts, lease_till = struct.unpack('>c1c16I8I4I8', record)
local attempt = 1
if state == 'C' or state == 'R' or state == 'D' then
  if print ~= ARGV[1] then return {4} end
  if state == 'D' then return {3} end
  if state == 'C' and lease_till > now then return {2, lease_till - now} end
  attempt = math.min(attempts + 1, 4294967295)
elseif state ~= 'F' then
  return {5}
end
local fence = math.max(now, newest + 1)
redis.call('SET', KEYS[1], struct.pack('>c1c16I8I4I8', 'C', ARGV[1], fence, attempt, till), 'PX', ARGV[3])
return {1, fence, attempt}
