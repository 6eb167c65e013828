-- held: the record of the visitor's hold on a board, or nil. KEYS is one board.
local record = find(current(KEYS[1]), ARGV[1])
save()
return record and record.hold and render(record)
