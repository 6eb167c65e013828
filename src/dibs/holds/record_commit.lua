-- record_commit: write down a newer version of the board in the ledger and, if a visitor is given,
-- end the hold that has become a booking. KEYS is one board: a hold that crosses midnight needs one
-- call for each of its boards.
local ledger_version, visitor, slot, seq = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])

local board = load_current(KEYS[1])
board.ledger = math.max(board.ledger or 0, ledger_version)
board.changed = true
local record = visitor and find_record(board, visitor)
if record and record.hold and record.hold.slot == slot and record.seq <= seq then
  end_hold_here(board, visitor)
end
save_boards()
return snapshot(KEYS[1])
