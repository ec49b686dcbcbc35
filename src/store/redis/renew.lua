-- KEYS: the id and, where it is claimed too, the content. ARGV: token, lease, the running
-- record of each. Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token, lease = ARGV[1], tonumber(ARGV[2])

local known = redis.call('GET', KEYS[1])
if known and select(3, read(known)) ~= token then return 0 end
local content = KEYS[2] and redis.call('GET', KEYS[2])
if content then
  -- Taken over under another id, and perhaps done under it.
  local letter, tag, its = read(content)
  if letter == 'R' and its ~= token or letter == '1' and tag ~= string.sub(ARGV[4], 2, 11) then return 0 end
end
for place, key in ipairs(KEYS) do
  local record = redis.call('GET', key)
  local letter, _, its
  if record then letter, _, its = read(record) end
  -- A content that is free was taken over and let go.
  if not record or letter == 'F' or letter == 'G' then
    redis.call('SET', key, ARGV[2 + place], 'PX', lease + LINGER)
  elseif its == token then
    redis.call('PEXPIRE', key, lease + LINGER)
  end
end
return 1
