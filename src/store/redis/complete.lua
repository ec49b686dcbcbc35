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
  -- Taken over under another id, and perhaps done under it.
  local letter, tag = read(known)
  if letter == 'R' then return 0 end
  if letter == '1' then
    local _, owner = read(ARGV[4])
    if tag ~= owner then return 0 end
    -- Another rendering of the event that is done: it stays.
    content = nil
  end
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
if content then redis.call('SET', content, ARGV[4], 'PX', ARGV[2]) end
return 1
