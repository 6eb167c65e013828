-- note: a ledger version that was read; announced only if the board had an older one. KEYS is one
-- board.
local ledger = tonumber(ARGV[1])

local board = current(KEYS[1])
board.changed = board.changed or board.ledger ~= nil and board.ledger < ledger
board.ledger = math.max(board.ledger or 0, ledger)
save()
return true
