-- note_ledger_version: write down a version of the board that was read from the ledger. It is
-- announced only if an older one was known. KEYS is one board.
local ledger_version = tonumber(ARGV[1])

local board = load_current(KEYS[1])
board.changed = board.changed or board.ledger ~= nil and board.ledger < ledger_version
board.ledger = math.max(board.ledger or 0, ledger_version)
save_boards()
return true
