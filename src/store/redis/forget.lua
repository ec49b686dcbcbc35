-- KEYS: the id. What is forgotten keeps its number of attempts, unless it was done.
local known = redis.call('GET', KEYS[1])
if known then
  local _, _, _, attempt = read(known)
  redis.call('SET', KEYS[1], 'F' .. (attempt or 0), 'PX', LINGER)
end
return 1
