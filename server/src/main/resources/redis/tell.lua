#!lua
-- Tells all nodes something, in one order. What says who is on or off is noted, too.
-- KEYS[1] what all our keys begin with
-- ARGV    the node, the stream, messages that it keeps; then the messages, each its kind and two texts
-- Answers whether that was done (1) or the node has no lease (0), and the last message of the stream.
local ours = KEYS[1]
local node = ARGV[1]
local stream = ours .. ARGV[2]
if redis.call('EXISTS', ours .. 'lease:' .. node) == 0 then
  return {0, 0}
end
local number = '0'
for at = 4, #ARGV, 3 do
  local kind, a, b = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if kind == 'on' then
    redis.call('HSET', ours .. 'on:' .. node, a, b)
  elseif kind == 'off' then
    redis.call('HDEL', ours .. 'on:' .. node, a)
  end
  number = string.format('%.0f', redis.call('INCR', stream .. ':last'))
  redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], number .. '-0', 'o', node, 'k', kind, 'a', a, 'b', b)
end
return {1, tonumber(number)}
