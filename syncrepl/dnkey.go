package syncrepl

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// DNKey returns the key under which a store finds a DN: one part per RDN, base
// first, each ended by a zero byte, so that the keys of all entries below a DN
// begin with the DN's own key. Letter case and spacing do not matter to the key;
// names that differ only in these share it. A text that is not a DN is a key of
// one part.
func DNKey(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return keyPart(strings.ToLower(dn)) + "\x00"
	}
	var b strings.Builder
	for _, rdn := range slices.Backward(parsed.RDNs) {
		b.WriteString(rdnKey(rdn))
		b.WriteByte(0)
	}
	return b.String()
}

func rdnKey(rdn *ldap.RelativeDN) string {
	parts := make([]string, len(rdn.Attributes))
	for i, a := range rdn.Attributes {
		value := strings.Join(strings.Fields(strings.ToLower(a.Value)), " ")
		parts[i] = keyPart(strings.ToLower(a.Type) + "=" + value)
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x01")
}

// keyPart keeps the separators out of a part.
func keyPart(s string) string {
	if !strings.ContainsAny(s, "\x00\x01\x02") {
		return s
	}
	return strings.NewReplacer("\x00", "\x02\x030", "\x01", "\x02\x031", "\x02", "\x02\x032").Replace(s)
}

// hexKey is a DN key in letters that every database sorts the same way.
func hexKey(key string) string { return hex.EncodeToString([]byte(key)) }

// sameDN reports whether two DNs are equal with letter case of values kept, the
// strictest comparison that no server's schema contradicts.
func sameDN(a, b string) bool {
	if a == b {
		return true
	}
	x, err := ldap.ParseDN(a)
	if err != nil {
		return false
	}
	y, err := ldap.ParseDN(b)
	if err != nil || len(x.RDNs) != len(y.RDNs) {
		return false
	}
	exact := func(d *ldap.DN) string {
		var s strings.Builder
		for _, r := range d.RDNs {
			parts := make([]string, len(r.Attributes))
			for i, t := range r.Attributes {
				parts[i] = keyPart(strings.ToLower(t.Type) + "=" + t.Value)
			}
			slices.Sort(parts)
			s.WriteString(strings.Join(parts, "\x01"))
			s.WriteByte(0)
		}
		return s.String()
	}
	return exact(x) == exact(y)
}

// splitDN cuts a DN into its RDNs as they are written (RFC 4514: a comma that
// does not separate is escaped; RFC 2253 strings may be quoted).
func splitDN(dn string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', ';':
			if !quoted {
				out = append(out, strings.TrimSpace(dn[start:i]))
				start = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(dn[start:]); rest != "" || len(out) > 0 {
		out = append(out, rest)
	}
	return out
}

// moveDN is the DN of an entry below oldBase after oldBase has become newBase.
func moveDN(dn, oldBase, newBase string) string {
	parts := splitDN(dn)
	n := len(parts) - len(splitDN(oldBase))
	if n <= 0 {
		return newBase
	}
	own := strings.Join(parts[:n], ",")
	if newBase == "" {
		return own
	}
	return own + "," + newBase
}
