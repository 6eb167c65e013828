-- Prelude of all scripts that touch boards; `now.lua` stands before it. A board is a hash:
--
--   version     rises with every change that viewers can see
--   ledger      the newest version of the board in the ledger that the store knows, if it knows one
--   due         never later than the first deadline on the board; absent while there is none
--   v:VISITOR   the record of a visitor. Without a hold it is
--                 SEQ FORGOTTEN_AT
--               and with a hold it is
--                 SEQ EXPIRES_AT HOLD_SEQ CREATED CLAIM DAYS SLOT
--
-- SEQ is the number of the visitor's newest request. HOLD_SEQ is that of the request that made the
-- hold.
-- DAYS are the days of all boards that the hold is on. Times are whole microseconds. SLOT begins
-- with its guarded time.
--
-- A script loads its boards into tables, changes the tables, and saves them at its end. So it has
-- looked at everything before it writes anything. The boards of one resource share a hash tag, and
-- so they are in one cluster slot. Therefore a script can also load the other board of a hold that
-- crosses midnight, even if KEYS does not name that board.

local NOW = now()
local loaded = {}

-- Return the number as text. A double is exact for these numbers, but Lua would print 1.7e+15.
local function whole(number)
  return string.format('%.0f', number)
end

-- Return the text as a number, or nil. Redis gives false for a field that is absent.
local function number(text)
  return text and tonumber(text) or nil
end

local function parse_record(text)
  local seq, deadline, hold_seq, created, claim, days, slot =
    text:match('^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.+)$')
  if not slot then
    seq, deadline = text:match('^(%S+) (%S+)$')
    return {text = text, seq = tonumber(seq), deadline = tonumber(deadline)}
  end
  return {
    text = text,
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

local function render_record(record)
  local text = whole(record.seq) .. ' ' .. whole(record.deadline)
  local hold = record.hold
  if hold then
    text = table.concat(
      {text, whole(hold.seq), whole(hold.created), hold.claim, hold.days, hold.slot}, ' ')
  end
  return text
end

-- Load a board as it is stored. What has expired is still in it.
local function load_board(key)
  if not loaded[key] then
    local known = redis.call('HMGET', key, 'version', 'ledger', 'due')
    local stored = {
      version = number(known[1]) or 0,
      ledger = number(known[2]),
      due = number(known[3]),
    }
    loaded[key] = {
      key = key,
      stored = stored,
      version = stored.version,
      ledger = stored.ledger,
      due = stored.due,
      records = {},
      has_all_records = false,
      touched = {},
      changed = false,
    }
  end
  return loaded[key]
end

-- Return one visitor's record, or nil. This reads only one field of the hash.
local function find_record(board, visitor)
  if not board.records[visitor] and not board.has_all_records then
    local text = redis.call('HGET', board.key, 'v:' .. visitor)
    board.records[visitor] = text and parse_record(text) or nil
  end
  return board.records[visitor]
end

-- Return all records by visitor.
local function all_records(board)
  if not board.has_all_records then
    local fields = redis.call('HGETALL', board.key)
    for i = 1, #fields, 2 do
      local visitor = fields[i]:sub(3)
      if fields[i]:sub(1, 2) == 'v:' and not board.records[visitor] then
        board.records[visitor] = parse_record(fields[i + 1])
      end
    end
    board.has_all_records = true
  end
  return board.records
end

local function put_record(board, visitor, record)
  board.records[visitor] = record
  board.touched[visitor] = true
  board.due = math.min(board.due or record.deadline, record.deadline)
end

local function drop_record(board, visitor)
  board.records[visitor] = nil
  board.touched[visitor] = true
end

-- Load a board, and remove from it what has expired.
local function load_current(key)
  local board = load_board(key)
  if not board.due or board.due > NOW then
    return board
  end
  board.due = nil
  for visitor, record in pairs(all_records(board)) do
    if record.hold and record.deadline <= NOW then
      record.hold = nil
      record.deadline = record.deadline + RECORD
      board.touched[visitor] = true
      board.changed = true
    end
    if not record.hold and record.deadline <= NOW then
      drop_record(board, visitor)
    else
      board.due = math.min(board.due or record.deadline, record.deadline)
    end
  end
  return board
end

-- Make space for one more record: a board has at most MAX_RECORDS. If the board is full, drop the
-- record without a hold that would be forgotten first. Returns false if all records have a hold.
local function make_space(board)
  local count, first = 0, nil
  for visitor, record in pairs(all_records(board)) do
    count = count + 1
    if not record.hold and (not first or record.deadline < board.records[first].deadline) then
      first = visitor
    end
  end
  if count >= MAX_RECORDS and first then
    drop_record(board, first)
  end
  return count < MAX_RECORDS or first ~= nil
end

-- Remember the number of a visitor's request. Without a hold, the record is kept for RECORD from
-- now. Returns the record, or nil if the board is full.
local function note_seq(board, visitor, seq)
  local record = find_record(board, visitor)
  if not record then
    if not make_space(board) then
      return nil
    end
    record = {seq = seq}
  end
  record.seq = math.max(record.seq, seq)
  if not record.hold then
    record.deadline = NOW + RECORD
  end
  put_record(board, visitor, record)
  return record
end

-- End the visitor's hold on this board only.
local function end_hold_here(board, visitor)
  local record = board.records[visitor]
  record.hold = nil
  record.deadline = NOW + RECORD
  put_record(board, visitor, record)
  board.changed = true
end

-- End the hold that the visitor has on this board, on all boards of that hold.
local function end_hold_everywhere(board, visitor)
  local hold = board.records[visitor].hold
  local siblings = board.key:match('^(.*}:)')
  for day in hold.days:gmatch('[^,]+') do
    local other = load_board(siblings .. day)
    local record = find_record(other, visitor)
    if record and record.hold and record.hold.claim == hold.claim then
      end_hold_here(other, visitor)
    end
  end
end

-- Announce the board's new version (the hint).
local function publish(board)
  local resource, day = board.key:match('{r:(.-)}:(.*)$')
  redis.call('PUBLISH', CHANNEL, resource .. ':' .. day .. ':' .. whole(board.version))
end

-- Write the loaded boards. A change that viewers can see raises the version and is announced. The
-- records of a board are few enough for one HSET.
local function save_boards()
  for _, board in pairs(loaded) do
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
      stage('v:' .. visitor, record and render_record(record))
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
      redis.call('EXPIRE', board.key, KEY_TTL)
    end
    if board.changed then
      publish(board)
    end
  end
end

-- Return a saved board for the reply: the time, the board's version, the newest version of the
-- board in the ledger that the store knows (or false), and each visitor with their record.
local function snapshot(key)
  local board = load_board(key)
  local records = {}
  for visitor, record in pairs(all_records(board)) do
    table.insert(records, visitor)
    table.insert(records, board.touched[visitor] and render_record(record) or record.text)
  end
  return {NOW, board.version, board.ledger or false, records}
end

-- Return the snapshots of the first `count` KEYS, which are boards.
local function snapshots(count)
  local shown = {}
  for i = 1, count do
    shown[i] = snapshot(KEYS[i])
  end
  return shown
end
