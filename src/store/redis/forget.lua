-- KEYS: the id. The attempts of what is forgotten count anew. It stays for as long as what was known of it.
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('SET', KEYS[1], 'G0', 'KEEPTTL')
end
return 1
