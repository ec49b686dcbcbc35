-- KEYS: the id. The attempts of what is forgotten count anew. It stays for as long as what was known of it.
local known = redis.call('GET', KEYS[1])
if known then
  read(known)
  redis.call('SET', KEYS[1], 'G0:00000', 'KEEPTTL')
end
return 1
