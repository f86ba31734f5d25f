-- Drives a headless Neovim whose configuration starts torchlint: waits for what it shows, chooses a code action, and
-- writes what was to be seen as JSON to $RESULT.
local patience = 60000

local function seen()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, {
      code = each.code, line = each.lnum + 1, column = each.col + 1, end_column = each.end_col + 1,
      message = each.message, severity = each.severity, source = each.source,
    })
  end
  table.sort(found, function(one, other) return one.line < other.line end)
  return found
end

local function wait(what, happened)
  if not vim.wait(patience, happened, 20) then
    error("waited in vain for " .. what)
  end
end

local function play()
  local result = {}
  wait("diagnostics", function() return #vim.diagnostic.get(0) > 0 end)
  result.shown = seen()
  result.encoding = vim.lsp.get_active_clients and vim.lsp.get_active_clients()[1].offset_encoding or nil

  local fault = result.shown[1]
  vim.api.nvim_win_set_cursor(0, { fault.line, fault.column - 1 })
  local params = vim.lsp.util.make_position_params()
  local answers = vim.lsp.buf_request_sync(0, "textDocument/hover", params, patience)
  for _, each in pairs(answers or {}) do
    result.hover = each.result and each.result.contents.value
  end

  vim.ui.select = function(items, _, choose)
    result.offered = {}
    for _, each in ipairs(items) do
      table.insert(result.offered, (each.action or each[2]).title)
    end
    choose(items[1], 1)
  end
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.lsp.buf.code_action()
  wait("the edit", function() return vim.api.nvim_buf_get_changedtick(0) ~= before end)
  wait("diagnostics of the edited text", function() return #vim.diagnostic.get(0) < #result.shown end)
  result.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  result.left = seen()

  -- What is typed is seen as it is typed.
  local last = vim.api.nvim_buf_line_count(0)
  vim.api.nvim_buf_set_lines(0, last, last, false, { "def broken(:" })
  wait("the syntax error", function() return #vim.diagnostic.get(0) == #result.left + 1 end)
  result.broken = seen()
  return result
end

local fine, result = pcall(play)
local file = assert(io.open(os.getenv("RESULT"), "w"))
file:write(vim.fn.json_encode(fine and result or { error = tostring(result) }))
file:close()
vim.cmd("qall!")
