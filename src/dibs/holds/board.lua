-- What the scripts share. A board is a hash:
--
--   version     rises with every change that viewers can see
--   ledger      the newest ledger version it was told; absent while it was told none
--   due         never later than the first deadline on the board; absent while there is none
--   v:VISITOR   what is known of a visitor, one of
--                 SEQ FORGOTTEN_AT
--                 SEQ EXPIRES_AT HOLD_SEQ CREATED CLAIM DAYS SLOT
--
-- SEQ is the visitor's newest request, HOLD_SEQ the one that made the hold, DAYS are those of all
-- boards the hold is on. Times are whole microseconds; SLOT begins with its guarded time.
--
-- A script loads its boards, changes these tables, and saves them at its end: whatever it refuses,
-- it has looked at everything before it writes anything. The boards of one resource share a hash
-- tag, so the other half of a hold that crosses midnight is at hand even when no key names it.

local NOW = now()
local opened = {}

-- A double holds these numbers exactly, but Lua would print 1.7e+15.
local function whole(number)
  return string.format('%.0f', number)
end

-- Redis gives false for what is absent.
local function number(text)
  return text and tonumber(text) or nil
end

local function parse(text)
  local seq, deadline, hold_seq, created, claim, days, slot =
    text:match('^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.+)$')
  if not slot then
    seq, deadline = text:match('^(%S+) (%S+)$')
    return {seq = tonumber(seq), deadline = tonumber(deadline)}
  end
  return {
    seq = tonumber(seq),
    deadline = tonumber(deadline),
    hold = {
      seq = tonumber(hold_seq),
      created = tonumber(created),
      claim = claim,
      days = days,
      slot = slot,
    },
  }
end

local function render(record)
  local text = whole(record.seq) .. ' ' .. whole(record.deadline)
  local hold = record.hold
  if hold then
    text = table.concat(
      {text, whole(hold.seq), whole(hold.created), hold.claim, hold.days, hold.slot}, ' ')
  end
  return text
end

-- The board as it was stored, with what has expired.
local function open(key)
  if not opened[key] then
    local known = redis.call('HMGET', key, 'version', 'ledger', 'due')
    local stored = {
      version = number(known[1]) or 0,
      ledger = number(known[2]),
      due = number(known[3]),
    }
    opened[key] = {
      key = key,
      stored = stored,
      version = stored.version,
      ledger = stored.ledger,
      due = stored.due,
      records = {},
      complete = false,
      touched = {},
      changed = false,
    }
  end
  return opened[key]
end

-- One visitor's record, or nil.
local function find(board, visitor)
  if not board.records[visitor] and not board.complete then
    local text = redis.call('HGET', board.key, 'v:' .. visitor)
    board.records[visitor] = text and parse(text) or nil
  end
  return board.records[visitor]
end

-- All records by visitor.
local function all(board)
  if not board.complete then
    local fields = redis.call('HGETALL', board.key)
    for i = 1, #fields, 2 do
      local visitor = fields[i]:sub(3)
      if fields[i]:sub(1, 2) == 'v:' and not board.records[visitor] then
        board.records[visitor] = parse(fields[i + 1])
      end
    end
    board.complete = true
  end
  return board.records
end

local function put(board, visitor, record)
  board.records[visitor] = record
  board.touched[visitor] = true
  board.due = math.min(board.due or record.deadline, record.deadline)
end

local function drop(board, visitor)
  board.records[visitor] = nil
  board.touched[visitor] = true
end

-- The board without what has expired.
local function current(key)
  local board = open(key)
  if not board.due or board.due > NOW then
    return board
  end
  board.due = nil
  for visitor, record in pairs(all(board)) do
    if record.hold and record.deadline <= NOW then
      record.hold = nil
      record.deadline = record.deadline + RECORD
      board.touched[visitor] = true
      board.changed = true
    end
    if not record.hold and record.deadline <= NOW then
      drop(board, visitor)
    else
      board.due = math.min(board.due or record.deadline, record.deadline)
    end
  end
  return board
end

-- A board has at most MAX_RECORDS records. The one without a hold that would be forgotten first makes
-- seats; false: all of them hold.
local function make_room(board)
  local count, first = 0, nil
  for visitor, record in pairs(all(board)) do
    count = count + 1
    if not record.hold and (not first or record.deadline < board.records[first].deadline) then
      first = visitor
    end
  end
  if count >= MAX_RECORDS and first then
    drop(board, first)
  end
  return count < MAX_RECORDS or first ~= nil
end

-- A request of the visitor has arrived: it is remembered as long as a hold that ends now. Gives
-- the visitor's record; nil: the board is full.
local function hear(board, visitor, seq)
  local record = find(board, visitor)
  if not record then
    if not make_room(board) then
      return nil
    end
    record = {seq = seq}
  end
  record.seq = math.max(record.seq, seq)
  if not record.hold then
    record.deadline = NOW + RECORD
  end
  put(board, visitor, record)
  return record
end

local function end_here(board, visitor)
  local record = board.records[visitor]
  record.hold = nil
  record.deadline = NOW + RECORD
  put(board, visitor, record)
  board.changed = true
end

-- The visitor's hold on this board ends, on all boards it is on.
local function end_everywhere(board, visitor)
  local hold = board.records[visitor].hold
  local siblings = board.key:match('^(.*}:)')
  for day in hold.days:gmatch('[^,]+') do
    local half = open(siblings .. day)
    local record = find(half, visitor)
    if record and record.hold and record.hold.claim == hold.claim then
      end_here(half, visitor)
    end
  end
end

local function publish(board)
  local resource, day = board.key:match('{r:(.-)}:(.*)$')
  redis.call('PUBLISH', CHANNEL, resource .. ':' .. day .. ':' .. whole(board.version))
end

-- Write what has become of the boards; a change that viewers can see raises the version and is
-- announced. A board holds few enough records for one HSET.
local function save()
  for _, board in pairs(opened) do
    if board.changed then
      board.version = math.max(board.version + 1, NOW)
    end
    local set, gone = {}, {}
    local function stage(field, text)
      if text then
        table.insert(set, field)
        table.insert(set, text)
      else
        table.insert(gone, field)
      end
    end
    for visitor in pairs(board.touched) do
      local record = board.records[visitor]
      stage('v:' .. visitor, record and render(record))
    end
    for _, field in ipairs({'version', 'ledger', 'due'}) do
      if board[field] ~= board.stored[field] then
        stage(field, board[field] and whole(board[field]))
      end
    end
    if #gone > 0 then
      redis.call('HDEL', board.key, unpack(gone))
    end
    if #set > 0 then
      redis.call('HSET', board.key, unpack(set))
      redis.call('EXPIRE', board.key, KEEP)
    end
    if board.changed then
      publish(board)
    end
  end
end
