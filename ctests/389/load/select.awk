# select.awk -v so=NAME -v now=1 -v skip=REGEX FILE...: the entries of the plug-in library NAME
# (of all with so=all, those that the file enables with so=stock) enabled, those that they depend on by name and what lies
# below them, out of LDIF in which every plug-in has an entry.
BEGIN { RS = ""; FS = "\n" }
function value(attr,   i, line) {
    for (i = 1; i <= NF; i++) {
        line = tolower($i)
        if (index(line, attr ":") == 1) { line = substr($i, length(attr) + 2); sub(/^ */, "", line); sub(/ *$/, "", line); return line }
    }
    return ""
}
{
    gsub(/\n /, "")
    dn = tolower(value("dn")); gsub(/ *, */, ",", dn)
    if (dn == "" || dn !~ /,cn=plugins,cn=config$/) next
    path = value("nsslapd-pluginpath")
    sub(/\.so$/, "", path)
    if (path ~ /libback-ldbm|libreplication/ || skip != "" && path ~ skip) next
    text = ""
    needs = ""
    stock[n + 1] = tolower(value("nsslapd-pluginenabled")) == "on"
    for (i = 1; i <= NF; i++) {
        low = tolower($i)
        if (low ~ /^#/ || low ~ /^nsslapd-pluginenabled:/) continue
        if (low ~ /^nsslapd-plugin-depends-on-named:/) {
            d = substr(low, index(low, ":") + 1); sub(/^ */, "", d); sub(/ *$/, "", d)
            needs = needs "\n" d
        }
        text = text $i "\n"
    }
    n++
    entry[n] = text; name[n] = dn; lib[n] = path; need[n] = needs
    cn = dn; sub(/,.*/, "", cn); sub(/^cn=/, "", cn)
    if (path != "") at[cn] = n
}
function enable(i,   list, k, m, j) {
    if (on[i]) return
    on[i] = 1
    m = split(need[i], list, "\n")
    for (k = 1; k <= m; k++) if (list[k] != "" && (list[k] in at)) enable(at[list[k]])
}
END {
    for (i = 1; i <= n; i++) if (lib[i] != "" && (so == "all" || so == "stock" && stock[i] || lib[i] == so)) enable(i)
    for (i = 1; i <= n; i++) {
        if (lib[i] != "") {
            if (on[i]) printf "%snsslapd-pluginEnabled: on\n%s\n", entry[i], now ? "nsslapd-pluginLoadNow: on\n" : ""
            continue
        }
        # containers, and what lies below an enabled plug-in
        keep = 0
        for (j = 1; j <= n; j++) {
            if (lib[j] == "" || !on[j]) continue
            tail = substr(name[i], length(name[i]) - length(name[j]))
            if (tail == "," name[j]) keep = 1
            tail = substr(name[j], length(name[j]) - length(name[i]))
            if (tail == "," name[i]) keep = 1
        }
        if (keep) printf "%s\n", entry[i]
    }
}
