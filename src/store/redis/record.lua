-- How long the number of attempts of an event that is not done is kept, beyond any lease.
local LINGER = 86400000

-- A token stands from the 13th to the 44th character of a running record; no other is that long.

-- What a record says: its letter, its tag, and for a running event the token and the attempt, for a
-- done one the status; of a free one the mark in place of the tag; last, whether it was forgotten. Stops the
-- script where somebody else wrote the record.
local function read(record)
  local letter = string.sub(record, 1, 1)
  if letter == 'R' or letter == 'Q' then
    local tag, token, attempt = string.match(record, '^.(%d%d%d%d%d%d%d%d%d%d):(' .. string.rep('%x', 32) .. '):(%d+)$')
    if tag then return 'R', tag, token, tonumber(attempt), letter == 'Q' end
  elseif letter == '1' then
    local status, tag = string.match(record, '^1(%d%d%d)(%d%d%d%d%d%d%d%d%d%d)%d%d%d%d%d$')
    if tag then return letter, tag, status end
  elseif letter == 'F' or letter == 'G' then
    local attempt, mark = string.match(record, '^.(%d+):(%d%d%d%d%d)$')
    if attempt then return 'F', mark, nil, tonumber(attempt), letter == 'G' end
  end
  error('HOOKGATE: somebody else wrote this record', 0)
end
