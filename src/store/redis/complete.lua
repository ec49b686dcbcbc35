-- KEYS: the id and, where it is claimed too, the content. ARGV: token, tag, owner, status, retention.
-- Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token, tags, status, retention = ARGV[1], { ARGV[2], ARGV[3] }, ARGV[4], ARGV[5]

for place, key in ipairs(KEYS) do
  local record = redis.call('GET', key)
  local ours = true
  if record then
    local letter, _, its = read(record)
    ours = letter == 'R' and its == token
  end
  if ours then
    redis.call('SET', key, '1' .. status .. tags[place], 'PX', retention)
  elseif place == 1 then
    return 0
  end
end
return 1
