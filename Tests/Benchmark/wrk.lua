-- Sends the requests of the file REQUESTS, in order, each once, and prints one line of figures.
-- The file has each request after its length in eight digits (Stream.write in events.py).

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  file = assert(io.open(os.getenv("REQUESTS"), "rb"))
  taken = -1
end

function request()
  -- wrk asks once before it starts, to see what a request looks like, and does not send that one.
  if taken <= 0 then file:seek("set") end
  taken = taken + 1
  local length = file:read(8)
  if not length then
    -- A path that no contender answers with 200, so that the shortage is noticed.
    return "GET /no-events-left HTTP/1.1\r\nHost: benchmark\r\n\r\n"
  end
  return file:read(tonumber(length))
end

function done(summary, latency)
  local errors = summary.errors
  local count = 0
  for _, thread in ipairs(threads) do count = count + thread:get("taken") end
  io.write(string.format(
    '\nFIGURES {"taken": %d, "answered": %d, "refused": %d, "broken": %d, "seconds": %f, "p50": %f, "p99": %f}\n',
    count, summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
