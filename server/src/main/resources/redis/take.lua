#!lua
-- Takes the turn to commit, or asks for it.
-- KEYS[1] what all our keys begin with
-- ARGV    the node, milliseconds that a turn lasts at most
-- Answers whether the node has the turn (1) or not (0), the last commit, the time, and how long the turn of another
-- one may last still; then the generation of the store, if it has one, who made the last commit, the reign, and
-- whether there is doubt (1) that Redis has all.
local ours = KEYS[1]
local node = ARGV[1]
local lasts = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local turn = redis.call('HMGET', ours .. 'turn', 'node', 'until')
local commit, last = string.match(redis.call('GET', ours .. 'commit') or '0', '^(%d+) ?(.*)$')
commit = tonumber(commit)
local reign = redis.call('HMGET', ours .. 'redis', 'reign', 'doubt')
local doubt = reign[2] and 1 or 0
reign = reign[1] or '0'
local generation = redis.call('HGET', ours .. 'S', 'generation') or ''
if turn[1] and turn[1] ~= node and tonumber(turn[2]) > now then
  redis.call('ZADD', ours .. 'waiting', 'NX', now, node)
  return {0, commit, now, tonumber(turn[2]) - now, generation, last, reign, doubt}
end
if turn[1] ~= node or tonumber(turn[2]) <= now then -- a turn does not last longer for being asked for again
  redis.call('HSET', ours .. 'turn', 'node', node, 'until', string.format('%.0f', now + lasts))
end
redis.call('ZREM', ours .. 'waiting', node)
return {1, commit, now, 0, generation, last, reign, doubt}
