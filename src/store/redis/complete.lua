-- KEYS: the id and, where it is claimed too, the content. ARGV: token, retention, the done
-- record of each. Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token = ARGV[1]

local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 13, 44) ~= token then
  read(record)
  return 0
end
local content = KEYS[2]
local known = content and redis.call('GET', content)
if known and string.sub(known, 13, 44) ~= token then
  -- Taken over under another id, whose tag stands where that of this one would in what is written.
  if read(known) == 'R' or string.sub(known, 5, 14) ~= string.sub(ARGV[4], 5, 14) then return 0 end
  -- Another rendering of the event that is done: it stays.
  content = nil
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
if content then redis.call('SET', content, ARGV[4], 'PX', ARGV[2]) end
return 1
