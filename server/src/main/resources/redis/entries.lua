#!lua flags=no-writes
-- Reads entries in order, from one conversation or across several.
-- KEYS[1] what all our keys begin with
-- ARGV    number and seq to begin with (included), number and seq to end before, 1 backwards from the end or 0 forwards,
--         entries at most
-- Answers number, seq and row of each, then the number at which to go on, or 0 at the end.
local ours = KEYS[1]
local fromNumber, fromSeq = tonumber(ARGV[1]), tonumber(ARGV[2])
local toNumber, toSeq = tonumber(ARGV[3]), tonumber(ARGV[4])
local backwards = ARGV[5] == '1'
local most = tonumber(ARGV[6])
local found = {}
local looked = 0
local number = backwards and toNumber or fromNumber
while number >= fromNumber and number <= toNumber and #found < 3 * most and looked < 1000 do
  local named = string.format('%.0f', number)
  local space = ours .. 'L:' .. named
  local length = redis.call('LLEN', space)
  looked = looked + 1
  if length > 0 then
    local first = tonumber(redis.call('HGET', ours .. 'first', named) or '1')
    local low, high = first, first + length - 1
    if number == fromNumber and fromSeq > low then
      low = fromSeq
    end
    if number == toNumber and toSeq - 1 < high then
      high = toSeq - 1
    end
    local room = most - #found / 3
    if high - low + 1 > room then
      if backwards then
        low = high - room + 1
      else
        high = low + room - 1
      end
    end
    if high >= low then
      local rows = redis.call('LRANGE', space, string.format('%.0f', low - first), string.format('%.0f', high - first))
      for i = 1, #rows do
        local place = backwards and #rows + 1 - i or i
        found[#found + 1] = named
        found[#found + 1] = string.format('%.0f', low + place - 1)
        found[#found + 1] = rows[place]
      end
    end
  end
  number = backwards and number - 1 or number + 1
end
if number < fromNumber or number > toNumber then
  number = 0
end
found[#found + 1] = string.format('%.0f', number)
return found
