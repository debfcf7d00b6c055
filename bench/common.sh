# What the scripts here share. Sourced, in the top folder of the sources.

# A line of /proc/cpuinfo.
field() { sed -n "s/^$1[[:space:]]*: //p" /proc/cpuinfo | head -n 1; }

# ' with local changes', or nothing.
dirty() { git diff --quiet HEAD -- || echo ' with local changes'; }

# When, what and where, in one line.
told() {
  echo "$(date -u +%F), commit $(git rev-parse --short HEAD)$(dirty), $(field 'model name'), $(nproc) cores, load before" \
    "$(cut -d' ' -f1 /proc/loadavg)."
}

# into_docs SECTION FILE: replaces what stands between <!-- SECTION --> and <!-- end of SECTION --> in docs/benchmarks.md.
into_docs() {
  awk -v section="$1" -v page="$2" '
    $0 == "<!-- " section " -->" { print; print ""; while ((getline line < page) > 0) print line; skip = 1; next }
    $0 == "<!-- end of " section " -->" { print ""; skip = 0 }
    !skip { print }
  ' docs/benchmarks.md >build/bench/benchmarks.md
  cp build/bench/benchmarks.md docs/benchmarks.md
}
