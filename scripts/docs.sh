#!/bin/bash
# docs.sh OUTDIR: the reference of the plug-in API, one page for each family,
# written from the declarations and comments of include/slapi-plugin.h.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
out=$1
mkdir -p "$out"
rm -f "$out"/*.md
awk -v out="$out" '
function slug(t) { t = tolower(t); gsub(/[^a-z0-9]+/, "-", t); gsub(/^-|-$/, "", t); return t }
function flush_page() { if (file != "") close(file) }
/^\/\* -{20,} .* \*\/$/ {
    t = $0; sub(/^\/\* -+ /, "", t); sub(/ \*\/$/, "", t)
    flush_page(); file = out "/" slug(t) ".md"; comment = ""; decl = ""; intro = 1
    printf "# %s\n\n", t > file
    pages[++np] = t; next
}
file == "" { next }
/^#/ { next }
incomment || /^\/\*/ {
    line = $0; sub(/^ *\/?\*+ ?/, "", line); done = line ~ /\*\/ *$/; sub(/ *\*\/ *$/, "", line)
    comment = comment (comment == "" ? "" : "\n") line
    incomment = !done; next
}
/^[ \t]*$/ { if (decl == "" && comment != "") { printf "%s\n\n", comment > file; comment = "" } next }
{
    decl = decl (decl == "" ? "" : "\n") $0
    if ($0 !~ /;[ \t]*$/) next
    if (decl ~ /\(/ && decl !~ /^typedef/) {
        n = decl; sub(/\(.*/, "", n); sub(/.*[ *]/, "", n)
        printf "## %s\n\n```c\n%s\n```\n\n", n, decl > file
        if (comment != "") printf "%s\n\n", comment > file
        count[np]++; total++
    }
    decl = ""; comment = ""
}
END {
    file = out "/index.md"
    printf "# The plug-in API\n\n%d functions, by family. What holds for all of them is said at the beginning of `slapi-plugin.h`.\n\n", total > file
    for (i = 1; i <= np; i++) if (count[i]) printf "- [%s](%s.md): %d\n", pages[i], slug(pages[i]), count[i] > file
    for (i = 1; i <= np; i++) if (!count[i]) system("rm -f " out "/" slug(pages[i]) ".md")
}' "$top/include/slapi-plugin.h"
