-- release: end the visitor's hold on exactly this slot, unless the visitor's seq is newer. KEYS are
-- the boards.
local visitor, slot, seq = ARGV[1], ARGV[2], tonumber(ARGV[3])

local released = false
for _, key in ipairs(KEYS) do
  local board = load_current(key)
  local record = find_record(board, visitor)
  if not (seq and record and record.seq > seq) then
    if seq then
      record = note_seq(board, visitor, seq)
    end
    if record and record.hold and record.hold.slot == slot then
      end_hold_everywhere(board, visitor)
      released = true
    end
  end
end
save_boards()
return released and snapshots(#KEYS) or {}
