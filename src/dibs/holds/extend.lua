-- extend: set the deadline of the visitor's hold on exactly this slot. KEYS are the boards. Nobody
-- is told. With GRANTED, a deadline that was asked for since the hold was granted isn't made earlier.
local visitor, slot, ttl, granted = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local grace = tonumber(ARGV[5])

local function answer()
  local records = {}
  for i, key in ipairs(KEYS) do
    records[i] = find(current(key), visitor) or {}
  end
  for _, record in ipairs(records) do
    if not record.hold or record.hold.slot ~= slot then
      return false
    end
  end
  local hold = records[1].hold
  local present = records[1].deadline
  local deadline = math.min(NOW + ttl, hold.created + TOTAL + grace)
  if granted and present - granted > hold.seq then
    deadline = math.max(deadline, present)
  end
  for i, key in ipairs(KEYS) do
    put(open(key), visitor, {seq = records[i].seq, deadline = deadline, hold = hold})
  end
  return render(find(open(KEYS[1]), visitor))
end

local reply = answer()
save()
return reply
