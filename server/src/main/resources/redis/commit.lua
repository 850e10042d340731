#!lua
-- Keeps one batch as the next commit, or nothing of it.
-- KEYS[1] what all our keys begin with
-- ARGV    the node, the commit before, the time until which this is good, milliseconds that a turn lasts at most,
--         whether the node has more (1) or not (0), the oldest commit that is still told, what the other nodes are
--         told, the generation it belongs to (empty: whichever); then the steps, each a letter and what it takes
-- Answers what became of it: 1 kept, 0 overtaken by another commit, -1 another node has the turn, -2 too late, -3 the
-- store has gone back or is another one; then the last commit and the time, and whose turn it is now: its own still (1),
-- another node's (2) or nobody's (0).
local ours = KEYS[1]
local node = ARGV[1]
local before = tonumber(ARGV[2])
local lasts = tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local commit = tonumber(redis.call('GET', ours .. 'commit') or '0')
local turn = redis.call('HMGET', ours .. 'turn', 'node', 'until')
if commit < before or (ARGV[8] ~= '' and redis.call('HGET', ours .. 'S', 'generation') ~= ARGV[8]) then
  return {-3, commit, now}
end
if commit > before then
  return {0, commit, now}
end
if turn[1] and turn[1] ~= node and tonumber(turn[2]) > now then
  return {-1, commit, now}
end
if tonumber(ARGV[3]) < now then
  return {-2, commit, now}
end

local steps = {}

-- Puts into a map: space, field, value.
function steps.p(at)
  redis.call('HSET', ours .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  return at + 3
end

-- Puts into a map whose fields are walked in order: space, field, value.
function steps.P(at)
  redis.call('HSET', ours .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  redis.call('ZADD', ours .. ARGV[at] .. ':order', 0, ARGV[at + 1])
  return at + 3
end

-- Deletes from a map: space, field.
function steps.d(at)
  redis.call('HDEL', ours .. ARGV[at], ARGV[at + 1])
  return at + 2
end

function steps.D(at)
  redis.call('HDEL', ours .. ARGV[at], ARGV[at + 1])
  redis.call('ZREM', ours .. ARGV[at] .. ':order', ARGV[at + 1])
  return at + 2
end

-- Puts an entry: number of the conversation, seq, row.
function steps.l(at)
  local space = ours .. 'L:' .. ARGV[at]
  local seq = tonumber(ARGV[at + 1])
  local length = redis.call('LLEN', space)
  local first = seq
  if length > 0 then
    first = tonumber(redis.call('HGET', ours .. 'first', ARGV[at]) or '1')
  elseif seq > 1 then
    redis.call('HSET', ours .. 'first', ARGV[at], ARGV[at + 1])
  end
  if seq == first + length then
    redis.call('RPUSH', space, ARGV[at + 2])
  else
    redis.call('LSET', space, string.format('%.0f', seq - first), ARGV[at + 2])
  end
  return at + 3
end

-- Deletes the oldest entry: number of the conversation, seq.
function steps.L(at)
  local space = ours .. 'L:' .. ARGV[at]
  local seq = tonumber(ARGV[at + 1])
  local first = tonumber(redis.call('HGET', ours .. 'first', ARGV[at]) or '1')
  if seq == first and redis.call('LPOP', space) then
    redis.call('HSET', ours .. 'first', ARGV[at], string.format('%.0f', seq + 1))
  end
  return at + 2
end

-- Deletes a whole space: space.
function steps.x(at)
  redis.call('UNLINK', ours .. ARGV[at], ours .. ARGV[at] .. ':order')
  return at + 1
end

-- Notes a window of marks: its name.
function steps.w(at)
  redis.call('SADD', ours .. 'windows', ARGV[at])
  return at + 1
end

-- Deletes windows of marks that began before: a second.
function steps.W(at)
  for _, window in ipairs(redis.call('SMEMBERS', ours .. 'windows')) do
    if tonumber(window) < tonumber(ARGV[at]) then
      redis.call('UNLINK', ours .. 'D:' .. window)
      redis.call('SREM', ours .. 'windows', window)
    end
  end
  return at + 1
end

local at = 9
while at <= #ARGV do
  at = steps[ARGV[at]](at + 1)
end

commit = before + 1
local number = string.format('%.0f', commit)
redis.call('SET', ours .. 'commit', number)
local next = redis.call('ZPOPMIN', ours .. 'waiting')[1]
if not next and ARGV[5] == '1' then
  next = node
end
if next then
  redis.call('HSET', ours .. 'turn', 'node', next, 'until', string.format('%.0f', now + lasts))
else
  redis.call('DEL', ours .. 'turn')
end
redis.call('XADD', ours .. 'commits', 'MINID', '~', ARGV[6], number .. '-0', 'b', ARGV[7], 'o', node, 'n', next or '',
  'g', redis.call('HGET', ours .. 'S', 'generation') or '')
return {1, commit, now, next == node and 1 or next and 2 or 0}
