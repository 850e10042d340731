#!lua
-- Renews the lease of a node, and takes the users of those off whose lease has run out.
-- KEYS[1] what all our keys begin with
-- ARGV    the node, milliseconds that the lease lasts, messages that the stream keeps, 1 to give the lease back
-- Answers whether the node had its lease still (1) or not (0), and the last messages of both streams.
local ours = KEYS[1]
local node = ARGV[1]

local function gone(who)
  redis.call('UNLINK', ours .. 'on:' .. who)
  redis.call('SREM', ours .. 'nodes', who)
  local number = string.format('%.0f', redis.call('INCR', ours .. 'told:last'))
  redis.call('XADD', ours .. 'told', 'MAXLEN', '~', ARGV[3], number .. '-0', 'o', who, 'k', 'gone', 'a', '', 'b', '')
end

local had = redis.call('EXISTS', ours .. 'lease:' .. node)
for _, other in ipairs(redis.call('SMEMBERS', ours .. 'nodes')) do
  if redis.call('EXISTS', ours .. 'lease:' .. other) == 0 then
    gone(other)
  end
end
if ARGV[4] == '1' then
  redis.call('DEL', ours .. 'lease:' .. node)
  if had == 1 then
    gone(node)
  end
else
  redis.call('SADD', ours .. 'nodes', node)
  redis.call('SET', ours .. 'lease:' .. node, '1', 'PX', ARGV[2])
end
local told = redis.call('GET', ours .. 'told:last') or '0'
local passing = redis.call('GET', ours .. 'passing:last') or '0'
return {had, tonumber(told), tonumber(passing)}
