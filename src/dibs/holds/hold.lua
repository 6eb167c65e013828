-- hold: take a hold, move the visitor's hold to this slot, or prolong it.
--
-- KEYS are the boards. If the hold is also written into the book of claims, the visitor's book and
-- the counters come after them. ARGV: the arguments of `make_request`, the visitor's seq, 1 if only
-- a visitor without a record is granted the hold, the number of boards, and the versions of the
-- boards in the ledger that the caller has seen. For a claim, its service, resource, from, to,
-- address, its name in the counters, and the limit of each counter come after them. Needs the
-- preludes `board.lua`, `claim.lua` and `claims.lua`.
local request = make_request(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
local only_if_unknown, boards_count = ARGV[8] == '1', tonumber(ARGV[9])
local FIRST_LEDGER_VERSION = 10
local book, first_counter = KEYS[boards_count + 1], boards_count + 2
local first_of_claim = FIRST_LEDGER_VERSION + boards_count
request.seq = tonumber(ARGV[7]) or NOW
request.max_lifetime = MAX_HOLD

local claim = {
  service = ARGV[first_of_claim],
  resource = ARGV[first_of_claim + 1],
  from = ARGV[first_of_claim + 2],
  to = ARGV[first_of_claim + 3],
  address = ARGV[first_of_claim + 4],
  member = ARGV[first_of_claim + 5],
  kind = 'hold',
}
local near, left, former = {}, 0, false

-- If a counter or the book refuses the claim, return why, how long the visitor must wait, and the
-- number of the counter (0 for the book). Otherwise return nil.
local function refuse_claim()
  for i = first_counter, #KEYS do
    local counter = i - first_counter + 1
    local _, wait = look_at_counter(KEYS[i], claim.member, tonumber(ARGV[first_of_claim + 5 + counter]))
    if wait then
      return 'FULL', wait, counter
    end
  end
  local wait
  near, left, wait = look_at_book(book, claim)
  if left <= 0 then
    return 'KEPT', wait, 0
  end
  request.ttl = math.min(request.ttl, left)
  return nil
end

local function write_down()
  local ends_at = NOW + request.ttl
  former = write_claim(book, claim, near, ends_at)
  for i = first_counter, #KEYS do
    count_claim(KEYS[i], claim.member, ends_at)
  end
end

local function answer()
  local boards, known, newest, stale = {}, false, 0, false
  for i = 1, boards_count do
    local board = load_current(KEYS[i])
    local record = all_records(board)[request.visitor]
    known = known or record ~= nil
    newest = math.max(newest, record and record.seq or 0)
    stale = stale or (board.ledger or 0) > tonumber(ARGV[FIRST_LEDGER_VERSION + i - 1])
    boards[i] = board
  end
  if only_if_unknown and known then
    return 'KNOWN'
  end
  if newest > request.seq then
    return 'SUPERSEDED'
  end
  if stale then
    return 'STALE'
  end
  if is_excluded_on_any(boards, request) then
    for _, board in ipairs(boards) do
      note_seq(board, request.visitor, request.seq)
    end
    return 'HELD'
  end
  if book then
    write_down()
  end
  return render_record(grant(boards, request)), true
end

if book then
  local why, wait, counter = refuse_claim()
  if why then
    return {why, integer(wait), counter}
  end
end
local text, is_granted = answer()
local reply = make_reply(request, text, is_granted, boards_count)
reply[4] = book and {integer(NOW), integer(left), former} or false
return reply
