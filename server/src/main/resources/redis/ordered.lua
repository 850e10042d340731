#!lua flags=no-writes
-- Reads a map whose fields are kept in order.
-- KEYS[1] what all our keys begin with
-- ARGV    space, from and to as ZRANGEBYLEX takes them, 1 backwards or 0 forwards, fields at most
-- Answers field and value of each.
local space = KEYS[1] .. ARGV[1]
local fields
if ARGV[4] == '1' then
  fields = redis.call('ZREVRANGEBYLEX', space .. ':order', ARGV[3], ARGV[2], 'LIMIT', 0, ARGV[5])
else
  fields = redis.call('ZRANGEBYLEX', space .. ':order', ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[5])
end
local found = {}
for _, field in ipairs(fields) do
  found[#found + 1] = field
  found[#found + 1] = redis.call('HGET', space, field)
end
return found
