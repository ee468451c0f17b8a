-- Carries out verbs, in their order. KEYS: the record of each. ARGV: groups of verbs that are alike. A group is the verb, how many
-- there are, their lease in microseconds and their retention in milliseconds; then a word for each: the fingerprint of a claim ('C'),
-- the fence of a renewal ('N'), of a completion ('D') or of a release ('R').
--
-- Answers each. A claim: the fence of a new record; {fence, attempt} of an old one; {microseconds left} in flight; -2 done; -3 conflict.
-- The others: 1 held, 0 lost. Any: -1 corrupt, -4 out of memory.
--
-- What a script costs is the commands that it calls: one for the claim of a new event, two for a completion.
local pcall, sub, pack = redis.pcall, string.sub, struct.pack

-- What is wrong with one record is the answer to its verb. Anything else is wrong with the server, and is the answer to all.
local failure
local function trouble(failed)
  if string.find(failed.err, 'WRONGTYPE', 1, true) then return -1 end
  if string.find(failed.err, 'OOM', 1, true) then return -4 end
  failure = failed
end

local function claim(key, print, new, now, lease, keep)
  -- Most events are new. A full server refuses this and is asked for the record all the same: a duplicate needs no room.
  local made = pcall('SET', key, 'C' .. print .. new, 'PX', keep, 'NX')
  if made and made.ok then return now end
  local record = pcall('GET', key)
  if not record then return trouble(made) end
  if record.err then return trouble(record) end
  if #record ~= 37 then return -1 end
  local state, known, newest, attempts, till = struct.unpack('>c1c16I8I4I8', record)
  local attempt = 1
  if state == 'C' or state == 'R' or state == 'D' then
    if known ~= print then return -3 end
    if state == 'D' then return -2 end
    if state == 'C' and till > now then return {till - now} end
    attempt = math.min(attempts + 1, 4294967295)
  elseif state ~= 'F' then
    return -1
  end
  local fence = math.max(now, newest + 1)
  local taken = pcall('SET', key, 'C' .. print .. pack('>I8I4I8', fence, attempt, now + lease), 'PX', keep)
  if taken.err then return trouble(taken) end
  return {fence, attempt}
end

local function settle(key, fence, verb, now, lease, keep)
  local record = pcall('GET', key)
  if not record then return 0 end
  if record.err then return trouble(record) end
  local state = sub(record, 1, 1)
  if #record ~= 37 or not (state == 'C' or state == 'D' or state == 'R' or state == 'F') then return -1 end
  if not (state == 'C' or state == verb) or sub(record, 18, 25) ~= fence then return 0 end
  local done
  if verb == 'D' then
    done = pcall('SET', key, 'D' .. sub(record, 2), 'PX', keep)
    if done.ok then return 1 end
  elseif verb == 'R' then
    done = pcall('SETRANGE', key, 0, 'R')
  else
    done = pcall('SETRANGE', key, 29, pack('>I8', now + lease))
    local left = pcall('PTTL', key)
    if left >= 0 and left < tonumber(keep) then done = pcall('PEXPIRE', key, keep) end
  end
  if type(done) == 'table' and done.err then return trouble(done) end
  return 1
end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local keys, words, answers, group, done = KEYS, ARGV, {}, 1, 0
while done < #keys do
  local verb, count, lease, keep = words[group], tonumber(words[group + 1]), tonumber(words[group + 2]), words[group + 3]
  local new = pack('>I8I4I8', now, 1, now + lease)
  for at = 1, count do
    local key, word, answer = keys[done + at], words[group + 3 + at]
    if verb == 'C' then
      answer = claim(key, word, new, now, lease, keep)
    else
      answer = settle(key, word, verb, now, lease, keep)
    end
    if failure then return failure end
    answers[done + at] = answer
  end
  done, group = done + count, group + 4 + count
end
return answers
