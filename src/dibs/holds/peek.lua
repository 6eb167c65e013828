-- peek: the versions. KEYS are any boards of one resource.
local versions = {}
for _, key in ipairs(KEYS) do
  current(key)
end
save()
for i, key in ipairs(KEYS) do
  versions[i] = open(key).version
end
return versions
