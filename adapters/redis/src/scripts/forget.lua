-- Forgets a record but for its fence, which the next claim of the key must exceed. KEYS: the record.
-- Answers 1 when there was one, corrupt ones included, else 0.
local record = redis.pcall('GET', KEYS[1])
if not record then return 0 end
if type(record) == 'table' or #record ~= 37 or not string.find('CRDF', string.sub(record, 1, 1), 1, true) then
  return redis.call('DEL', KEYS[1])
end
if string.sub(record, 1, 1) == 'F' then return 0 end
redis.call('SETRANGE', KEYS[1], 0, 'F')
return 1
