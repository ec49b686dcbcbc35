-- KEYS: the id and, where it is claimed too, the content. ARGV: token, lease, the running
-- record of each. Replies 1 where the token is the owner's or nothing is known of the event, else 0.
local token, lease = ARGV[1], tonumber(ARGV[2])

local known = redis.call('GET', KEYS[1])
if known and select(3, read(known)) ~= token then return 0 end
local content = KEYS[2] and redis.call('GET', KEYS[2])
local letter, _, its
if content then
  letter, _, its = read(content)
  -- Taken over under another id, and perhaps done under it.
  if letter == 'R' and its ~= token or letter == '1' then return 0 end
end

local function keep(place, is_there)
  if is_there then
    redis.call('PEXPIRE', KEYS[place], lease + LINGER)
  else
    redis.call('SET', KEYS[place], ARGV[2 + place], 'PX', lease + LINGER)
  end
end
keep(1, known)
-- What is free was taken over and let go.
if KEYS[2] then keep(2, its == token) end
return 1
