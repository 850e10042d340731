-- Finds out whether another Redis answers than the one that kept the last commits: then the next reign begins. Unless
-- it is proven that it has all that was confirmed there, there is doubt, and nothing is kept until that is told.
--
-- What followed it has all if whoever asks has seen that all replicas had. The same one, started again, has all if it is
-- noted that it synced all it answered, and if it has read what it synced.
local function succession(ours, witness)
  local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  local known = redis.call('HMGET', ours .. 'redis', 'run', 'reign', 'replid', 'synced')
  if known[1] == run then
    return run
  end
  local replication = redis.call('INFO', 'replication')
  local followed = string.match(replication, 'master_replid2:(%w+)')
  local proven = not known[1]
  if known[1] and followed == known[3] then
    proven = witness == '1'
  elseif known[1] and not string.find(followed, '[^0]') then
    proven = known[4] == '1' and string.find(redis.call('INFO', 'persistence'), 'aof_enabled:1', 1, true)
  end
  redis.call('HSET', ours .. 'redis', 'run', run, 'reign', string.format('%.0f', tonumber(known[2] or '0') + 1),
    'replid', string.match(replication, 'master_replid:(%w+)'), 'synced', '0')
  if not proven then
    redis.call('HSET', ours .. 'redis', 'doubt', '1')
  end
  return run
end
