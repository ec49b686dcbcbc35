-- KEYS: the id and, where it is claimed too, the content. ARGV: token, how many attempts were none, mark.
-- Replies 1 where the token is the owner's, else 0.
local token = ARGV[1]

local known = redis.call('GET', KEYS[1])
if not known then return 0 end
local letter, mark, its, attempt, forgotten = read(known)
-- Sent twice by a connection that lost the first reply.
if letter == 'F' and mark == ARGV[3] then return 1 end
if its ~= token then return 0 end
redis.call('SET', KEYS[1], (forgotten and 'G' or 'F') .. (attempt - ARGV[2]) .. ':' .. ARGV[3], 'PX', LINGER)
if KEYS[2] then
  local content = redis.call('GET', KEYS[2])
  if content and select(3, read(content)) == token then redis.call('DEL', KEYS[2]) end
end
return 1
