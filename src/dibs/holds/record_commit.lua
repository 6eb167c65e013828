-- record_commit: a newer ledger version, and the end of the hold that has become a booking, if a visitor
-- is named. KEYS is one board: the other half of a hold is settled in its own turn.
local ledger, visitor, slot, seq = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])

local board = current(KEYS[1])
board.ledger = math.max(board.ledger or 0, ledger)
board.changed = true
local record = visitor and find(board, visitor)
if record and record.hold and record.hold.slot == slot and record.seq <= seq then
  end_here(board, visitor)
end
save()
return true
