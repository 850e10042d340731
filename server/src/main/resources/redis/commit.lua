#!lua
-- Keeps one batch as the next commit, or nothing of it.
-- KEYS[1] what all our keys begin with
-- ARGV    the node, the commit before, the time until which this is good, milliseconds that a turn lasts at most,
--         whether the node has more (1) or not (0), the oldest commit that is still told, what the other nodes are
--         told, the generation it belongs to (empty: whichever), who made the commit before, the reign, if this Redis
--         does not know the script yet whether the node has seen that all replicas had all (1) or not (0) and else
--         nothing, whether this tells of a loss (1); then the steps, each a letter and
--         what it takes
-- Answers what became of it: 1 kept, 0 overtaken by another commit, -1 another node has the turn, -2 too late, -3 the
-- store has gone back, is another one, or there is doubt, -4 another reign has begun; then the last commit and the time,
-- and whose turn it is now: its own still (1), another node's (2) or nobody's (0).
local ours = KEYS[1]
local node = ARGV[1]
local before = tonumber(ARGV[2])
local lasts = tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[11] ~= '' then
  succession(ours, ARGV[11])
end
local commit, last = string.match(redis.call('GET', ours .. 'commit') or '0', '^(%d+) ?(.*)$')
commit = tonumber(commit)
local reign = redis.call('HMGET', ours .. 'redis', 'reign', 'doubt')
local turn = redis.call('HMGET', ours .. 'turn', 'node', 'until')
if commit < before or (ARGV[8] ~= '' and redis.call('HGET', ours .. 'S', 'generation') ~= ARGV[8]) then
  return {-3, commit, now}
end
if commit > before then
  return {0, commit, now}
end
if last ~= ARGV[9] or (reign[2] and ARGV[12] ~= '1') then
  return {-3, commit, now}
end
if reign[1] ~= ARGV[10] then
  return {-4, commit, now}
end
if turn[1] and turn[1] ~= node and tonumber(turn[2]) > now then
  return {-1, commit, now}
end
if tonumber(ARGV[3]) < now then
  return {-2, commit, now}
end

local at = 13
while at <= #ARGV do
  at = steps[ARGV[at]](at + 1) -- steps.lua
end

commit = before + 1
local number = string.format('%.0f', commit)
redis.call('SET', ours .. 'commit', number .. ' ' .. node)
if reign[2] then
  redis.call('HDEL', ours .. 'redis', 'doubt')
end
local next = redis.call('ZPOPMIN', ours .. 'waiting')[1]
if not next and ARGV[5] == '1' then
  next = node
end
if next then
  redis.call('HSET', ours .. 'turn', 'node', next, 'until', string.format('%.0f', now + lasts))
else
  redis.call('DEL', ours .. 'turn')
end
redis.call('XADD', ours .. 'commits', 'MINID', '~', ARGV[6], number .. '-0', 'b', ARGV[7], 'o', node, 'p', last,
  'n', next or '', 'g', redis.call('HGET', ours .. 'S', 'generation') or '')
return {1, commit, now, next == node and 1 or next and 2 or 0}
