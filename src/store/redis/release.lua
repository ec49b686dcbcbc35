-- KEYS: the id and, where it is claimed too, the content. ARGV: token.
-- Replies 1 where the token is the owner's, else 0.
local token = ARGV[1]

local known = redis.call('GET', KEYS[1])
if not known then return 0 end
local letter, _, its, attempt = read(known)
if letter ~= 'R' or its ~= token then return 0 end
redis.call('SET', KEYS[1], 'F' .. attempt, 'PX', LINGER)
if KEYS[2] then
  local record = redis.call('GET', KEYS[2])
  if record then
    local its_letter, _, its_token = read(record)
    if its_letter == 'R' and its_token == token then redis.call('DEL', KEYS[2]) end
  end
end
return 1
