-- Asks for the PATHS below BASE one after the other, and prints the answers a second, how many of them the handler had no
-- room for (429), and how many were something else but 200.

local paths = {}
local next = 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  busy, other = 0, 0
  for path in os.getenv("PATHS"):gmatch("%S+") do table.insert(paths, os.getenv("BASE") .. "/" .. path) end
end

function request()
  next = next + 1
  return wrk.format("GET", paths[next % #paths + 1], { Authorization = "Bearer " .. os.getenv("TOKEN") })
end

function response(status)
  if status == 429 then busy = busy + 1 elseif status ~= 200 then other = other + 1 end
end

function done(summary)
  local errors = summary.errors
  local refused, wrong = 0, errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do refused, wrong = refused + thread:get("busy"), wrong + thread:get("other") end
  io.write(string.format(
    '\nFLOOD {"answered": %d, "busy": %d, "wrong": %d, "seconds": %f}\n', summary.requests - refused - wrong, refused,
    wrong, summary.duration / 1e6))
end
