#!lua
-- Gives the turn back, or to who has waited longest.
-- KEYS[1] what all our keys begin with
-- ARGV    the node
local ours = KEYS[1]
redis.call('ZREM', ours .. 'waiting', ARGV[1])
if redis.call('HGET', ours .. 'turn', 'node') == ARGV[1] then
  redis.call('DEL', ours .. 'turn')
end
return 1
