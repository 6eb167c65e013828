-- For wrk: sends the requests of a file in turn, again and again, and prints what was measured.
-- The file has whole HTTP requests, with a zero byte after each.

local requests, turn = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for request in file:read("*a"):gmatch("%Z+") do
    requests[#requests + 1] = request
  end
  file:close()
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format(
    "\nmeasured %d %d %d %d %d %d\n", summary.requests, failed, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99)
  ))
end
