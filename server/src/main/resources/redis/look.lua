#!lua
-- Looks at what there is, and notes how safely it is kept.
-- KEYS[1] what all our keys begin with
-- ARGV    the Redis that was looked at, whether it had synced all that it answered (1), had not (0), or may have
--         (nothing), and whether the node has seen that all replicas had all
-- Answers as take.lua does to who has not got the turn, then whether this is the Redis that was looked at (1) or not (0).
local ours = KEYS[1]
local time = redis.call('TIME')
local same = succession(ours, ARGV[3]) == ARGV[1]
if same and ARGV[2] ~= '' and redis.call('HGET', ours .. 'redis', 'synced') ~= ARGV[2] then
  redis.call('HSET', ours .. 'redis', 'synced', ARGV[2])
end
local commit, last = string.match(redis.call('GET', ours .. 'commit') or '0', '^(%d+) ?(.*)$')
local reign = redis.call('HMGET', ours .. 'redis', 'reign', 'doubt')
return {0, tonumber(commit), time[1] * 1000 + math.floor(time[2] / 1000), 0,
  redis.call('HGET', ours .. 'S', 'generation') or '', last, reign[1] or '0', reign[2] and 1 or 0,
  same and 1 or 0}
