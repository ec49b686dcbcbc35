-- KEYS: the id and, where it is claimed too, the content. ARGV: token, tag, owner, lease.
-- Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token, tags, lease = ARGV[1], { ARGV[2], ARGV[3] }, tonumber(ARGV[4])

local known = redis.call('GET', KEYS[1])
if known then
  local letter, _, its = read(known)
  if letter ~= 'R' or its ~= token then return 0 end
end
for place, key in ipairs(KEYS) do
  local record = redis.call('GET', key)
  if not record then
    redis.call('SET', key, 'R' .. tags[place] .. ':' .. token .. ':1', 'PX', lease + LINGER)
  else
    local letter, _, its = read(record)
    if letter == 'R' and its == token then redis.call('PEXPIRE', key, lease + LINGER) end
  end
end
return 1
