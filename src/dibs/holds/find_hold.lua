-- find_hold: the record of the visitor's hold on a board, or nil. KEYS is one board.
local record = find_record(load_current(KEYS[1]), ARGV[1])
save_boards()
return record and record.hold and render_record(record)
