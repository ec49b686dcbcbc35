-- KEYS: the id and, where it is claimed too, the content. ARGV: token, retention, the done
-- record of each. Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token = ARGV[1]

local record = redis.call('GET', KEYS[1])
-- Sent twice by a connection that lost the first reply: no other call has its mark.
if record == ARGV[3] then return 1 end
if record and string.sub(record, 13, 44) ~= token then
  read(record)
  return 0
end
local content = KEYS[2] and redis.call('GET', KEYS[2])
if content and string.sub(content, 13, 44) ~= token then
  -- Taken over under another id, and perhaps done under it.
  local letter = read(content)
  if letter == 'R' or letter == '1' then return 0 end
end
if ARGV[2] == '0' then
  redis.call('DEL', unpack(KEYS))
  return 1
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
if KEYS[2] then redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[2]) end
return 1
