-- What becomes of rows, each a letter and what it takes: every function gets the place of its first argument in ARGV
-- and answers that of what follows. Stands before what uses it; KEYS[1] is what all our keys begin with.
local steps = {}

-- Puts into a map: space, field, value.
function steps.p(at)
  redis.call('HSET', KEYS[1] .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  return at + 3
end

-- Puts into a map whose fields are walked in order: space, field, value.
function steps.P(at)
  redis.call('HSET', KEYS[1] .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  redis.call('ZADD', KEYS[1] .. ARGV[at] .. ':order', 0, ARGV[at + 1])
  return at + 3
end

-- Deletes from a map: space, field.
function steps.d(at)
  redis.call('HDEL', KEYS[1] .. ARGV[at], ARGV[at + 1])
  return at + 2
end

function steps.D(at)
  redis.call('HDEL', KEYS[1] .. ARGV[at], ARGV[at + 1])
  redis.call('ZREM', KEYS[1] .. ARGV[at] .. ':order', ARGV[at + 1])
  return at + 2
end

-- Puts an entry: number of the conversation, seq, row.
function steps.l(at)
  local space = KEYS[1] .. 'L:' .. ARGV[at]
  local seq = tonumber(ARGV[at + 1])
  local length = redis.call('LLEN', space)
  local first = seq
  if length > 0 then
    first = tonumber(redis.call('HGET', KEYS[1] .. 'first', ARGV[at]) or '1')
  elseif seq > 1 then
    redis.call('HSET', KEYS[1] .. 'first', ARGV[at], ARGV[at + 1])
  end
  if seq == first + length then
    redis.call('RPUSH', space, ARGV[at + 2])
  else
    redis.call('LSET', space, string.format('%.0f', seq - first), ARGV[at + 2])
  end
  return at + 3
end

-- Deletes the oldest entry: number of the conversation, seq.
function steps.L(at)
  local space = KEYS[1] .. 'L:' .. ARGV[at]
  local seq = tonumber(ARGV[at + 1])
  local first = tonumber(redis.call('HGET', KEYS[1] .. 'first', ARGV[at]) or '1')
  if seq == first and redis.call('LPOP', space) then
    redis.call('HSET', KEYS[1] .. 'first', ARGV[at], string.format('%.0f', seq + 1))
  end
  return at + 2
end

-- Deletes a whole space: space.
function steps.x(at)
  redis.call('UNLINK', KEYS[1] .. ARGV[at], KEYS[1] .. ARGV[at] .. ':order')
  return at + 1
end

-- Notes a window of marks: its name.
function steps.w(at)
  redis.call('SADD', KEYS[1] .. 'windows', ARGV[at])
  return at + 1
end

-- Deletes windows of marks that began before: a second.
function steps.W(at)
  for _, window in ipairs(redis.call('SMEMBERS', KEYS[1] .. 'windows')) do
    if tonumber(window) < tonumber(ARGV[at]) then
      redis.call('UNLINK', KEYS[1] .. 'D:' .. window)
      redis.call('SREM', KEYS[1] .. 'windows', window)
    end
  end
  return at + 1
end
