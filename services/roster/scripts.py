"""The writes that have to be all or nothing, as Lua (Redis runs a script without anything in between)."""

# KEYS: meeting, live, chat, active, pending, attendance outbox, audit outbox, polls, and for each attended entry the
# set of its account.
# ARGV: expected sequence, new sequence, definition ("" = as it was), time of change, seats taken, meeting id,
# expiry in s, chat lines kept, then seven lists, each with its length in front: members (id, record), forgotten ids,
# chat lines, attendance entries, audit entries, polls (id, record), attended entries (entry, time).
# Where lists of meetings change, the keys go on with past, due and three pairs of upcoming and passed (owner, unit,
# everybody), and the arguments with: when it is due (0: never), over for good (1 or ""), begun anew (1 or ""), and a
# list of what is over (its field in past, record, index entry).
# Answers 1 (done), 0 (somebody else was first) or -1 (no such meeting).
COMMIT = """
local sequence = redis.call('HGET', KEYS[1], 's')
if not sequence then return -1 end
if sequence ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 's', ARGV[2], 't', ARGV[4], 'n', ARGV[5])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'd', ARGV[3]) end
redis.call('HSET', KEYS[4], ARGV[6], ARGV[2])
local at = 9
local function list(width, write)
  local count = tonumber(ARGV[at])
  at = at + 1
  for i = 1, count do
    write(ARGV[at], ARGV[at + 1])
    at = at + width
  end
  return count
end
list(2, function(id, record) redis.call('HSET', KEYS[2], id, record) end)
list(1, function(id) redis.call('HDEL', KEYS[2], id) end)
if list(1, function(line) redis.call('RPUSH', KEYS[3], line) end) > 0 then
  redis.call('LTRIM', KEYS[3], -tonumber(ARGV[8]), -1)
end
if list(1, function(entry) redis.call('RPUSH', KEYS[6], entry) end) > 0 then
  redis.call('SADD', KEYS[5], ARGV[6])
end
if list(1, function(entry) redis.call('RPUSH', KEYS[7], entry) end) > 0 then
  redis.call('SADD', KEYS[5], 'audit')
end
list(2, function(id, record) redis.call('HSET', KEYS[8], id, record) end)
local person = 9
list(2, function(entry, at_ms)
  redis.call('ZADD', KEYS[person], at_ms, entry)
  person = person + 1
end)
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('EXPIRE', KEYS[3], ARGV[7])
redis.call('EXPIRE', KEYS[8], ARGV[7])
local due, over, anew = ARGV[at], ARGV[at + 1], ARGV[at + 2]
if not due then return 1 end
at = at + 3
local past = #KEYS - 7
if due == '0' then redis.call('ZREM', KEYS[past + 1], ARGV[6]) else redis.call('ZADD', KEYS[past + 1], due, ARGV[6]) end
if anew == '1' then redis.call('DEL', KEYS[3], KEYS[8]) end
if over == '1' then
  for pair = past + 2, past + 6, 2 do redis.call('SREM', KEYS[pair], ARGV[6]) end
end
for i = 1, tonumber(ARGV[at]) do
  local number, record, entry = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  redis.call('HSET', KEYS[past], number, record)
  for pair = past + 3, past + 7, 2 do redis.call('ZADD', KEYS[pair], 0, entry) end
  at = at + 3
end
return 1
"""

# KEYS: meeting, owner, tenants, pending, audit outbox, due, upcoming of owner, unit and everybody.
# ARGV: definition, index entry, tenant, time, audit entry, meeting id, when it is due (0: never).
# Answers 1, or 0 when the id is taken.
CREATE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'd', ARGV[1], 's', '0', 't', ARGV[4], 'n', '0')
redis.call('ZADD', KEYS[2], 0, ARGV[2])
redis.call('SADD', KEYS[3], ARGV[3])
redis.call('RPUSH', KEYS[5], ARGV[5])
redis.call('SADD', KEYS[4], 'audit')
if ARGV[7] ~= '0' then redis.call('ZADD', KEYS[6], ARGV[7], ARGV[6]) end
for i = 7, 9 do redis.call('SADD', KEYS[i], ARGV[6]) end
return 1
"""

# KEYS: due. ARGV: meeting id, when it was due, when it is due now (0: never). Nothing if somebody else was first.
POSTPONE = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '-1') ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '0' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
"""

# KEYS: active. ARGV: meeting id, the sequence that it had when nobody was in it.
RETIRE = """
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
"""

# KEYS: the day's hash, pending, the day's outbox, tenants, the person's hash of days. ARGV: account, what the hash had
# of it ("" = nothing), what it has from now on, the entry of the log, the outbox's name, tenant, expiry in s, the day.
# Answers 1 (done), 0 (somebody else was first) or -1 (the hash does not hold the day, and has to be made from the log).
DECLARE = """
if redis.call('HEXISTS', KEYS[1], 'known') == 0 then return -1 end
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('RPUSH', KEYS[3], ARGV[4])
redis.call('SADD', KEYS[2], ARGV[5])
redis.call('SADD', KEYS[4], ARGV[6])
redis.call('HSET', KEYS[5], ARGV[8], ARGV[3])
return 1
"""

# KEYS: people's hashes of days. ARGV: the day, then what each said on it as the log has it. They only ever say more:
# what is longer is newer, and stays.
LEARN_SPOKEN = """
for i, key in ipairs(KEYS) do
  if #(redis.call('HGET', key, ARGV[1]) or '') < #ARGV[i + 1] then redis.call('HSET', key, ARGV[1], ARGV[i + 1]) end
end
return 1
"""

# KEYS: the day's hash. ARGV: expiry in s, then account and record of all that the log has. What is newer stays.
LEARN_DAY = """
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'known', '1')
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""

# KEYS: how far the audit log is in the lists, then lists of people's records. ARGV: what the first has ("" = nothing),
# what it has from now on ("" = nothing, and the lists are deleted), then for each list what it gets, parted by blanks.
# Answers 1 (done) or 0 (another replica was first).
LEARN_AUDITED = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  for _, key in ipairs(KEYS) do redis.call('DEL', key) end
  return 1
end
for i = 2, #KEYS do
  for sequence in string.gmatch(ARGV[i + 1], '%d+') do redis.call('RPUSH', KEYS[i], sequence) end
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""

# How many entries of a list, whose numbers grow, lie below one.
_BELOW = """
local function below(key, number)
  local low, high = 0, redis.call('LLEN', key)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) < number then low = middle + 1 else high = middle end
  end
  return low
end
"""

# KEYS: a list of a person's records. ARGV: a sequence (0: none), a number. Answers the last so many before it.
PAGE_AUDITED = (
    _BELOW
    + """
local before = tonumber(ARGV[1])
local stop = before > 0 and below(KEYS[1], before) or redis.call('LLEN', KEYS[1])
if stop == 0 then return {} end
return redis.call('LRANGE', KEYS[1], math.max(0, stop - tonumber(ARGV[2])), stop - 1)
"""
)

# KEYS: a list of a person's records. ARGV: the first sequence that is kept.
FORGET_AUDITED = (
    _BELOW
    + """
local gone = below(KEYS[1], tonumber(ARGV[1]))
if gone > 0 then redis.call('LTRIM', KEYS[1], gone, -1) end
return gone
"""
)
