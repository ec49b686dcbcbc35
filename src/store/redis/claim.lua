-- KEYS: the id and, where it is claimed too, the content. ARGV: token, the tag of each, lease.
-- Replies: the number of the attempt that was won; {milliseconds left} while it runs; the record where
-- it is done; {0, record} where its content is done under another id.
local id, content = KEYS[1], KEYS[2]
local token, tag, owner, lease = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

-- The milliseconds that are left of the lease of a running event; none where it lapsed.
local function left(key)
  return math.max(redis.call('PTTL', key) - LINGER, 0)
end

local attempts, forgotten = 0, false
local known = redis.call('GET', id)
if known then
  local letter, _, its, attempt, was_forgotten = read(known)
  if letter == '1' then return known end
  if letter == 'R' then
    -- Sent twice by a connection that lost the first reply.
    if its == token then return attempt end
    local ms = left(id)
    if ms > 0 then return { ms } end
  end
  attempts, forgotten = attempt, was_forgotten
end
if content then
  local other = redis.call('GET', content)
  if other then
    local letter, its_tag = read(other)
    -- An id that was forgotten may run again with the content that it had. No other may: ids of one tag can be
    -- made up.
    if not (forgotten and its_tag == owner) then
      if letter == '1' then return { 0, other } end
      local ms = letter == 'R' and left(content) or 0
      if ms > 0 then return { ms } end
    end
  end
  redis.call('SET', content, 'R' .. owner .. ':' .. token .. ':1', 'PX', lease + LINGER)
end
redis.call('SET', id, (forgotten and 'Q' or 'R') .. tag .. ':' .. token .. ':' .. (attempts + 1), 'PX', lease + LINGER)
return attempts + 1
