-- For wrk: sends the request of a file, each time with the next number in place of twelve `@`.

local before, after, number

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    local text = file:read("*a")
    file:close()
    local first, last = text:find("@@@@@@@@@@@@", 1, true)
    before, after = text:sub(1, first - 1), text:sub(last + 1)
    number = tonumber(arguments[2])
end

function request()
    number = number + 1
    return before .. string.format("%012d", number) .. after
end

function done(summary, latency, requests)
    local errors = summary.errors
    local cut = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("counted %d %d %d %d\n", summary.requests, summary.duration, errors.status, cut))
end
