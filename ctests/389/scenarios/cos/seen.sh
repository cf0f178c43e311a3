# The class of service plug-in forgets a change that comes while it takes in
# another one, with either server: a definition is touched until the change is
# seen, or is not seen any more.
touched() {
    printf 'dn: cn=address pointer,%s\nchangetype: modify\nreplace: description\ndescription: %s\n' "$SUFFIX" "$1" | tool ldapmodify >/dev/null 2>&1
}
found() { tool ldapsearch -LLL -b "$1" -s base "$2" 1.1 2>/dev/null | grep -q '^dn:'; }
seen() {
    for _n in 1 2 3 4 5 6 7 8 9 10; do
        if found "$1" "$2"; then return; fi
        sleep 1
        touched $_n
    done
    until_found "$1" base "$2"
}
unseen() {
    for _n in 1 2 3 4 5 6 7 8 9 10; do
        if ! found "$1" "$2"; then return; fi
        sleep 1
        touched $_n
    done
    until_gone "$1" base "$2"
}
