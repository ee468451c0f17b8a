-- Looks at a record. KEYS: the record.
-- Answers the record, the milliseconds until it expires, and the time in seconds and microseconds.
local time = redis.call('TIME')
return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]), time[1], time[2]}
