-- KEYS: the id. What is forgotten keeps its number of attempts, unless it was done, and stays for as long as what
-- was known of it.
local known = redis.call('GET', KEYS[1])
if known then
  local _, _, _, attempt = read(known)
  redis.call('SET', KEYS[1], 'G' .. (attempt or 0), 'KEEPTTL')
end
return 1
