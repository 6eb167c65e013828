-- read_versions: the versions of these boards. KEYS are any boards of one resource.
local versions = {}
for _, key in ipairs(KEYS) do
  load_current(key)
end
save_boards()
for i, key in ipairs(KEYS) do
  versions[i] = load_board(key).version
end
return versions
