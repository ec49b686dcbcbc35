-- KEYS: the id and, where it is claimed too, the content. ARGV: token, retention, the done
-- record of each. Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token = ARGV[1]

local record = redis.call('GET', KEYS[1])
if record and string.sub(record, 13, 44) ~= token then
  read(record)
  return 0
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
if KEYS[2] then
  local content = redis.call('GET', KEYS[2])
  if not content or string.sub(content, 13, 44) == token then
    redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[2])
  else
    -- Another rendering of the event that is done, or somebody else's claim: it stays.
    read(content)
  end
end
return 1
