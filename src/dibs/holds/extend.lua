-- extend: set the deadline of the visitor's hold on exactly this slot. KEYS are the boards. The
-- change is not announced. With granted_ttl, a deadline that was set since the hold was granted is
-- not made earlier.
local visitor, slot, ttl, granted_ttl = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local grace = tonumber(ARGV[5])

local function answer()
  local records = {}
  for i, key in ipairs(KEYS) do
    records[i] = find_record(load_current(key), visitor) or {}
  end
  for _, record in ipairs(records) do
    if not record.hold or record.hold.slot ~= slot then
      return false
    end
  end
  local hold = records[1].hold
  local present = records[1].deadline
  local deadline = math.min(NOW + ttl, hold.created + MAX_HOLD + grace)
  if granted_ttl and present - granted_ttl > hold.seq then
    deadline = math.max(deadline, present)
  end
  for i, key in ipairs(KEYS) do
    put_record(load_board(key), visitor, {seq = records[i].seq, deadline = deadline, hold = hold})
  end
  return render_record(find_record(load_board(KEYS[1]), visitor))
end

local reply = answer()
save_boards()
return reply
