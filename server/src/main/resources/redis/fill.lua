#!lua
-- Puts rows into a store that no node may open meanwhile, for a row says that it is being filled.
-- KEYS[1] what all our keys begin with
-- ARGV    first (nothing may be there yet), more, or the number of the last commit: then nothing more follows;
--         then the steps, each a letter and what it takes
-- Answers whether that was done (1) or not (0).
local ours = KEYS[1]
if ARGV[1] == 'first' then
  if redis.call('EXISTS', ours .. 'S', ours .. 'commit') > 0 then
    return {0}
  end
elseif redis.call('HEXISTS', ours .. 'S', 'importing') == 0 then
  return {0}
end
local at = 2
while at <= #ARGV do
  at = steps[ARGV[at]](at + 1) -- steps.lua
end
if ARGV[1] ~= 'first' and ARGV[1] ~= 'more' then
  redis.call('SET', ours .. 'commit', ARGV[1])
end
return {1}
