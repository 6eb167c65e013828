-- release: end the visitor's hold on exactly this slot, unless its seq is newer. KEYS are the
-- boards.
local visitor, slot, seq = ARGV[1], ARGV[2], tonumber(ARGV[3])

local released = 0
for _, key in ipairs(KEYS) do
  local board = current(key)
  local record = find(board, visitor)
  if not (seq and record and record.seq > seq) then
    if seq then
      record = hear(board, visitor, seq)
    end
    if record and record.hold and record.hold.slot == slot then
      end_everywhere(board, visitor)
      released = 1
    end
  end
end
save()
return released
