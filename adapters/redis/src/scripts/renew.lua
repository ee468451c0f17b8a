-- Has the lease run anew. KEYS: the record. ARGV: fence, lease in microseconds, lease in milliseconds.
-- Answers 1 held, 0 lost, -1 corrupt.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local state = string.sub(record, 1, 1)
if #record ~= 37 or not string.find('CRDF', state, 1, true) then return -1 end
if state ~= 'C' or string.sub(record, 18, 25) ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
redis.call('SETRANGE', KEYS[1], 29, struct.pack('>I8', time[1] * 1000000 + time[2] + ARGV[2]))
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
