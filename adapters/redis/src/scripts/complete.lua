-- Marks a claim as done. KEYS: the record. ARGV: fence, retention in milliseconds.
-- Answers 1 held, 0 lost, -1 corrupt.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local state = string.sub(record, 1, 1)
if #record ~= 37 or not string.find('CRDF', state, 1, true) then return -1 end
if string.sub(record, 18, 25) ~= ARGV[1] or not (state == 'C' or state == 'D') then return 0 end
redis.call('SET', KEYS[1], 'D' .. string.sub(record, 2), 'PX', ARGV[2])
return 1
